"""What the replay must report (workbook.md): exactly the known errors, and each kind alone."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from integrations.workbook.reader import normalise
from integrations.workbook.reference import ReferenceRules
from integrations.workbook.replay import Discrepancy, ReplayReport, replay_workbook
from integrations.workbook.rows import MissionRow
from integrations.workbook.words import MissionStatus, Result
from spekty.core import french
from spekty.core.sheets import Sheet

KNOWN = Path(__file__).parents[2] / "data" / "classeur-trimestre-ecarts.json"
HEADER = 2
Edit = tuple[str, int, str, Any]


def edited(sheets: list[Sheet], *edits: Edit) -> list[Sheet]:
    """Return the sheets with cells changed: (sheet, row number, column, value)."""
    copies = {sheet.name: Sheet(sheet.name, [list(row) for row in sheet.rows]) for sheet in sheets}
    for name, row, column, value in edits:
        rows = copies[name].rows
        rows[row - 1][rows[HEADER].index(column)] = value
    return list(copies.values())


def replay(sheets: list[Sheet], rules: ReferenceRules) -> ReplayReport:
    return replay_workbook(normalise(sheets), rules)


def pairs(report: ReplayReport) -> list[tuple[str, str]]:
    return [(d.kind.value, d.ref) for d in report.discrepancies]


@pytest.fixture(scope="module")
def missions(clean: list[Sheet]) -> list[MissionRow]:
    return normalise(clean).missions


def pick(missions: list[MissionRow], **wanted: Any) -> MissionRow:
    """Return the first mission whose attributes have these values; `with_attempts` asks for some."""
    return next(m for m in missions if all(getattr(m, name) == value for name, value in wanted.items()))


def cell(sheets: list[Sheet], name: str, row: int, column: str) -> Any:
    rows = next(sheet for sheet in sheets if sheet.name == name).rows
    return rows[row - 1][rows[HEADER].index(column)]


def test_the_quarter_has_exactly_its_known_errors(quarter: list[Sheet], rules: ReferenceRules) -> None:
    known = [(d["kind"], d["ref"]) for d in json.loads(KNOWN.read_text(encoding="utf-8"))["discrepancies"]]
    assert sorted(pairs(replay(quarter, rules))) == sorted(known)


def test_the_clean_quarter_has_none(clean: list[Sheet], rules: ReferenceRules) -> None:
    report = replay(clean, rules)
    assert report.discrepancies == []
    assert report.control["remarks"] == []


def test_every_line_says_what_was_expected_what_was_found_and_where(
    quarter: list[Sheet], rules: ReferenceRules
) -> None:
    for line in replay(quarter, rules).discrepancies:
        assert set(line.as_dict()) == {"kind", "ref", "expected", "found", "message", "sheet", "row"}
        assert line.message
        assert line.sheet in {"Paie", "Factures", "Missions", "Lots", "Opérations"}
        sheet = next(s for s in quarter if s.name == line.sheet)
        if line.kind.value not in ("PAY_DIFF", "INVOICE_NUMBER_GAP"):
            assert line.ref in {str(c).strip() for c in sheet.rows[line.row - 1]}


def one(report: ReplayReport, kind: str, ref: str) -> Discrepancy:
    (line,) = report.discrepancies
    assert (line.kind.value, line.ref) == (kind, ref)
    return line


def test_pay_total(clean: list[Sheet], rules: ReferenceRules) -> None:
    total = cell(clean, "Paie", 4, "Total")
    sheets = edited(clean, ("Paie", 4, "Total", total + 18))
    agent, month = cell(clean, "Paie", 4, "Agent"), cell(clean, "Paie", 4, "Mois")
    line = one(replay(sheets, rules), "PAY_DIFF", f"{agent}|{month}")
    assert (line.expected, line.found) == (f"Total {total:.2f}", f"Total {total + 18:.2f}")
    assert (line.sheet, line.row) == ("Paie", 4)


def test_half_a_cent_is_no_difference(clean: list[Sheet], rules: ReferenceRules) -> None:
    total = cell(clean, "Paie", 4, "Total")
    assert pairs(replay(edited(clean, ("Paie", 4, "Total", total + 0.005)), rules)) == []
    assert len(pairs(replay(edited(clean, ("Paie", 4, "Total", total + 0.0051)), rules))) == 1


def test_pay_component_says_its_rule_and_date(clean: list[Sheet], rules: ReferenceRules) -> None:
    row = next(
        i
        for i, r in enumerate(clean[9].rows, 1)
        if i > 3 and r[1] == "2026-01" and isinstance(r[3], float) and r[3]
    )
    due = cell(clean, "Paie", row, "Primes missions")
    line = replay(edited(clean, ("Paie", row, "Primes missions", due + 1)), rules).discrepancies[0]
    assert "1er\u00a0janv.\u00a02026" in line.message
    assert f"attendu {due:.2f}".replace(".", ",") in line.message


def test_same_address_and_conclusion_do_not_change_pay_by_result(
    clean: list[Sheet], rules: ReferenceRules, missions: list[MissionRow]
) -> None:
    """Whatever the conclusion recorded, pay stays what it is."""
    for result in ("Satisfaisant", "Non satisfaisant", "Non vérifiable"):
        edits = [("Missions", m.place.row, "Résultat", result) for m in missions if m.result_text]
        kinds = {kind for kind, _ in pairs(replay(edited(clean, *edits), rules))}
        assert kinds <= {"LOT_CONFORMITY_DIFF", "AREA_GAP_CONCLUSION"}


def test_invoice_total(clean: list[Sheet], rules: ReferenceRules) -> None:
    ht, ttc = cell(clean, "Factures", 5, "Total HT"), cell(clean, "Factures", 5, "Total TTC")
    number = cell(clean, "Factures", 5, "N° facture")
    sheets = edited(clean, ("Factures", 5, "Total HT", ht + 50), ("Factures", 5, "Total TTC", ttc + 60))
    line = one(replay(sheets, rules), "INVOICE_DIFF", number)
    assert line.expected == f"HT {ht:.2f} ; TTC {ttc:.2f}"
    assert "Recalcul :" in line.message
    assert pairs(replay(edited(clean, ("Factures", 5, "Total TTC", ttc + 60)), rules)) == [
        ("INVOICE_DIFF", number)
    ]


def test_the_arithmetic_of_an_invoice_counts_visits_not_lines(
    clean: list[Sheet], rules: ReferenceRules, missions: list[MissionRow]
) -> None:
    """Two visits for nothing on one mission are one line of two."""
    mission = next(m for m in missions if m.invoices and len(m.attempts) == 1 and m.visited_on)
    number, place = mission.invoices[0], mission.place.row
    visit = cell(clean, "Missions", place, "Visites improductives")
    before = sum(len(m.attempts) for m in missions if number in m.invoices)
    sheets = edited(clean, ("Missions", place, "Visites improductives", f"{visit} ; {visit}"))
    found = replay(sheets, rules).discrepancies
    line = next(line for line in found if (line.kind, line.ref) == ("INVOICE_DIFF", number))
    visits = french.plural(before + 1, "déplacement improductif", "déplacements improductifs")
    assert f" {visits} " in line.message


def test_mission_price_does_not_move_its_invoice(
    clean: list[Sheet], rules: ReferenceRules, missions: list[MissionRow]
) -> None:
    mission = next(m for m in missions if m.invoices and m.attempts)
    sheets = edited(clean, ("Missions", mission.place.row, "Montant facturé HT", 12.0))
    line = one(replay(sheets, rules), "MISSION_PRICE_DIFF", mission.number)
    assert line.found == "12.00"
    assert "déplacement improductif" in line.message


def test_paid_without_visit(clean: list[Sheet], rules: ReferenceRules, missions: list[MissionRow]) -> None:
    mission = pick(missions, status=MissionStatus.REFUSED)
    sheets = edited(clean, ("Missions", mission.place.row, "Mois paie", "2025-12"))
    one(replay(sheets, rules), "PAID_WITHOUT_VISIT", mission.number)


@pytest.mark.parametrize("days", [1, 3])
def test_report_before_visit(
    clean: list[Sheet], rules: ReferenceRules, missions: list[MissionRow], days: int
) -> None:
    mission = pick(missions, reported=True, on_site=True)
    assert mission.visited_on is not None
    early = mission.visited_on - dt.timedelta(days=days)
    sheets = edited(clean, ("Missions", mission.place.row, "Date rapport", early))
    one(replay(sheets, rules), "DATE_ORDER", mission.number)


def test_an_appointment_before_the_draw_is_no_visit(
    clean: list[Sheet], rules: ReferenceRules, missions: list[MissionRow]
) -> None:
    mission = pick(missions, status=MissionStatus.APPOINTED)
    sheets = edited(clean, ("Missions", mission.place.row, "Date visite", "01/01/2024"))
    assert pairs(replay(sheets, rules)) == []


def test_result_without_visit(clean: list[Sheet], rules: ReferenceRules, missions: list[MissionRow]) -> None:
    mission = pick(missions, status=MissionStatus.REFUSED)
    sheets = edited(clean, ("Missions", mission.place.row, "Résultat", "Satisfaisant"))
    one(replay(sheets, rules), "STATUS_CONTRADICTION", mission.number)


def test_report_without_result(clean: list[Sheet], rules: ReferenceRules, missions: list[MissionRow]) -> None:
    """An open lot has no verdict yet, so that the contradiction comes alone."""
    open_lots = {lot.number for lot in normalise(clean).lots if lot.verdict is None}
    mission = next(m for m in missions if m.reported and m.lot in open_lots)
    sheets = edited(clean, ("Missions", mission.place.row, "Résultat", " "))
    one(replay(sheets, rules), "STATUS_CONTRADICTION", mission.number)


@pytest.mark.parametrize("by", ["code", "initials"])
def test_reviewer(clean: list[Sheet], rules: ReferenceRules, missions: list[MissionRow], by: str) -> None:
    mission = pick(missions, reported=True, on_site=True)
    agent = next(a for a in normalise(clean).agents if a.code == mission.agent)
    sheets = edited(clean, ("Missions", mission.place.row, "Relu par", getattr(agent, by).lower()))
    one(replay(sheets, rules), "REVIEWER_IS_INSPECTOR", mission.number)


def satisfied_insulation(clean: list[Sheet]) -> tuple[MissionRow, Decimal]:
    book = normalise(clean)
    insulated = {lot.number for lot in book.lots if lot.fiche in ("BAR-EN-101", "BAR-EN-102", "BAR-EN-103")}
    mission = next(m for m in book.missions if m.lot in insulated and m.on_site and m.result is Result.S)
    operation = next(o for o in book.operations if (o.lot, o.reference) == (mission.lot, mission.operation))
    assert operation.declared_area is not None
    return mission, operation.declared_area


@pytest.mark.parametrize(
    ("declared", "measured", "reported"), [(110, 100, False), (111, 100, True), (50, 100, False)]
)
def test_area_gap_is_against_the_measured_area(
    clean: list[Sheet], rules: ReferenceRules, declared: int, measured: int, reported: bool
) -> None:
    mission, _ = satisfied_insulation(clean)
    operation = next(o for o in normalise(clean).operations if o.reference == mission.operation)
    sheets = edited(
        clean,
        ("Missions", mission.place.row, "Surface mesurée", float(measured)),
        ("Opérations", operation.place.row, "Surface déclarée", float(declared)),
    )
    expected = [("AREA_GAP_CONCLUSION", mission.number)] if reported else []
    assert pairs(replay(sheets, rules)) == expected


def test_authorisation_of_an_unproductive_visit(clean: list[Sheet], rules: ReferenceRules) -> None:
    """Held or attempted: the agent of the attempt needs the right too."""
    book = normalise(clean)
    mission = next(m for m in book.missions if m.attempts)
    attempt = mission.attempts[0]
    family = next(r.family for r in book.authorisations if r.agent == attempt.agent)
    rows = [r for r in book.authorisations if r.agent == attempt.agent]
    sheets = edited(
        clean, *[("Habilitations", r.place.row, "Au", attempt.day - dt.timedelta(days=1)) for r in rows]
    )
    report = replay(sheets, rules)
    assert ("AUTHORISATION_MISSING", mission.number) in pairs(report)
    assert {kind for kind, _ in pairs(report)} == {"AUTHORISATION_MISSING"}
    assert family


def test_duplicate_operation_and_orderer(clean: list[Sheet], rules: ReferenceRules) -> None:
    book = normalise(clean)
    inspected = {(m.lot, m.operation) for m in book.missions}
    free = [o for o in book.operations if (o.lot, o.reference) not in inspected]
    one_, other = free[0], next(o for o in free if o.lot != free[0].lot)
    sheets = edited(clean, ("Opérations", other.place.row, "Réf. interne", f" {one_.reference.lower()} "))
    line = one(replay(sheets, rules), "DUPLICATE_OPERATION", one_.reference)
    assert line.found == "2"
    client = next(
        c for c in book.clients if c.code == next(lot for lot in book.lots if lot.number == one_.lot).client
    )
    sheets = edited(clean, ("Opérations", one_.place.row, "SIREN pro", float(client.siren)))
    one(replay(sheets, rules), "ORDERER_IS_INSTALLER", one_.reference)


def test_lot_verdict(clean: list[Sheet], rules: ReferenceRules) -> None:
    lot = next(lot for lot in normalise(clean).lots if lot.verdict_text == "Conforme")
    sheets = edited(clean, ("Lots", lot.place.row, "Conclusion lot", "NS > plafond"))
    line = one(replay(sheets, rules), "LOT_CONFORMITY_DIFF", lot.number)
    assert (line.expected, line.found) == ("Conforme", "NS > plafond")
    assert "requis" in line.message


def test_not_invoiced_and_invoiced_twice(clean: list[Sheet], rules: ReferenceRules) -> None:
    """Taking the number off a mission also lowers its invoice's recomputed total: both are said."""
    book = normalise(clean)
    mission = next(m for m in book.missions if m.invoices and not m.reinspection)
    number = mission.invoices[0]
    sheets = edited(clean, ("Missions", mission.place.row, "N° facture", ""))
    assert ("NOT_INVOICED", mission.number) in pairs(replay(sheets, rules))
    assert ("INVOICE_DIFF", number) in pairs(replay(sheets, rules))
    other = next(i.number for i in book.invoices if i.number != number)
    sheets = edited(clean, ("Missions", mission.place.row, "N° facture", f"{number} ; {other}"))
    found = pairs(replay(sheets, rules))
    assert ("INVOICED_TWICE", mission.number) in found
    assert ("INVOICE_DIFF", number) not in found


def renumbered(clean: list[Sheet], change: Any) -> list[Sheet]:
    """Return the workbook with invoice numbers passed through `change`, on invoices and missions alike."""
    edits: list[Edit] = []
    book = normalise(clean)
    for row in book.invoices:
        edits.append(("Factures", row.place.row, "N° facture", change(row.number)))
    for mission in book.missions:
        if mission.invoices:
            edits.append(
                ("Missions", mission.place.row, "N° facture", " ; ".join(map(change, mission.invoices)))
            )
    return edited(clean, *edits)


def test_a_gap_alone(clean: list[Sheet], rules: ReferenceRules) -> None:
    def shift(number: str) -> str:
        rank = int(number[-4:])
        return f"{number[:-4]}{rank + 1:04d}" if number.startswith("FA-2025") and rank >= 3 else number

    one(replay(renumbered(clean, shift), rules), "INVOICE_NUMBER_GAP", "FA-2025-0003")


def test_a_double_alone(clean: list[Sheet], rules: ReferenceRules) -> None:
    """Two invoices under one number, their missions too: each is still recomputed by its own lots."""

    def shift(number: str) -> str:
        rank = int(number[-4:])
        return f"{number[:-4]}{rank - 1:04d}" if number.startswith("FA-2025") and rank >= 4 else number

    one(replay(renumbered(clean, shift), rules), "INVOICE_NUMBER_DUPLICATE", "FA-2025-0003")


def test_control_totals(quarter: list[Sheet], rules: ReferenceRules) -> None:
    known = json.loads(KNOWN.read_text(encoding="utf-8"))
    control = replay(quarter, rules).control
    assert control["balanced"] is True
    for sheet in control["sheets"].values():
        fates = ("created", "updated", "merged", "ignored", "rejected")
        assert sheet["read"] == sum(sheet[fate] for fate in fates)
    assert control["totals"]["rows"] == known["counts"]
    assert control["totals"]["pay"]["workbook"] == known["pay_total"]
    assert control["totals"]["invoiced_ht"]["workbook"] == known["invoices_ht"]
    assert control["totals"]["pay"]["equal"] is False
    assert set(control["by_client"]) == {"CL-001", "CL-002", "CL-003", "CL-004"}
    assert control["by_status"]["Rapport émis"]["missions"]["equal"] is True
    assert "2025-12" in control["by_month"]


def test_control_is_equal_on_both_sides_when_nothing_differs(
    clean: list[Sheet], rules: ReferenceRules
) -> None:
    control = replay(clean, rules).control
    for table in ("by_month", "by_client", "by_agent", "by_status"):
        for key, figures in control[table].items():
            assert all(sides["equal"] for sides in figures.values()), (table, key, figures)


@pytest.mark.parametrize(
    ("sheet", "column", "reason"),
    [
        ("Factures", "TVA", "TVA : attendu"),
        ("Factures", "Frais lot", "Frais lot : attendu"),
        ("Factures", "Remise", "Remise : attendu"),
        ("Factures", "Nb lignes mission", "Nb lignes mission : attendu"),
        ("Lots", "Nb opérations", "Nb opérations :"),
        ("Lots", "Taux site %", "Taux site % : attendu"),
    ],
)
def test_cells_without_a_kind_are_remarked(
    clean: list[Sheet], rules: ReferenceRules, sheet: str, column: str, reason: str
) -> None:
    report = replay(edited(clean, (sheet, 4, column, cell(clean, sheet, 4, column) + 7)), rules)
    assert report.discrepancies == []
    (remark,) = report.control["remarks"]
    assert (remark["sheet"], remark["row"]) == (sheet, 4)
    assert remark["reason"].startswith(reason)


def test_a_missing_price_is_said_and_what_was_invoiced_shows(
    clean: list[Sheet], rules: ReferenceRules, missions: list[MissionRow]
) -> None:
    report = replay(edited(clean, ("Tarifs", 4, "Famille", "AUTRE")), rules)
    assert any("Aucun prix" in remark["reason"] for remark in report.control["remarks"])
    assert {kind for kind, _ in pairs(report)} <= {"INVOICE_DIFF", "MISSION_PRICE_DIFF"}


def test_two_runs_give_the_same_report(quarter: list[Sheet], rules: ReferenceRules) -> None:
    first, second = (json.dumps(replay(quarter, rules).as_dict(), sort_keys=True) for _ in range(2))
    assert first == second
    assert len(json.loads(first)["control"]["digest"]) == 64
