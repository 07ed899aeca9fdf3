"""Aujourd'hui and the anomalies: counters, changes, zones, what is due, who follows, what waits."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.utils import timezone

from lots.enums import BillingMode, LotStatus
from missions.enums import UnproductiveReason
from missions.models import DayStart, Snooze
from missions.selectors import anomalies as source
from missions.selectors.findings import findings_of, points_of
from missions.selectors.today import counts, last_hours, progress, since_yesterday
from missions.services import assign_mission, fix_appointment, record_unproductive_visit
from missions.services.anomalies import snooze
from missions.services.days import mark_day
from missions.tasks import renew_badge
from spekty.accounts.models import Authorisation
from spekty.core.engine import TransitionRefused
from spekty.core.models import InboxMessage, Parameter, StateChange
from tests import factories
from tests.missions.test_list import invoice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bare_frame")]

TODAY = timezone.localdate


@pytest.fixture(autouse=True)
def forgotten_badge(redis_server):
    cache.delete(source.BADGE_KEY)


def days(n):
    return dt.timedelta(days=n)


def noon(offset=0):
    day = TODAY() + days(offset)
    return timezone.make_aware(dt.datetime.combine(day, dt.time(12)))


def rules(aggregate="mission"):
    return [(a.rule, a.aggregate_id) for a in source.all_anomalies() if a.aggregate == aggregate]


def open_rules(aggregate):
    return [a.rule for a in source.open_anomalies() if a.aggregate == aggregate]


# --- counters ---


def test_counters_follow_the_stages():
    user = factories.user("siege")
    for status in ("to_plan", "to_contact", "fixed", "confirmed", "in_progress", "received", "to_review",
                   "to_complete", "reported", "cancelled"):  # fmt: skip
        factories.mission(status=status)
    found = counts(user, noon())
    assert (found.to_plan, found.planned, found.under_way, found.to_review) == (2, 2, 1, 2)
    assert (found.to_plan_by_contact, found.without_tour) == (0, 2)


def test_changes_are_those_of_the_journal_since_midnight():
    user, agent, by = factories.user("siege"), factories.agent(), factories.actor("siege")
    mission, other = factories.mission(), factories.mission()
    assign_mission(mission_id=mission.pk, agent=agent, day=TODAY(), by=by)
    found = counts(user, timezone.localtime())
    assert (found.to_plan_delta, found.planned_delta) == (0, 0)
    fix_appointment(mission_id=mission.pk, agent=agent, starts_at=noon(3), by=by)
    found = counts(user, timezone.localtime())
    assert (found.to_plan_delta, found.planned_delta) == (-1, 1)
    tomorrow = counts(user, timezone.localtime() + days(1))
    assert (tomorrow.to_plan_delta, tomorrow.planned_delta) == (0, 0)
    assert other.pk


def test_late_counts_and_its_change():
    user = factories.user("siege")
    factories.mission(due_on=TODAY() - days(1))
    factories.mission(due_on=TODAY() - days(5))
    factories.mission(due_on=TODAY())
    gone = factories.mission(due_on=TODAY() - days(5), status="reported")
    StateChange.objects.create(
        aggregate="missions.mission", aggregate_id=gone.pk, transition="receive", from_state="confirmed",
        to_state="received", actor_name="x", source="web",
    )  # fmt: skip
    found = counts(user, timezone.localtime())
    assert (found.late, found.late_lots) == (2, 2)
    assert found.late_delta == 0  # one more by the date, one less by the reading that came


def test_the_day_s_progress_by_department():
    user, agent, by = factories.user("siege"), factories.agent(), factories.actor("siege")
    factories.mission(status="received", visited_at=noon())
    factories.mission(status="confirmed", appointment_at=noon())
    factories.mission(status="in_progress", appointment_at=noon())
    factories.mission(status="confirmed", appointment_at=noon(1))
    door = factories.mission(status="confirmed", agent=agent, appointment_at=noon())
    record_unproductive_visit(
        mission_id=door.pk, agent=agent, at=timezone.now(), reason=UnproductiveReason.ABSENCE, by=by
    )
    found = progress(user, noon() + dt.timedelta(hours=3))
    whole = found.whole
    assert (whole.held, whole.under_way, whole.unproductive, whole.to_come, whole.late) == (1, 1, 1, 1, 1)
    assert found.zones == [("Gironde", whole)]
    assert last_hours(user, timezone.localtime())[0].text == "Visite improductive"


# --- anomalies ---


def test_each_rule_of_missions_on_its_day():
    drawn = factories.lot(status=LotStatus.DRAWN, drawn_on=TODAY() - days(6))
    silent = factories.mission(lot=drawn)
    no_tour = factories.mission(status="confirmed", appointment_at=noon(2))
    unread = factories.mission(status="in_progress", appointment_at=noon(-4))
    unreported = factories.mission(status="to_review", visited_at=noon(-7))
    factories.mission(status="to_review", visited_at=noon(-4))
    found = rules()
    for pair in (("not_contacted", silent.pk), ("no_tour", no_tour.pk), ("no_reading", unread.pk),
                 ("no_report", unreported.pk)):  # fmt: skip
        assert found.count(pair) == 1
    assert len(found) == 4


def test_a_delay_is_a_setting():
    factories.mission(status="to_review", visited_at=noon(-7))
    assert rules()
    Parameter.objects.filter(code="delay-report").update(value=9)
    assert rules() == []


def test_invoicing_is_late_after_seven_days_and_twice_is_found():
    monthly = factories.client(billing_mode=BillingMode.MONTHLY)
    old = factories.mission(
        lot=factories.lot(client=monthly, status=LotStatus.DRAWN),
        status="reported",
        reported_on=TODAY() - days(60),
        is_legacy=True,
    )
    found = [a for a in source.all_anomalies() if a.rule == "not_invoiced"]
    assert [(a.aggregate_id, a.severity) for a in found] == [(old.pk, "act")]
    invoice(old, is_legacy=True)
    assert not [a for a in source.all_anomalies() if a.rule == "not_invoiced"]


def test_a_report_that_waits_for_its_lot_is_only_to_do():
    parent = factories.lot(status=LotStatus.DRAWN)
    factories.mission(lot=parent)
    done = factories.mission(lot=parent, status="reported", reported_on=TODAY() - days(10), is_legacy=True)
    finding = next(a for a in source.all_anomalies() if a.rule == "not_invoiced")
    assert (finding.aggregate_id, finding.severity) == (done.pk, "wait")
    assert f"le lot {parent.number} n’est pas terminé" in finding.sentence


def test_rules_about_lots_agents_and_readings():
    received = factories.lot(received_on=TODAY() - days(3))
    agent = factories.agent(families=())
    right = Authorisation.objects.create(
        agent=agent, family="PAC", valid_from=dt.date(2020, 1, 1), valid_to=TODAY() + days(10)
    )
    stray = InboxMessage.objects.create(
        source="kizeo.records", external_id="42", sha256="0" * 64, raw={}, error="Mission inconnue : « M-0 »."
    )
    assert ("lot_not_drawn", received.pk) in rules("lot")
    assert rules("authorisation") == [("authorisation_ends", right.pk)]
    assert rules("reading") == [("stray_reading", stray.pk)]
    Authorisation.objects.create(agent=agent, family="PAC", valid_from=TODAY())
    assert rules("authorisation") == []


def test_ns_ratio_counts_first_inspections_with_a_report():
    parent = factories.lot(
        status=LotStatus.DRAWN, size=20, site_pct=Decimal(10), filing_on=dt.date(2027, 5, 1)
    )
    sites = [factories.operation(parent, completed_on=TODAY()) for _ in range(4)]
    first = factories.mission(operation=sites[0], status="reported", conclusion="NS")
    factories.mission(operation=sites[1], status="reported", conclusion="S")
    factories.mission(operation=sites[2], status="to_review", conclusion="NS")
    factories.mission(operation=sites[0], status="reported", conclusion="NS", reinspection_of=first)
    finding = next(a for a in source.all_anomalies() if a.rule == "ns_ratio")
    assert "1 NS sur 2\u00a0contrôles (50\u00a0%)" in finding.sentence and finding.severity == "ko"


@pytest.mark.parametrize("rows", [1, 30])
def test_the_sources_are_read_in_one_query(rows, django_assert_num_queries):
    for _ in range(rows):
        factories.mission(lot=factories.lot(received_on=TODAY() - days(9)), status="confirmed",
                          appointment_at=noon(-5))  # fmt: skip
    with django_assert_num_queries(2):  # the delays, then all that the rules look at
        source.all_anomalies()


def test_lines_about_one_lot_are_one_point_sorted_by_deadline_then_amount():
    parent = factories.lot(status=LotStatus.DRAWN, drawn_on=TODAY() - days(9))
    missions = [factories.mission(lot=parent) for _ in range(3)]
    late = factories.mission(status="to_review", visited_at=noon(-30))
    amounts = {mission.pk: Decimal(100) for mission in missions}
    seen = source.survey()
    points = points_of(findings_of(seen.anomalies, seen.targets, {}), amounts)
    found = [(p.title, p.count, p.amount) for p in points if p.first.anomaly.aggregate == "mission"]
    assert found == [("Relevé sans rapport", 1, None), ("3 bénéficiaires non contactés", 3, Decimal(300))]
    assert late.pk


# --- snooze and owner ---


def anomaly_url(mission, verb, rule="no_tour"):
    return f"/anomalies/{rule}/mission/{mission.pk}/{verb}/"


def test_an_anomaly_set_aside_leaves_the_lists_until_its_day(office):
    mission = factories.mission(status="confirmed", appointment_at=noon(2))
    until = TODAY() + days(5)
    assert office.post(anomaly_url(mission, "attendre"), {"until": until, "reason": ""}).status_code == 422
    office.post(anomaly_url(mission, "attendre"), {"until": until, "reason": "Client absent"})
    assert open_rules("mission") == []
    assert mission.number not in office.get("/anomalies/").content.decode()
    assert "Client absent" in office.get("/anomalies/", {"etat": "cote"}).content.decode()
    assert "no_tour" in {a.rule for a in source.open_anomalies(timezone.now() + days(5))}
    office.post(anomaly_url(mission, "reprendre"))
    assert open_rules("mission") == ["no_tour"]


@pytest.mark.parametrize(("reason", "offset"), [("", 3), ("ok", 0), ("ok", -1), ("ok", 181)])
def test_a_snooze_needs_a_reason_and_a_near_day(reason, offset):
    mission, today = factories.mission(), TODAY()
    with pytest.raises(TransitionRefused):
        snooze(
            key=("no_tour", "mission", mission.pk), until=today + days(offset), reason=reason, today=today,
            by=factories.actor("siege"),
        )  # fmt: skip
    assert not Snooze.objects.exists()


def test_an_owner_takes_it_up(office):
    mission = factories.mission(status="confirmed", appointment_at=noon(2))
    assert "Planification" in office.get("/anomalies/").content.decode()
    office.post(anomaly_url(mission, "suivre"), {"owner": office.person.pk})
    assert Snooze.objects.get().owner == office.person
    mine = office.get("/anomalies/", {"pour": "moi"}).content.decode()
    assert mission.number in mine
    assert mission.number not in office.get("/anomalies/", {"pour": "personne"}).content.decode()


def test_an_anomaly_that_is_gone_or_unknown_is_404(office):
    mission = factories.mission()
    assert office.get(anomaly_url(mission, "attendre")).status_code == 404
    assert office.get(anomaly_url(mission, "attendre", rule="x")).status_code == 404


# --- the page ---


def test_the_page_shows_counters_work_and_activity(office):
    mission = factories.mission(status="confirmed", appointment_at=noon(2))
    html = office.get("/").content.decode()
    for text in (
        "À planifier",
        "À facturer",
        "Rendez-vous sans tournée",
        mission.number,
        "Avancement du jour",
    ):
        assert text in html
    assert html.count('hx-trigger="every 30s"') == 4


def test_an_empty_house_says_so(office):
    html = office.get("/").content.decode()
    assert "Rien à traiter" in html and "Aucune visite aujourd’hui" in html


@pytest.mark.parametrize("zone", ["compteurs", "a-traiter", "activite"])
def test_a_zone_is_sent_again_only_when_it_changed(office, zone):
    factories.mission(status="confirmed", appointment_at=noon())
    page = office.get("/").content.decode()
    version = re.search(rf"zone={zone}&amp;v=(\w+)", page).group(1)
    url = f"/?zone={zone}&v={version}"
    assert office.get(url).status_code == 204
    factories.mission(status="confirmed", appointment_at=noon())
    fresh = office.get(url)
    assert fresh.status_code == 200 and "<input" not in fresh.content.decode()
    assert fresh.content.decode().strip() in office.get("/").content.decode()


def test_an_unknown_zone_is_404(office):
    assert office.get("/?zone=x").status_code == 404


def test_the_page_costs_as_much_with_many_missions(office, django_assert_max_num_queries):
    for _ in range(40):
        factories.mission(status="confirmed", appointment_at=noon(-5))
    with django_assert_max_num_queries(70):
        office.get("/")


def test_the_rail_counts_what_the_list_shows():
    user = factories.user("siege")
    factories.mission(status="confirmed", appointment_at=noon(2))
    assert source.anomaly_badge(user) is None
    renew_badge()
    assert source.anomaly_badge(user).count == len(source.open_anomalies())
    assert source.mission_badge(user).count == 1
    assert source.anomaly_badge(factories.user("intervenant")) is None


# --- change since yesterday ---


def test_the_change_since_yesterday_is_exact(office):
    """The worker counts once as the day begins; what happens afterwards is the change."""
    parent = factories.lot(status=LotStatus.DRAWN)
    done = factories.mission(lot=parent, status="reported", reported_on=TODAY() - days(2), is_legacy=True)
    factories.mission(lot=parent, status="confirmed", appointment_at=noon(2))
    start = mark_day()
    assert (start.to_invoice, start.anomalies) == (1, len(source.open_anomalies()))
    same = since_yesterday(TODAY(), anomalies=start.anomalies, to_invoice=1)
    assert (same.anomalies, same.to_invoice) == (0, 0)
    factories.mission(lot=parent, status="confirmed", appointment_at=noon(3))
    invoice(done, is_legacy=True)
    assert mark_day().pk == start.pk and DayStart.objects.count() == 1
    html = office.get("/?zone=compteurs").content.decode()
    anomalies, to_invoice = re.search(r"Anomalies(.*?)À facturer(.*)", html, re.S).groups()
    assert "+1" in anomalies and "depuis hier" in anomalies
    assert "−1" in to_invoice and "depuis hier" in to_invoice


def test_a_day_that_nobody_counted_shows_no_change(office):
    mark_day(timezone.now() - days(1))
    html = office.get("/?zone=compteurs").content.decode()
    assert "depuis hier" not in html.split("Anomalies")[1]
