"""Sheets and columns wherever they are, every row accounted for."""

import datetime as dt
import random
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from integrations.workbook.fates import Fate
from integrations.workbook.locate import WorkbookUnreadable
from integrations.workbook.reader import Workbook, normalise, read_workbook
from integrations.workbook.reference import ReferenceRules
from integrations.workbook.replay import replay_workbook
from integrations.workbook.rows import Attempt
from spekty.core.sheets import Sheet

HEADER = 2


def changed(sheets: list[Sheet], name: str, row: int, column: str, value: Any) -> list[Sheet]:
    """Return the sheets with one cell changed; `row` is the row's number in Excel."""
    result = []
    for sheet in sheets:
        rows = [list(cells) for cells in sheet.rows] if sheet.name == name else sheet.rows
        if sheet.name == name:
            rows[row - 1][rows[HEADER].index(column)] = value
        result.append(Sheet(sheet.name, rows))
    return result


def shuffled(sheets: list[Sheet], rng: random.Random) -> list[Sheet]:
    """Other sheet order, columns moved, two columns more, headers with line breaks and other case."""
    result = [Sheet("Notes", [["Penser à rappeler"]])]
    for sheet in rng.sample(sheets, len(sheets)):
        width = max(len(row) for row in sheet.rows)
        order = rng.sample(range(width + 2), width + 2)
        rows = []
        for index, row in enumerate(sheet.rows):
            cells = [
                *row,
                *[""] * (width - len(row)),
                *(["Visa", "Observations"] if index == HEADER else [1.0, "vu"]),
            ]
            moved = [cells[i] for i in order]
            if index == HEADER:
                moved = [str(cell).replace(" ", "\n", 1).upper() for cell in moved]
            rows.append(moved)
        result.append(Sheet(f" {sheet.name.upper()} ", [["Classeur 2025"], *rows[:1], *rows[1:]]))
    return result


def report(book: Workbook, rules: ReferenceRules) -> set[tuple[str, str]]:
    return {(d.kind.value, d.ref) for d in replay_workbook(book, rules).discrepancies}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_layout_does_not_matter(quarter: list[Sheet], rules: ReferenceRules, seed: int) -> None:
    straight = normalise(quarter)
    moved = normalise(shuffled(quarter, random.Random(seed)))
    assert report(moved, rules) == report(straight, rules)
    assert moved.other_sheets == ["Notes"]
    assert len(moved.missions) == len(straight.missions) == 736


def write_workbook(path: Path, sheets: list[Sheet]) -> None:
    book = xlsxwriter.Workbook(str(path))
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for sheet in sheets:
        page = book.add_worksheet(sheet.name)
        for r, row in enumerate(sheet.rows):
            for c, cell in enumerate(row):
                if isinstance(cell, dt.date):
                    page.write_datetime(r, c, dt.datetime(cell.year, cell.month, cell.day), day)
                elif isinstance(cell, str):
                    page.write_string(r, c, cell) if cell else None
                else:
                    page.write(r, c, cell)
    book.close()


def test_xlsm_gives_the_same(tmp_path: Path, quarter: list[Sheet], rules: ReferenceRules) -> None:
    path = tmp_path / "classeur.xlsm"
    write_workbook(path, quarter)
    assert report(read_workbook(path), rules) == report(normalise(quarter), rules)


def test_every_row_has_one_fate(quarter: list[Sheet]) -> None:
    book = normalise(quarter)
    assert [ledger.sheet for ledger in book.ledgers] == [
        "Clients", "Tarifs", "Agents", "Habilitations", "Barème paie", "Lots",
        "Opérations", "Missions", "Km", "Paie", "Factures",
    ]  # fmt: skip
    assert all(ledger.balanced for ledger in book.ledgers)
    missions = next(ledger for ledger in book.ledgers if ledger.sheet == "Missions")
    assert missions.counts() == {"created": 736, "updated": 0, "merged": 0, "ignored": 3, "rejected": 0}
    assert [fate.reason for fate in missions.told()] == ["ligne vide", "ligne vide", "ligne de total"]
    assert book.remarks == []


def test_rows_know_their_place(quarter: list[Sheet]) -> None:
    book = normalise(quarter)
    mission = next(m for m in book.missions if m.number == "M-2025-000048")
    assert quarter[7].rows[mission.place.row - 1][0] == "M-2025-000048"
    assert mission.invoices == ("FA-2025-0001", "FA-2025-0006")
    assert mission.agent == "AG-04"


def test_a_row_without_its_key_is_rejected_with_the_reason(clean: list[Sheet]) -> None:
    book = normalise(changed(clean, "Missions", 4, "N° mission", ""))
    ledger = next(ledger for ledger in book.ledgers if ledger.sheet == "Missions")
    (fate,) = [f for f in ledger.fates if f.fate is Fate.REJECTED]
    assert (fate.row, fate.reason) == (4, "« n mission » manque")
    assert ledger.balanced


def test_a_doubled_row_is_merged_and_a_doubled_invoice_still_judged(clean: list[Sheet]) -> None:
    sheets = [Sheet(s.name, [*s.rows, s.rows[4]]) if s.name in ("Clients", "Factures") else s for s in clean]
    book = normalise(sheets)
    counts = {ledger.sheet: ledger.counts()["merged"] for ledger in book.ledgers}
    assert (counts["Clients"], counts["Factures"]) == (1, 1)
    assert len(book.clients) == len({c.code for c in book.clients})
    assert len(book.invoices) == len({i.number for i in book.invoices}) + 1


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("Statut", "Perdu de vue", "statut inconnu : « Perdu de vue »"),
        ("Agent", "ZZ99", "intervenant inconnu : « ZZ99 »"),
        ("Date visite", "32/13/2025", "date impossible : « 32/13/2025 »"),
        ("Résultat", "Peut-être", "résultat inconnu : « Peut-être »"),
        ("N° facture", "à faire", "numéro de facture illisible : « à faire »"),
        ("Visites improductives", "hier 08:30 AG-01", "date illisible : « hier 08:30 AG-01 »"),
    ],
)
def test_what_is_unknown_keeps_its_row_and_says_why(
    clean: list[Sheet], column: str, value: str, reason: str
) -> None:
    book = normalise(changed(clean, "Missions", 4, column, value))
    assert len(book.missions) == len(normalise(clean).missions)
    assert [(r.sheet, r.row, r.reason) for r in book.remarks] == [("Missions", 4, reason)]


def test_unproductive_visits(clean: list[Sheet]) -> None:
    text = "04/12/2025 08:30 CV1 ; 05-12-25 9h45 AG-02;2025-12-06"
    mission = normalise(changed(clean, "Missions", 4, "Visites improductives", text)).missions[0]
    assert [(a.day.day, a.time) for a in mission.attempts] == [
        (4, dt.time(8, 30)),
        (5, dt.time(9, 45)),
        (6, None),
    ]
    assert mission.attempts[2] == Attempt(dt.date(2025, 12, 6), None, mission.agent)


def test_a_missing_sheet_or_column_is_named(clean: list[Sheet]) -> None:
    without = [s for s in clean if s.name != "Paie"]
    with pytest.raises(WorkbookUnreadable, match="feuille « Paie » introuvable"):
        normalise(without)
    renamed = changed(clean, "Missions", 3, "Statut", "Etat")
    with pytest.raises(WorkbookUnreadable, match="colonne « statut » absente de la feuille « Missions »"):
        normalise(renamed)


def test_a_renamed_sheet_is_found_by_its_columns(clean: list[Sheet], rules: ReferenceRules) -> None:
    sheets = [Sheet("Suivi 2025-2026" if s.name == "Missions" else s.name, s.rows) for s in clean]
    assert report(normalise(sheets), rules) == set()
