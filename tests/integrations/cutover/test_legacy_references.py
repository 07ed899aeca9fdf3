"""References of the workbook are found for ever: by Meilisearch and without it, after corrections too."""

import copy
from collections.abc import Callable

import pytest
from django.urls import reverse

from integrations.enums import RunKind
from integrations.models import WorkbookRun
from integrations.search import engine as engine_module
from integrations.search import sync
from integrations.search.index import INDEXES
from integrations.workbook.loading.run import load
from integrations.workbook.reader import normalise
from lots.models import Client, Lot, Operation
from missions.models import Mission
from quality.selectors.search import SearchResults, search_everything
from spekty.core import outbox
from spekty.core.actors import system_actor
from spekty.core.enums import Source
from spekty.core.sheets import Sheet, read_sheets
from tests import factories
from tests.emptying import around_tests
from tests.integrations.cutover.conftest import QUARTER
from tests.integrations.workbook.mutations import FIRST, HEADER

pytestmark = pytest.mark.django_db
BY = system_actor(Source.IMPORT, "Test")
Find = Callable[[str], SearchResults]


def rows(sheets: list[Sheet], name: str) -> list[dict[str, object]]:
    sheet = next(sheet for sheet in sheets if sheet.name == name)
    body = (dict(zip(sheet.rows[HEADER], row, strict=False)) for row in sheet.rows[FIRST:])
    return [row for row in body if next(iter(row.values())) not in ("", "TOTAL")]


def loaded(sheets: list[Sheet]) -> None:
    run = WorkbookRun.objects.create(kind=RunKind.IMPORT, file_name="classeur.xlsx", sha256="0" * 64)
    load(normalise(copy.deepcopy(sheets)), run, by=BY)


def drain() -> None:
    for topic, _ in sync.KINDS.values():
        while outbox.drain(topic).total:
            pass


@pytest.fixture(params=["meilisearch", "postgresql"])
def find(request, monkeypatch, settings) -> Find:
    """Search as the office does, after the index took what the database promised; or without any index."""
    monkeypatch.setattr(outbox, "ring", lambda topic: None)
    monkeypatch.setattr(engine_module, "_down_until", 0.0)
    office = factories.user("siege")
    if request.param == "postgresql":
        settings.MEILI_URL = ""
    else:
        request.getfixturevalue("meilisearch_server")
        engine = sync.connect()
        for kind, wanted in INDEXES.items():
            engine.make_index(kind, wanted)

    def search(text: str) -> SearchResults:
        if request.param == "meilisearch":
            drain()
        found = search_everything(office, text)
        assert found.degraded is (request.param == "postgresql")
        return found

    return search


def check(find: Find, sheets: list[Sheet]) -> None:
    """Every kind of reference that the workbook's papers bear leads to its object."""
    drawn = [row for row in rows(sheets, "Missions") if not row["Contre-visite de"]]
    for row in [*drawn[:2], drawn[-1]]:
        number, lot, reference = (str(row[name]) for name in ("N° mission", "N° lot", "Réf. interne"))
        assert [hit.row.number for hit in find(number).missions][:1] == [number]
        assert number in {hit.row.number for hit in find(reference.lower()).missions}, reference
        assert [hit.row.number for hit in find(lot).lots][:1] == [lot]
    for row in rows(sheets, "Lots")[:2]:
        assert str(row["N° lot"]) in {hit.row.number for hit in find(str(row["Réf. EMMY"])).lots}
    for row in rows(sheets, "Clients"):
        assert str(row["Code"]) in {hit.row.code for hit in find(str(row["Code"])).clients}
    for row in rows(sheets, "Agents")[:1]:
        assert [agent.code for agent in find(str(row["Code"])).agents] == [row["Code"]]
    never_drawn = [row for row in rows(sheets, "Opérations") if not (row["Tiré site"] or row["Tiré contact"])]
    for row in [never_drawn[0], never_drawn[-1]]:
        reference = str(row["Réf. interne"])
        assert not Mission.objects.filter(operation__reference=reference).exists()
        assert str(row["N° lot"]) in {hit.row.number for hit in find(reference).lots}, reference
    invoiced = next(row for row in drawn if row["N° facture"])
    carried = {hit.row for hit in find(str(invoiced["N° facture"])).missions}
    assert carried
    for mission in carried:
        assert mission.invoice_lines.filter(invoice__number=invoiced["N° facture"]).exists()
    for unknown in ("M-2031-009999", "D002-9999-777", "LOT-2031-0001", "FA-2031-0001"):
        found = find(unknown)
        numbers = {hit.row.number for hit in (*found.missions, *found.lots)}
        assert unknown not in numbers
        assert not found.missions or found.missions[0].row.operation.reference != unknown


@pytest.fixture(scope="module")
def read() -> list[Sheet]:
    return read_sheets(QUARTER)


@pytest.fixture(scope="module")
def kept(read, django_db_setup, django_db_blocker):
    """Load the workbook once, in a transaction around the module's tests."""
    with django_db_blocker.unblock(), around_tests():
        loaded(read)
        yield


@pytest.fixture
def sheets(read, kept, db) -> list[Sheet]:
    """The workbook, which is loaded."""
    return read


def test_references_are_found_and_a_second_load_changes_nothing_to_it(find, sheets):
    check(find, sheets)
    loaded(sheets)
    check(find, sheets)


def corrected(sheets: list[Sheet]) -> list[Sheet]:
    """The workbook with firms and people renamed, and one operation written a second time in its lot."""
    new = copy.deepcopy(sheets)
    for name, columns in {"Clients": ["Raison sociale"], "Opérations": ["Nom", "Adresse"]}.items():
        sheet = next(sheet for sheet in new if sheet.name == name)
        for row in sheet.rows[FIRST:]:
            for column in columns:
                if row[0]:
                    row[list(sheet.rows[HEADER]).index(column)] = f"Renommé {row[0]}"
    operations = next(sheet for sheet in new if sheet.name == "Opérations")
    twin = list(operations.rows[FIRST])
    twin[list(operations.rows[HEADER]).index("Nom")] = "Doublon"
    operations.rows.append(twin)
    return new


def test_references_are_found_after_a_correction_a_merge_and_renames(find, sheets):
    check(find, sheets)
    new = corrected(sheets)
    loaded(new)
    assert Client.objects.filter(name__startswith="Renommé").count() == len(rows(sheets, "Clients"))
    assert Operation.objects.filter(reference=rows(sheets, "Opérations")[0]["Réf. interne"]).count() == 1
    check(find, new)
    check(find, sheets)
    renamed = find("Renommé CL-001").clients
    assert [hit.row.code for hit in renamed][:1] == ["CL-001"], "the index follows the names too"


def test_references_are_found_after_people_renamed_in_the_application(find, sheets):
    check(find, sheets)
    for client in Client.objects.all():
        client.name = f"Nouveau nom {client.pk}"
        client.save()
    Operation.objects.update(last_name="Autre", address="Ailleurs")
    Lot.objects.filter(status="drawn").update(status="closed")
    check(find, sheets)


def test_the_address_of_a_search_shows_the_reference(client, sheets, settings):
    settings.MEILI_URL = ""
    client.force_login(factories.user("siege"))
    page = client.get(reverse("quality:search"), {"q": "M-2025-000010"}).content.decode()
    assert "M-2025-000010" in page
