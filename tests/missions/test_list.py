"""The missions' list: filters, business views, pages by key, exports, saved views, rights."""

import datetime as dt
from io import BytesIO

import openpyxl
import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from billing.enums import LineKind
from billing.models import Invoice, InvoiceLine
from lots.enums import LotStatus
from missions.models import Appointment, ContactAttempt, Mission, SavedView
from missions.selectors import listing
from missions.selectors.filters import Filters, address_of, read_filters
from missions.services.views import save_view
from spekty.core import keyset
from spekty.core.keyset import Order, keyset_page, read_cursor, write_cursor
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bare_frame")]

URL = "/missions/"


def numbers(user, **query):
    filters = read_filters(QueryDict("&".join(f"{k}={v}" for k, v in query.items())))
    return set(listing.filtered(user, filters).values_list("number", flat=True))


def names(*missions):
    return {mission.number for mission in missions}


@pytest.fixture
def siege():
    return factories.user("siege")


@pytest.mark.parametrize("status", ["to_plan", "reported", "cancelled"])
def test_a_status_keeps_its_missions_only(siege, status):
    rows = {s: factories.mission(status=s) for s in ("to_plan", "reported", "cancelled")}
    assert numbers(siege, statut=status) == names(rows[status])


def test_filters_add_up(siege):
    agent = factories.agent()
    wanted = factories.mission(agent=agent, status="to_contact")
    factories.mission(agent=agent, status="to_plan")
    factories.mission(status="to_contact")
    assert numbers(siege, agent=agent.code, statut="to_contact") == names(wanted)
    assert numbers(siege, agent="aucun", statut="to_contact") != names(wanted)


@pytest.mark.parametrize("word", ["poirier", "POIRIÉR", "saint-selve", "gabrielle poirier"])
def test_words_are_those_of_the_beneficiary(siege, word):
    wanted = factories.mission()
    factories.mission(operation=factories.operation(last_name="Durand", first_name="Luc", city="Cestas"))
    assert numbers(siege, q=word) == names(wanted)


def test_the_period_is_that_of_the_visit_held_else_agreed(siege):
    day = timezone.make_aware(dt.datetime(2026, 3, 10, 9))
    held = factories.mission(status="received", visited_at=day, appointment_at=day + dt.timedelta(days=9))
    agreed = factories.mission(status="fixed", appointment_at=day)
    factories.mission(status="fixed", appointment_at=day + dt.timedelta(days=1))
    factories.mission()
    assert numbers(siege, du="2026-03-10", au="2026-03-10") == names(held, agreed)


@pytest.mark.parametrize(
    "query", ["statut=nimporte", "zone=ZZ", "du=2026-99-99", "canal=x", "anomalie=x", "vue=x", "q=%00"]
)
def test_an_unknown_value_is_left_out(siege, query, office):
    mission = factories.mission()
    assert office.get(f"{URL}?{query}").status_code == 200
    assert numbers(siege, **dict([query.split("=")])) == names(mission)


def test_filters_survive_the_address():
    query = QueryDict("vue=ns&q=a b&du=2026-01-02&zone=33&zone=47&statut=fixed&agent=aucun&tri=x")
    filters = read_filters(query)
    assert read_filters(QueryDict(address_of(filters))) == filters
    assert filters.departments == ("33", "47") and filters.since == dt.date(2026, 1, 2)
    assert read_filters(QueryDict(address_of(filters, departments=None))).departments == ()


# --- business views ---


def days_ago(days):
    return timezone.now() - dt.timedelta(days=days)


def view(user, code):
    return set(listing.filtered(user, Filters(view=code)).values_list("number", flat=True))


def test_view_to_contact_since_five_days(siege):
    old = factories.lot(status=LotStatus.DRAWN, drawn_on=timezone.localdate() - dt.timedelta(days=6))
    fresh = factories.lot(status=LotStatus.DRAWN, drawn_on=timezone.localdate() - dt.timedelta(days=5))
    wanted = factories.mission(lot=old)
    called = factories.mission(lot=old)
    ContactAttempt.objects.create(mission=called, outcome="no_answer", by_name="x")
    factories.mission(lot=fresh)
    factories.mission(lot=old, status="reported")
    assert view(siege, "a-contacter") == names(wanted)


def test_view_visits_without_reading_after_two_days(siege):
    wanted = factories.mission(status="confirmed", appointment_at=days_ago(2.1))
    factories.mission(status="confirmed", appointment_at=days_ago(1.9))
    factories.mission(status="received", appointment_at=days_ago(5))
    assert view(siege, "sans-releve") == names(wanted)


def test_view_ns_to_deal_with_until_a_reinspection_stands(siege):
    wanted = factories.mission(status="reported", conclusion="NS")
    seen_again = factories.mission(status="reported", conclusion="NS")
    dropped = factories.mission(status="reported", conclusion="NS")
    factories.mission(operation=seen_again.operation, reinspection_of=seen_again)
    factories.mission(operation=dropped.operation, reinspection_of=dropped, status="cancelled")
    factories.mission(status="reported", conclusion="S")
    assert view(siege, "ns") == names(wanted, dropped)


def invoice(mission, **fields):
    paper = Invoice.objects.create(client=mission.lot.client)
    values = {"kind": LineKind.SITE, "unit_amount": 100, "amount": 100, "rule": "prix", "label": "x"}
    return InvoiceLine.objects.create(invoice=paper, mission=mission, lot=mission.lot, **(values | fields))


def test_views_to_invoice_follow_the_standing_lines(siege):
    today = timezone.localdate()
    late = factories.mission(status="reported", reported_on=today - dt.timedelta(days=8))
    fresh = factories.mission(status="reported", reported_on=today - dt.timedelta(days=7))
    done = factories.mission(status="reported", reported_on=today - dt.timedelta(days=30))
    door = factories.mission(status="reported", reported_on=today - dt.timedelta(days=30))
    invoice(done)
    invoice(door, kind=LineKind.UNPRODUCTIVE)
    assert view(siege, "a-facturer") == names(late, fresh, door)
    assert view(siege, "a-facturer-retard") == names(late, door)


def test_view_lots_in_danger(siege):
    today = timezone.localdate()
    danger = factories.lot(status=LotStatus.DRAWN, filing_on=today + dt.timedelta(days=30))
    safe = factories.lot(status=LotStatus.DRAWN, filing_on=today + dt.timedelta(days=31))
    closed = factories.lot(status=LotStatus.CLOSED, filing_on=today)
    wanted = factories.mission(lot=danger)
    for parent in (safe, closed):
        factories.mission(lot=parent)
    factories.mission(lot=danger, status="reported")
    assert view(siege, "lots-en-danger") == names(wanted)


def test_view_call_back_counts_a_mission_once(siege):
    today = timezone.localdate()
    wanted, later = factories.mission(), factories.mission()
    for _ in range(2):
        ContactAttempt.objects.create(mission=wanted, outcome="call_back", call_back_on=today, by_name="x")
    tomorrow = today + dt.timedelta(days=1)
    ContactAttempt.objects.create(mission=later, outcome="call_back", call_back_on=tomorrow, by_name="x")
    assert list(listing.filtered(siege, Filters(view="a-rappeler"))) == [wanted]


def test_view_late_is_deadline_or_appointment_passed(siege):
    today = timezone.localdate()
    due = factories.mission(due_on=today - dt.timedelta(days=1))
    missed = factories.mission(status="fixed", appointment_at=days_ago(1.5))
    factories.mission(due_on=today)
    factories.mission(status="reported", due_on=today - dt.timedelta(days=9))
    assert view(siege, "en-retard") == names(due, missed)


@pytest.mark.parametrize("code", [v.code for v in listing.VIEWS])
def test_every_view_draws(office, code):
    factories.mission()
    assert office.get(URL, {"vue": code}).status_code == 200


def test_an_anomaly_is_a_filter(siege):
    wanted = factories.mission(status="fixed", appointment_at=days_ago(-2))
    factories.mission()
    assert numbers(siege, anomalie="no_tour") == names(wanted)


# --- pages by key ---


def walk(order, size, insert=None):
    seen, after = [], ""
    while True:
        rows = listing.in_order(Mission.objects.all(), order)
        page = keyset_page(rows, order, cursor=after, size=size)
        seen += [mission.pk for mission in page.rows]
        if insert:
            insert()
        if not page.after:
            return seen
        after = page.after


@pytest.mark.parametrize("word", ["", "mission", "echeance", "-echeance", "visite", "-visite", "lot", "-lot"])
def test_pages_show_every_mission_once_whatever_is_inserted(word):
    parent = factories.lot()
    days = [None, dt.date(2026, 3, 1), dt.date(2026, 3, 1), dt.date(2026, 2, 1), None, dt.date(2026, 4, 1)]
    kept = [factories.mission(lot=parent, due_on=day, appointment_at=None) for day in days]
    order = listing.read_order(word)
    seen = walk(order, 2, insert=lambda: factories.mission(lot=parent, due_on=dt.date(2026, 1, 1))
                if Mission.objects.count() < 12 else None)  # fmt: skip
    assert len(seen) == len(set(seen))
    assert {mission.pk for mission in kept} <= set(seen)


def test_the_page_before_is_the_page_that_was_left():
    for _ in range(7):
        factories.mission()
    order = Order.by(descending=True)
    rows = Mission.objects.all()
    first = keyset_page(rows, order, size=3)
    second = keyset_page(rows, order, first.after, size=3)
    third = keyset_page(rows, order, second.after, size=3)
    assert third.after == "" and len(third.rows) == 1
    again = keyset_page(rows, order, third.before, size=3)
    assert list(again.rows) == list(second.rows)
    back = keyset_page(rows, order, again.before, size=3)
    assert list(back.rows) == list(first.rows) and back.before == "" and first.before == ""


@pytest.mark.parametrize("word", ["!!", "abc", "W10", "bnVsbA", "WyJ4IiwxLDJd", "é"])
def test_a_broken_cursor_is_the_first_page(office, word):
    mission = factories.mission()
    assert read_cursor(word, Order.by(descending=True)) == (False, None)
    assert mission.number in office.get(URL, {"page": word}).content.decode()


def test_a_cursor_of_another_order_does_not_break_the_page(office):
    mission = factories.mission(due_on=dt.date(2026, 1, 1))
    order = Order.by("due_key")
    page = keyset_page(listing.in_order(Mission.objects.all(), order), order, size=1)
    cursor = write_cursor(page.rows[0], order)
    for word in ("", "lot", "visite", "mission"):
        assert office.get(URL, {"tri": word, "page": cursor}).status_code == 200
    assert mission.pk


@pytest.mark.parametrize("rows", [1, 60])
def test_the_queries_do_not_grow_with_the_rows(office, django_assert_max_num_queries, rows):
    parent = factories.lot()
    person = factories.agent()
    for _ in range(rows):
        factories.mission(lot=parent, agent=person)
    with django_assert_max_num_queries(6):
        office.get(URL, {"statut": "to_plan"}, headers={"HX-Request": "true"})
    with django_assert_max_num_queries(8):
        office.get(URL)


def test_the_fragment_is_the_list_of_the_page(office):
    factories.mission()
    whole = office.get(URL).content.decode()
    part = office.get(URL, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part and 'id="missions"' in part
    cut = part.split("csrfmiddlewaretoken")[0]
    assert cut.strip() in whole


def test_a_count_beyond_the_cap_is_said_so(office, monkeypatch):
    monkeypatch.setattr(keyset, "COUNT_CAP", 2)
    monkeypatch.setattr(listing, "PAGE", 1)
    parent = factories.lot()
    for _ in range(4):
        factories.mission(lot=parent)
    assert "2+ missions" in office.get(URL).content.decode()


def test_what_is_empty_says_which_filter_to_remove(office):
    factories.mission()
    html = office.get(URL, {"statut": "reported", "zone": "33"}).content.decode()
    assert "sans «\u00a0statut\u00a0»" in html and "sans «\u00a0zone\u00a0»" in html


# --- exports ---


def test_exports_are_the_filter_and_hold_no_formula(office):
    site = factories.operation(last_name="=HYPERLINK(1)", first_name="")
    wanted, other = factories.mission(operation=site), factories.mission(status="reported")
    text = office.get("/missions/export/", {"statut": "to_plan"}).content.decode("utf-8-sig")
    assert wanted.number in text and other.number not in text and "'=HYPERLINK(1)" in text
    answer = office.get("/missions/export/", {"statut": "to_plan", "format": "xlsx"})
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    assert sheet["A2"].value == wanted.number and sheet["I2"].data_type == "s"
    assert sheet.max_row == 2


# --- saved views ---


def test_a_saved_view_is_private_or_shared_with_a_role(office):
    office.post("/missions/vues/", {"name": "Mes NS", "query": "vue=ns&page=x", "role": ""})
    saved = SavedView.objects.get()
    assert (saved.query, saved.owner) == ("vue=ns", office.person)
    save_view(owner=factories.user("qualite"), name="Équipe", query="q=a", role="siege")
    save_view(owner=factories.user("qualite"), name="Cachée", query="q=b", role="qualite")
    html = office.get(URL).content.decode()
    assert "Mes NS" in html and "Équipe" in html and "Cachée" not in html


def test_two_views_of_one_name_or_a_view_too_long_are_refused(office):
    for _ in range(2):
        answer = office.post("/missions/vues/", {"name": "A", "query": "q=x"}, follow=True)
    assert SavedView.objects.count() == 1 and "déjà une vue" in answer.content.decode()
    answer = office.post("/missions/vues/", {"name": "B", "query": "q=" + "x" * 2000}, follow=True)
    assert "trop long" in answer.content.decode()


def test_a_view_is_deleted_by_its_owner_only(office):
    mine = save_view(owner=office.person, name="A", query="")
    other = save_view(owner=factories.user("siege"), name="B", query="", role="siege")
    assert office.post(f"/missions/vues/{mine.pk}/supprimer/").status_code == 302
    assert office.post(f"/missions/vues/{other.pk}/supprimer/").status_code == 404


# --- rights ---


def test_an_agent_is_sent_to_the_field_portal(client):
    agent = factories.agent(user=factories.user("intervenant"))
    mine, other = factories.mission(agent=agent), factories.mission()
    client.force_login(agent.user)
    for url in (URL, "/"):
        assert client.get(url).status_code == 302
    assert client.get(f"/missions/{mine.number}/").url == reverse("field:mission", args=[mine.pk])
    assert client.get(f"/missions/{other.number}/").status_code == 404
    assert client.get("/anomalies/").status_code == 403
    assert other.number not in client.get("/missions/export/").content.decode()


def test_an_appointment_is_never_written_by_a_get(office):
    mission = factories.mission()
    office.get(f"/missions/{mission.number}/rendez-vous/")
    assert Appointment.objects.count() == 0
