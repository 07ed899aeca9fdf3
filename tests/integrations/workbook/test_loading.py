"""The load: nothing written twice, only what differs, through the guards, nothing dropped in silence."""

import copy
import datetime as dt
import hashlib
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from billing.models import Invoice, InvoiceLine
from integrations.enums import RunKind, RunStatus
from integrations.models import CutoverDecision, Freeze, WorkbookRow, WorkbookRun
from integrations.workbook.loading.digest import history_digest
from integrations.workbook.loading.guards import ROLLING_BACK
from integrations.workbook.loading.run import (
    LOCK,
    LoadingUnderWay,
    WorkbookFrozen,
    import_workbook,
    load,
    written,
)
from integrations.workbook.reader import normalise
from lots.models import Client, Lot, Operation
from missions.enums import MissionStatus
from missions.models import Mission
from payroll.models import PayLine
from spekty.core.actors import system_actor
from spekty.core.enums import Source
from spekty.core.models import StateChange
from spekty.core.sheets import Sheet
from tests.integrations.workbook.mutations import HEADER

pytestmark = pytest.mark.django_db
BY = system_actor(Source.IMPORT, "Test")


def loaded(sheets: list[Sheet]) -> WorkbookRun:
    run = WorkbookRun.objects.create(kind=RunKind.IMPORT, file_name="classeur.xlsx", sha256="0" * 64)
    load(normalise(sheets), run, by=BY)
    run.refresh_from_db()
    return run


def put(sheets: list[Sheet], sheet: str, key: str, column: str, value: object) -> None:
    """Write one cell: that of `column` in the first row of `sheet` that has `key` in a cell."""
    rows = next(s.rows for s in sheets if s.name == sheet)
    index = list(rows[HEADER]).index(column)
    row = next(row for row in rows[HEADER + 1 :] if key in row)
    row[index] = value


def test_the_rows_balance_and_both_sides_have_the_same_totals(quarter):
    run = loaded(copy.deepcopy(quarter))
    assert run.status == RunStatus.DONE
    assert Lot.objects.filter(is_legacy=True).count() == 24
    assert Mission.objects.filter(is_legacy=True).count() == 736
    for sheet, counts in run.counts.items():
        assert counts["read"] == sum(n for fate, n in counts.items() if fate != "read"), sheet
    wrong = [f for f in run.control["figures"] if not f["explained"]]
    assert wrong == []
    totals = {f["figure"]: f for f in run.control["figures"] if f["axis"] == "total"}
    assert (totals["missions"]["workbook"], totals["missions"]["application"]) == (736, 736)
    assert totals["invoiced_ht"]["workbook"] == "47519.39"


def test_a_second_run_writes_no_row_and_no_event(quarter):
    first = loaded(copy.deepcopy(quarter))
    events = event_count()
    second = loaded(copy.deepcopy(quarter))
    assert written(first) > 4000
    assert written(second) == 0
    assert event_count() == events
    assert second.digest == first.digest == history_digest()
    for counts in second.counts.values():
        assert counts.get("created", 0) == counts.get("updated", 0) == 0


def event_count() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM missions_missionevent) + (SELECT count(*) FROM lots_operationevent)"
            " + (SELECT count(*) FROM payroll_paylineevent) + (SELECT count(*) FROM billing_invoicelineevent)"
        )
        return int(cursor.fetchone()[0])


def test_every_row_inserted_has_its_event_stamped_with_the_run(quarter):
    run = loaded(copy.deepcopy(quarter))
    for table, model in (("missions_missionevent", Mission), ("lots_operationevent", Operation)):
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*) FROM {table} e JOIN pghistory_context c ON c.id = e.pgh_context_id "  # noqa: S608
                "WHERE e.pgh_label = 'insert' AND (c.metadata->>'run')::bigint = %s",
                [run.pk],
            )
            assert cursor.fetchone()[0] == model.objects.filter(is_legacy=True).count()


CORRECTIONS = [
    ("Clients", "D001", "Raison sociale", "Énergies du Corrigé"),
    ("Lots", "LOT-2025-0001", "Réf. EMMY", "EMMY-CORRIGE"),
    ("Opérations", "D001-0001-001", "Nom", "Corrigé"),
    ("Missions", "M-2025-000010", "Commentaire", "Relu après coup"),
    ("Missions", "M-2025-000011", "Statut", "Annulée"),
    ("Missions", "M-2025-000012", "Date rapport", dt.date(2025, 12, 30)),
    ("Missions", "M-2025-000013", "Statut", "À planifier"),
]


def existing_key(sheets: list[Sheet], sheet: str, key: str) -> str:
    rows = next(s.rows for s in sheets if s.name == sheet)[HEADER + 1 :]
    found = {cell for row in rows for cell in row if isinstance(cell, str)}
    return key if key in found else next(str(row[0]) for row in rows if row and row[0])


def test_a_corrected_workbook_changes_exactly_what_differs(quarter):
    loaded(copy.deepcopy(quarter))
    before = {m.number: m for m in Mission.objects.all()}
    corrected = copy.deepcopy(quarter)
    for sheet, key, column, value in CORRECTIONS:
        put(corrected, sheet, existing_key(corrected, sheet, key), column, value)
    run = loaded(corrected)
    updated = {name: tally["updated"] for name, tally in run.tallies.items() if tally["updated"]}
    assert updated["Client"] == updated["Lot"] == updated["Operation"] == 1
    assert updated["Mission"] == 4
    assert set(updated) <= {"Client", "Lot", "Operation", "Mission", "Report", "Review"}
    changed = [
        number
        for number, old in before.items()
        for new in [Mission.objects.get(number=number)]
        if (old.status, old.comment, old.reported_on) != (new.status, new.comment, new.reported_on)
    ]
    assert set(changed) == {f"M-2025-0000{n}" for n in (10, 11, 12, 13)}
    assert Mission.objects.get(number="M-2025-000011").status == MissionStatus.CANCELLED
    told = WorkbookRow.objects.filter(run=run, fate="updated", sheet="Missions")
    assert told.count() == 4


def test_a_moved_site_is_located_again_and_a_finer_position_is_kept(quarter):
    loaded(copy.deepcopy(quarter))
    still, moved = Operation.objects.order_by("pk")[:2]
    Operation.objects.filter(pk=still.pk).update(lat=1.5, lon=2.5)
    corrected = copy.deepcopy(quarter)
    put(corrected, "Opérations", moved.reference, "CP", "29200")
    put(corrected, "Opérations", moved.reference, "Ville", "BREST")
    loaded(corrected)
    still.refresh_from_db()
    moved.refresh_from_db()
    assert (still.lat, still.lon) == (1.5, 2.5)
    assert moved.lat == pytest.approx(48.4, abs=0.2)
    assert moved.lon == pytest.approx(-4.5, abs=0.2)


def test_closed_lots_issued_invoices_and_closed_months_take_the_workbooks_correction(quarter):
    loaded(copy.deepcopy(quarter))
    closed = Lot.objects.filter(status="closed").first()
    invoice = Invoice.objects.filter(is_legacy=True).first()
    corrected = copy.deepcopy(quarter)
    put(corrected, "Lots", closed.number, "Statut", "En cours")
    put(corrected, "Factures", invoice.number, "Total HT", 1234.56)
    run = loaded(corrected)
    closed.refresh_from_db()
    invoice.refresh_from_db()
    assert closed.status == "drawn"
    assert str(invoice.total_ht) == "1234.56"
    assert run.tallies["Invoice"]["updated"] == 1


def test_the_guards_are_back_after_the_load(quarter):
    loaded(copy.deepcopy(quarter))
    reported = Mission.objects.filter(status=MissionStatus.REPORTED).first()
    line = PayLine.objects.filter(is_legacy=True).first()
    issued = InvoiceLine.objects.filter(is_legacy=True).first()
    for refused in (
        lambda: Mission.objects.filter(pk=reported.pk).update(status=MissionStatus.TO_PLAN),
        lambda: PayLine.objects.filter(pk=line.pk).delete(),
        lambda: InvoiceLine.objects.filter(pk=issued.pk).delete(),
        lambda: Invoice.objects.filter(pk=issued.invoice_id).delete(),
        lambda: StateChange.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            refused()


def test_guards_are_named_as_the_models_name_them():
    import pgtrigger

    assert len(pgtrigger.registered(*ROLLING_BACK)) == len(ROLLING_BACK)


def test_unknown_words_dates_and_agents_are_kept_with_their_reason(quarter):
    sheets = copy.deepcopy(quarter)
    put(sheets, "Missions", "M-2025-000010", "Statut", "Zut")
    put(sheets, "Missions", "M-2025-000011", "Date visite", "un mardi")
    put(sheets, "Missions", "M-2025-000012", "Agent", "XX-99")
    run = loaded(sheets)
    assert Mission.objects.filter(is_legacy=True).count() == 736
    told = {(r.value, r.column) for r in WorkbookRow.objects.filter(run=run, fate="kept")}
    assert {value for value, _ in told} >= {"Zut", "un mardi", "XX-99"}
    assert all(r.reason for r in WorkbookRow.objects.filter(run=run))
    assert Mission.objects.get(number="M-2025-000012").agent is None


def test_a_right_that_ends_before_it_begins_is_refused_alone(quarter):
    sheets = copy.deepcopy(quarter)
    rows = next(s.rows for s in sheets if s.name == "Habilitations")
    columns = list(rows[HEADER])
    rows[HEADER + 1][columns.index("Du")] = dt.date(2026, 1, 1)
    rows[HEADER + 1][columns.index("Au")] = dt.date(2025, 1, 1)
    run = loaded(sheets)
    assert run.counts["Habilitations"]["rejected"] == 1
    assert WorkbookRow.objects.get(run=run, sheet="Habilitations", fate="rejected").reason


def test_a_frozen_workbook_refuses_every_other_file(quarter_path: Path, clean_path: Path):
    sha256 = hashlib.sha256(quarter_path.read_bytes()).hexdigest()
    Freeze.objects.create(file_name=quarter_path.name, sha256=sha256, by_name="N. Ferrand")
    with pytest.raises(WorkbookFrozen, match="gelé"):
        import_workbook(clean_path, by=BY)
    assert not WorkbookRun.objects.exists()
    assert import_workbook(quarter_path, by=BY).status == RunStatus.DONE


def test_nothing_is_loaded_after_the_switch(clean_path: Path):
    CutoverDecision.objects.create(by_name="Direction")
    with pytest.raises(WorkbookFrozen, match="prononcée"):
        import_workbook(clean_path, by=BY)
    assert not Client.objects.exists()


def test_two_loads_never_run_at_once(clean_path: Path, monkeypatch):
    monkeypatch.setattr("integrations.workbook.loading.run.WAITS", 1)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        with pytest.raises(LoadingUnderWay):
            import_workbook(clean_path, by=BY)
    finally:
        other.close()
