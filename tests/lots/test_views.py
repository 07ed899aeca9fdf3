"""Pages of the lots: rights, query budgets, fragment = page, the whole wizard, hostile uploads."""

import datetime as dt
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from guardian.shortcuts import assign_perm

from lots.enums import ImportState, LotStatus
from lots.models import ImportBatch, Lot, LotDocument, Operation
from missions.models import Mission
from missions.services.documents import add_mission_document
from spekty.accounts.enums import Role
from tests import factories
from tests.lots.test_import_services import HEADER, line

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def without_tools(settings: Any) -> None:
    """Count the pages' own queries, not those of the frame."""
    settings.SHELL_SYNC = ""
    settings.SHELL_BADGES = {}


def browser_of(*roles: str) -> Browser:
    browser = Browser()
    browser.force_login(factories.user(*roles))
    return browser


def upload(browser: Browser, code: str, content: bytes, name: str = "lot.csv") -> Any:
    sent = SimpleUploadedFile(name, content)
    return browser.post(reverse("lots:import"), {"client": code, "file": sent, "lot": "", "fiche": ""})


def csv_of(*lines: str) -> bytes:
    return "\n".join([HEADER, *lines]).encode()


PAGES = ["lots:list", "lots:imports", "lots:import", "lots:clients", "lots:client_new", "lots:documents"]
WRITING = {"lots:import", "lots:client_new"}


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("name", PAGES)
def test_rights_of_pages(role: str, name: str) -> None:
    writes = role in (Role.HEAD_OFFICE, Role.DIRECTION, Role.ADMIN)
    expected = 200 if (writes if name in WRITING else role != Role.AGENT) else 403
    assert browser_of(role).get(reverse(name)).status_code == expected


@pytest.mark.parametrize("role", [Role.PLANNER, Role.QUALITY, Role.PAY_BILLING, Role.AGENT])
def test_readers_may_not_write(role: str) -> None:
    lot, browser = factories.lot(status=LotStatus.DRAWN), browser_of(role)
    for name in ("lots:close", "lots:reopen", "missions:draw", "missions:top_up"):
        assert browser.post(reverse(name, args=[lot.number])).status_code == 403
    assert browser.post(reverse("lots:document_add")).status_code == 403


def test_a_client_sees_its_own_lots_only() -> None:
    own, other = factories.lot(), factories.lot()
    person = factories.user()
    assign_perm("lots.view_client", person, own.client)
    browser = Browser()
    browser.force_login(person)
    page = browser.get(reverse("lots:list")).content.decode()
    assert own.number in page and other.number not in page
    for name in ("lots:detail", "lots:close"):
        assert browser.get(reverse(name, args=[other.number])).status_code in (403, 404)
    assert browser.get(reverse("lots:detail", args=[own.number])).status_code == 200
    assert browser.get(reverse("lots:detail", args=[other.number])).status_code == 404
    assert browser.get(reverse("lots:synthesis", args=[other.number, "xlsx"])).status_code == 404
    assert browser.get(reverse("lots:client", args=[other.client_id])).status_code == 404


@pytest.mark.parametrize("query", ["", "?tri=-montant", "?tri=blocage&blocage=planifier"])
def test_budget_of_the_list_whatever_its_rows(office: Browser, settings: Any, query: str) -> None:
    """The law, the prices and the filters' choices are warm, as tests/test_list_budget.py says."""
    settings.LIST_MEMORY = 600
    cache.clear()
    counts = []
    for more in (1, 39):
        for _ in range(more):
            factories.mission(lot=factories.lot(status=LotStatus.DRAWN))
        assert office.get(reverse("lots:list") + query).status_code == 200
        with CaptureQueriesContext(connection) as found:
            assert office.get(reverse("lots:list") + query).status_code == 200
        counts.append(len(found))
    # Session, person and roles, then four: page, missions, counts of the views, saved views.
    assert counts[0] == counts[1] <= 6
    cache.clear()


def test_fragment_is_the_page(office: Browser) -> None:
    factories.mission(lot=factories.lot(status=LotStatus.DRAWN))
    page = office.get(reverse("lots:list")).content.decode()
    part = office.get(reverse("lots:list"), headers={"HX-Request": "true"}).content.decode()
    shown = part.split('<input type="hidden" name="query"')[0].strip()
    assert shown and shown in page


def test_pages_by_key_show_every_lot_once(office: Browser) -> None:
    customer = factories.client()
    numbers = {
        factories.lot(client=customer, received_on=dt.date(2026, 1, 1 + n % 9)).number for n in range(120)
    }
    for sort in ("-recu", "lot", "depot", "-client"):
        seen = walked_pages(office, sort)
        assert len(seen) == 120 and set(seen) == numbers


def walked_pages(office: Browser, sort: str) -> list[str]:
    """Return the lots of every page of the list, from the first to the last."""
    seen: list[str] = []
    url = f"{reverse('lots:list')}?tri={sort}"
    while url:
        page = office.get(url).content.decode()
        seen += re.findall(r'data-open href="/lots/([^"/]+)/"', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        url = reverse("lots:list") + following[1].replace("&amp;", "&") if following else ""
    return seen


@pytest.mark.parametrize(
    "query", ["page=apres|dNON|1", "page=%00", "tri=x", "vue=x", "avant=x", "q=%00", "page=apres|s|1"]
)
def test_a_strange_address_is_a_page(office: Browser, query: str) -> None:
    factories.lot()
    assert office.get(f"{reverse('lots:list')}?{query}").status_code == 200


def test_the_wizard_from_file_to_lot_and_back(office: Browser) -> None:
    customer = factories.client()
    response = upload(office, customer.code, csv_of(line(1, engagement="??"), line(2), line(3)))
    batch = ImportBatch.objects.get()
    assert response.status_code == 302
    rows = reverse("lots:import_rows", args=[batch.pk])
    page = office.get(rows).content.decode()
    assert "Refusée" in page and "3 lignes lues" in page.replace("\xa0", " ")
    assert office.get(reverse("lots:import_columns", args=[batch.pk])).status_code == 200
    fix = reverse("lots:import_fix", args=[batch.pk, 2])
    office.post(fix, {"field": "engaged_on", "text": "02/03/2026"})
    office.post(reverse("lots:import_leave_out", args=[batch.pk, 4]), {"hors": "1"})
    done = office.post(reverse("lots:import_commit", args=[batch.pk]), {"received_on": "2026-03-05"})
    lot = Lot.objects.get()
    assert done.url == reverse("lots:detail", args=[lot.number])
    assert (lot.size, lot.received_on) == (2, dt.date(2026, 3, 5))
    assert office.get(done.url).status_code == 200
    assert office.get(reverse("lots:imports")).status_code == 200
    office.post(reverse("lots:import_undo", args=[batch.pk]))
    batch.refresh_from_db()
    assert batch.state == ImportState.UNDONE and not Lot.objects.exists()
    assert office.get(rows).status_code == 200


def test_columns_are_corrected_once(office: Browser) -> None:
    customer = factories.client()
    content = csv_of(line(1), line(2, cp="33000")).replace("Référence".encode(), b"Zorglub")
    content = content.replace(b"Code postal", b"Bidule")
    upload(office, customer.code, content)
    batch = ImportBatch.objects.get()
    fields = {f"c{c['index']}": c["field"] or "" for c in batch.mapping["columns"]}
    fields |= {"c0": "reference", "c4": "postcode"}
    url = reverse("lots:import_columns", args=[batch.pk])
    assert office.post(url, fields | {"c1": "reference"}).status_code == 422
    assert office.post(url, fields).status_code == 302
    batch.refresh_from_db()
    assert batch.counts["created"] == 2


def bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<a/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    return target.getvalue()


def crowd() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("xl/workbook.xml", b"<a/>")
        for number in range(3_000):
            archive.writestr(f"xl/{number}.xml", b"")
    return target.getvalue()


def laughs() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("xl/workbook.xml", b'<!DOCTYPE a [<!ENTITY a "b">]><a>&a;</a>')
    return target.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        bomb(),
        crowd(),
        laughs(),
        b"",
        b"PK\x03\x04",
        b"\x00" * 4096,
        b"<html>",
        b'a;"b\nc',
        b"\xd0\xcf\x11\xe0" * 200,
    ],
    ids=["bomb", "crowd", "laughs", "empty", "stub", "zeros", "page", "quotes", "xls"],
)
def test_hostile_uploads_are_refused_and_the_site_stays(office: Browser, content: bytes) -> None:
    customer = factories.client()
    response = upload(office, customer.code, content, "lot.xlsx")
    assert response.status_code in (302, 422)
    if response.status_code == 302:
        assert ImportBatch.objects.get().counts["created"] == 0
    else:
        assert not ImportBatch.objects.exists()
    assert office.get(reverse("lots:list")).status_code == 200


def test_a_formula_is_text_from_import_to_export(office: Browser, tmp_path: Path) -> None:
    customer = factories.client()
    upload(office, customer.code, csv_of(line(1, nom="=HYPERLINK(1)"), line(2, ville="<script>")))
    office.post(reverse("lots:import_commit", args=[ImportBatch.objects.get().pk]))
    lot = Lot.objects.get()
    page = office.get(reverse("lots:synthesis", args=[lot.number, "xlsx"]))
    sheet = openpyxl.load_workbook(io.BytesIO(page.content)).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("=")]
    assert cells and all(cell.data_type == "s" for cell in cells)
    csv_page = office.get(reverse("lots:synthesis", args=[lot.number, "csv"])).content.decode("utf-8-sig")
    assert "'=HYPERLINK" in csv_page


def test_draw_and_close_through_the_pages(office: Browser) -> None:
    lot = factories.lot(size=6)
    for _ in range(6):
        factories.operation(lot)
    url = reverse("missions:draw", args=[lot.number])
    assert office.get(url).status_code == 200
    sent = {"site_count": "2", "contact_count": "3", "contact_by_us": "on"}
    assert office.post(url, sent).status_code == 302
    assert Mission.objects.filter(lot=lot).count() == 5
    assert office.post(url, sent).status_code == 422
    draw = lot.draws.first()
    assert "rejoué" in office.get(reverse("lots:draw", args=[lot.number, draw.pk])).content.decode()
    assert office.get(reverse("lots:detail", args=[lot.number])).status_code == 200
    refused = office.post(reverse("lots:close", args=[lot.number]), {"expected": ""})
    assert refused.status_code == 422
    for kind in ("xlsx", "csv", "pdf"):
        assert office.get(reverse("lots:synthesis", args=[lot.number, kind])).status_code == 200
    paper = LotDocument.objects.filter(lot=lot).first()
    assert paper is not None
    assert office.get(reverse("lots:document", args=[paper.pk]))["Content-Type"] == "application/pdf"
    assert office.get(f"{reverse('lots:documents')}?vu={paper.pk}").status_code == 200


def test_documents_are_judged_by_their_content(office: Browser) -> None:
    lot = factories.lot()
    url = reverse("lots:document_add")

    def sent(name: str, content: bytes) -> Any:
        file = SimpleUploadedFile(name, content)
        return office.post(url, {"lot": lot.number, "kind": "other", "file": file})

    assert sent("photo.jpg", factories.jpeg()).status_code == 302
    assert sent("encore.jpg", factories.jpeg()).status_code == 302
    assert LotDocument.objects.count() == 1
    assert sent("page.pdf", b"<html><script>").status_code == 422


def test_clients_are_created_with_a_true_siren(office: Browser) -> None:
    data = {
        "code": "CL-9",
        "name": "Énergies",
        "billing_mode": "AU_LOT",
        "payment_days": "45",
        "is_active": "on",
    }
    assert office.post(reverse("lots:client_new"), data | {"siren": "123456789"}).status_code == 422
    assert office.post(reverse("lots:client_new"), data | {"siren": "957735640"}).status_code == 302


def test_list_exports_what_it_shows(office: Browser) -> None:
    factories.operation(factories.lot())
    for kind in ("csv", "xlsx"):
        response = office.get(reverse("lots:export", args=[kind]))
        assert response.status_code == 200 and "attachment" in response["Content-Disposition"]


def test_get_never_writes(office: Browser) -> None:
    lot = factories.lot(size=1)
    factories.operation(lot)
    for name in ("lots:detail", "lots:close", "lots:reopen", "missions:draw", "missions:top_up"):
        with CaptureQueriesContext(connection) as found:
            office.get(reverse(name, args=[lot.number]))
        verbs = {query["sql"].split()[0] for query in found}
        assert not verbs & {"INSERT", "UPDATE", "DELETE"}
    assert Operation.objects.count() == 1


def test_papers_of_a_mission(office: Browser) -> None:
    mission = factories.mission()
    paper = add_mission_document(
        mission=mission, content=factories.jpeg(), name="x.jpg", by=factories.actor(Role.HEAD_OFFICE)
    )
    page = f"{reverse('lots:documents')}?mission={mission.number}"
    assert office.get(f"{page}&vu={paper.pk}").status_code == 200
    assert office.get(f"{reverse('lots:documents')}?mission=NON").status_code == 404


@pytest.mark.parametrize("is_legacy", [True, False])
def test_a_lot_drawn_in_the_workbook_says_that_its_draw_left_no_record(
    office: Browser, is_legacy: bool
) -> None:
    lot = factories.lot(status=LotStatus.DRAWN, is_legacy=is_legacy)
    page = office.get(reverse("lots:detail", args=[lot.number])).content.decode()
    assert ("ni liste figée, ni graine" in page) == is_legacy


def listed(office: Browser, query: str) -> list[str]:
    page = office.get(f"{reverse('lots:list')}?{query}").content.decode()
    return re.findall(r'data-open href="/lots/([^"/]+)/"', page)


def test_sorts_and_keeps_what_the_rules_say(office: Browser) -> None:
    fiche = factories.fiche()
    client_of = factories.client()
    factories.price(client_of, "ISO", "100")
    received = factories.lot(client=client_of, fiche=fiche)
    small, big = (factories.lot(client=client_of, fiche=fiche, status=LotStatus.DRAWN) for _ in range(2))
    factories.mission(lot=small, status="reported", conclusion="NS")
    for conclusion in ("S", "S", "NS"):
        factories.mission(lot=big, status="reported", conclusion=conclusion)
    numbers = {"R": received.number, "s": small.number, "b": big.number}
    assert listed(office, "tri=-montant") == [numbers["b"], numbers["s"], numbers["R"]]
    assert listed(office, "tri=montant") == [numbers["s"], numbers["b"], numbers["R"]]
    assert listed(office, "tri=-ns") == [numbers["s"], numbers["b"], numbers["R"]]
    assert listed(office, "blocage=tirage") == [numbers["R"]]
    assert numbers["R"] not in listed(office, "blocage=ns")
    page = office.get(f"{reverse('lots:list')}?tri=-montant").content.decode()
    assert "300\u00a0€ HT" in page


@pytest.mark.parametrize("sort", ["montant", "-ns", "blocage", "-blocage", "-client&blocage=tirage"])
def test_pages_of_a_ruled_order_show_every_lot_once(office: Browser, sort: str) -> None:
    numbers = {factories.lot().number for _ in range(120)}
    seen = walked_pages(office, sort)
    assert len(seen) == 120 and set(seen) == numbers


def test_a_view_of_lots_is_kept_for_oneself_or_a_role(office: Browser) -> None:
    factories.lot()
    sent = {"page": "lots", "name": "Les miens", "query": "vue=ouverts&blocage=tirage&page=x", "role": ""}
    answer = office.post(reverse("missions:save_view"), sent)
    assert answer["Location"] == f"{reverse('lots:list')}?vue=ouverts&blocage=tirage"
    page = office.get(answer["Location"]).content.decode()
    assert "Les miens" in page and "Supprimer la vue Les miens" in page
    assert "Les miens" not in office.get(reverse("missions:list")).content.decode()
    office.post(reverse("missions:save_view"), sent | {"name": "Équipe", "role": "qualite"})
    assert "Équipe" in browser_of(Role.QUALITY).get(reverse("lots:list")).content.decode()
    assert "Les miens" not in browser_of(Role.QUALITY).get(reverse("lots:list")).content.decode()
