import csv
import datetime as dt
import io
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lots.rules.checks import CheckContext
from lots.rules.importing import plan_import
from lots.rules.mapping import choose_sheet, propose_mapping
from lots.rules.plans import Choices, ExistingOperation, Fate, ImportPlan, SourceFile
from spekty.core.sheets import Cell, read_sheets

LOTS = Path(__file__).parents[2] / "demo" / "lots"
TODAY = dt.date(2025, 11, 24)
CONTEXT = CheckContext(
    today=TODAY, fiches={f"BAR-EN-10{n}": True for n in range(1, 8)} | {"BAR-TH-171": True}
)
HEADERS = [
    "Réf",
    "Nom",
    "Prénom",
    "Adresse",
    "CP",
    "Ville",
    "Tél",
    "Fiche",
    "Devis",
    "Facture",
    "SIREN pro",
    "kWhc",
    "Surface",
]


def line(number: int, **changes: Cell) -> list[Cell]:
    cells: dict[str, Cell] = dict(
        zip(
            HEADERS,
            [
                f"A-{number}",
                "DUPONT",
                "Jean",
                f"{number} rue X",
                "69001",
                "Lyon",
                "0612345678",
                "BAR-EN-101",
                "01/06/2025",
                "01/09/2025",
                "917743668",
                "120 000",
                "88",
            ],
            strict=True,
        )
    )
    return list((cells | changes).values())


def source(rows: list[list[Cell]]) -> SourceFile:
    proposal = propose_mapping(rows)
    headers = {column.index: column.header for column in proposal.columns}
    return SourceFile(rows, proposal.first_data_row, proposal.mapping, headers)


def applied(
    plan: ImportPlan, existing: Mapping[str, ExistingOperation], lot: str = "L1"
) -> dict[str, ExistingOperation]:
    """Do what the service does with a plan."""
    result = dict(existing)
    for row in plan.rows:
        if row.reference and row.fate in (Fate.CREATED, Fate.UPDATED):
            before = result[row.reference].values if row.reference in result else {}
            result[row.reference] = ExistingOperation(
                row.reference, plan.lot or lot, {**before, **row.values}
            )
    return result


def fates(plan: ImportPlan) -> list[str]:
    return [str(row.fate) for row in plan.rows]


def equation_holds(plan: ImportPlan) -> bool:
    report = plan.report()
    return report["read"] == sum(report[str(fate)] for fate in Fate) == len(report["rows"])


@pytest.mark.parametrize("file", sorted(LOTS.iterdir()), ids=lambda path: path.name)
def test_the_six_files_import_without_loss_and_a_second_time_change_nothing(file: Path) -> None:
    lines = source(choose_sheet(read_sheets(file)).rows)
    plan = plan_import(lines, [], CONTEXT)
    rejected = [(row.row, row.issues[-1].rule) for row in plan.rows if row.fate is Fate.REJECTED]
    assert rejected == ([(76, "orderer_is_installer")] if "0004" in file.name else [])
    assert (
        plan.counts[Fate.CREATED] + len(rejected) == len(plan.rows) == len(lines.rows) - lines.first_data_row
    )
    assert equation_holds(plan)
    again = plan_import(lines, applied(plan, {}).values(), CONTEXT)
    assert again.lot == "L1"
    assert again.counts[Fate.UNCHANGED] == plan.counts[Fate.CREATED]
    assert not again.changes_something


def test_values_of_each_shape() -> None:
    matrix = plan_import(source(read_sheets(LOTS / "LOT-2025-0001-matrice.xlsx")[0].rows), [], CONTEXT).rows
    assert matrix[0].row == 3
    assert matrix[0].values["phone"] == "0770316028"
    assert matrix[1].values["phone"] == "0678848288"
    assert matrix[2].values["postcode"] == "44350"
    assert str(matrix[0].values["volume_kwhc"]) == "363000"
    export = plan_import(source(read_sheets(LOTS / "LOT-2025-0005-export.csv")[0].rows), [], CONTEXT).rows
    assert export[0].values["postcode"] == "01400"
    assert export[0].values["engaged_on"] == dt.date(2025, 9, 26)
    liste = plan_import(source(read_sheets(LOTS / "LOT-2025-0003-liste.csv")[0].rows), [], CONTEXT).rows
    assert liste[0].values["last_name"] == "REYNAUD"
    assert liste[0].values["address"] == "101 rue des Acacias"
    assert (liste[0].values["postcode"], liste[0].values["city"]) == ("47470", "Blaymont")


def test_a_corrected_file_updates_only_what_differs() -> None:
    plan = plan_import(source([HEADERS, line(1), line(2), line(3)]), [], CONTEXT)
    known = applied(plan, {})
    again = plan_import(source([HEADERS, line(1), line(2, CP="69002"), line(3)]), known.values(), CONTEXT)
    assert fates(again) == ["unchanged", "updated", "unchanged"]
    assert again.rows[1].changes == {"postcode": ("69001", "69002")}


def test_an_emptied_cell_erases_nothing() -> None:
    known = applied(plan_import(source([HEADERS, line(1)]), [], CONTEXT), {})
    again = plan_import(source([HEADERS, line(1, Tél="")]), known.values(), CONTEXT)
    assert fates(again) == ["unchanged"]


def test_every_line_has_a_fate_and_a_reason() -> None:
    rows = [
        HEADERS,
        line(1),
        [],
        line(2, Fiche="BAR-EN-999"),
        line(3, Devis="bientôt"),
        line(1),
        line(1, Nom="AUTRE"),
        HEADERS,
        ["TOTAL", "", "", "", "", "", "", "", "", "", "", "480 000", ""],
        line(4),
        [],
    ]  # fmt: skip
    plan = plan_import(source(rows), [], CONTEXT)
    assert fates(plan) == [
        "created",
        "ignored",
        "rejected",
        "rejected",
        "ignored",
        "rejected",
        "ignored",
        "ignored",
        "created",
    ]
    assert [row.row for row in plan.rows] == [2, 3, 4, 5, 6, 7, 8, 9, 10]
    assert all(row.reasons for row in plan.rows if row.fate in (Fate.REJECTED, Fate.IGNORED))
    assert "ligne 2" in plan.rows[5].reasons[0]
    assert "«\u00a0bientôt\u00a0»" in plan.rows[3].reasons[0]
    assert equation_holds(plan)


def test_an_unreadable_cell_is_said_once() -> None:
    (row,) = plan_import(source([HEADERS, line(1, Devis="bientôt")]), [], CONTEXT).rows
    assert [issue.field for issue in row.issues] == ["engaged_on"]


def test_a_line_is_fixed_in_place_or_left_out() -> None:
    lines = source([HEADERS, line(1, CP="ABC"), line(2, CP="")])
    assert fates(plan_import(lines, [], CONTEXT)) == ["rejected", "rejected"]
    plan = plan_import(lines, [], CONTEXT, choices=Choices(excluded={3}, fixes={2: {"postcode": "1400"}}))
    assert fates(plan) == ["created", "ignored"]
    assert plan.rows[0].values["postcode"] == "01400"


def test_the_same_reference_in_another_lot_is_rejected() -> None:
    other = {"A-2": ExistingOperation("A-2", "L9", {"fiche": "BAR-EN-101"})}
    plan = plan_import(source([HEADERS, line(1), line(2), line(3)]), other.values(), CONTEXT)
    assert plan.lot is None
    assert fates(plan) == ["created", "rejected", "created"]
    assert "lot L9" in plan.rows[1].reasons[0]


def test_the_same_address_and_fiche_is_said() -> None:
    other = ExistingOperation(
        "Z-1", "L9", {"address": "1, Rue X", "postcode": "69001", "fiche": "BAR-EN-101"}
    )
    plan = plan_import(source([HEADERS, line(1), line(2, Adresse="1 rue X", Nom="MARTIN")]), [other], CONTEXT)
    assert fates(plan) == ["created", "created"]
    assert "Z-1 du lot L9" in plan.rows[0].reasons[0]
    assert "ligne 2" in plan.rows[1].reasons[0]
    assert "même bénéficiaire" not in plan.rows[1].reasons[0]


def test_an_unknown_suffix_of_a_known_fiche_is_dropped() -> None:
    (row,) = plan_import(source([HEADERS, line(1, Fiche="BAR-EN-101-SE")]), [], CONTEXT).rows
    assert (row.fate, row.values["fiche"]) == (Fate.CREATED, "BAR-EN-101")


def test_a_line_of_another_fiche_does_not_enter_the_lot() -> None:
    known = applied(plan_import(source([HEADERS, line(1)]), [], CONTEXT), {})
    rows = [HEADERS, line(1), line(2, Fiche="BAR-EN-103")]
    plan = plan_import(source(rows), known.values(), CONTEXT, lot="L1")
    assert fates(plan) == ["unchanged", "rejected"]
    assert "BAR-EN-103" in plan.rows[1].reasons[0]


def test_a_file_without_a_fiche_column_takes_the_lots() -> None:
    rows = [[cell for index, cell in enumerate(row) if index != 7] for row in (HEADERS, line(1))]
    assert fates(plan_import(source(rows), [], CONTEXT)) == ["rejected"]
    context = CheckContext(today=TODAY, fiches=CONTEXT.fiches, lot_fiche="BAR-EN-101")
    plan = plan_import(source(rows), [], context)
    assert fates(plan) == ["created"]
    assert plan.rows[0].values["fiche"] == "BAR-EN-101"


def test_after_the_draw_a_change_is_announced_as_a_new_version() -> None:
    known = applied(plan_import(source([HEADERS, line(1), line(2)]), [], CONTEXT), {})
    same = plan_import(source([HEADERS, line(1), line(2)]), known.values(), CONTEXT, drawn_lots={"L1"})
    assert same.notices == ()
    more = plan_import(
        source([HEADERS, line(1), line(2), line(3)]), known.values(), CONTEXT, drawn_lots={"L1"}
    )
    assert any("nouvelle version" in notice for notice in more.notices)


def test_operations_missing_from_the_file_stay_and_are_counted() -> None:
    known = applied(plan_import(source([HEADERS, line(1), line(2)]), [], CONTEXT), {})
    plan = plan_import(source([HEADERS, line(1)]), known.values(), CONTEXT)
    assert plan.absent == ("A-2",)


def test_unknown_columns_are_kept() -> None:
    plan = plan_import(source([[*HEADERS, "Couleur"], [*line(1), "verte"]]), [], CONTEXT)
    assert plan.extra_cells(plan.rows[0]) == {"Couleur": "verte"}


def test_a_header_in_megawatt_hours() -> None:
    headers = [*HEADERS[:-2], "Volume (MWh cumac)", "Surface"]
    plan = plan_import(source([headers, line(1, kWhc="120,5")]), [], CONTEXT)
    assert str(plan.rows[0].values["volume_kwhc"]) == "120500"


ANYTHING = st.one_of(st.text(max_size=12), st.integers(), st.floats(), st.dates(), st.booleans())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(ANYTHING, max_size=16), max_size=12))
def test_any_sheet_keeps_the_equation_and_a_second_pass_changes_nothing(rows: list[list[Cell]]) -> None:
    lines = SourceFile(
        [HEADERS, line(1), *rows], 1, propose_mapping([HEADERS, line(1)]).mapping, dict(enumerate(HEADERS))
    )
    plan = plan_import(lines, [], CONTEXT)
    assert equation_holds(plan)
    again = plan_import(lines, applied(plan, {}).values(), CONTEXT, lot="L1")
    assert equation_holds(again)
    assert not again.changes_something


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig"])
def test_a_messy_variant_of_a_demo_file(tmp_path: Path, encoding: str) -> None:
    """Columns moved, a title above, blanks between, a total below, codes spoiled by a spreadsheet."""
    rows = read_sheets(LOTS / "LOT-2025-0002-export.csv")[0].rows
    moved = [[*reversed(row)] for row in rows]
    code = moved[0].index("CP")
    for row in moved[1::2]:
        row[code] = f"{row[code]}.0"
    text = io.StringIO()
    csv.writer(text, delimiter="\t").writerows(
        [["Lot de mars"], [], moved[0], *moved[1:20], [], *moved[20:], ["TOTAL", "12345"]]
    )
    path = tmp_path / "x.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    plan = plan_import(source(read_sheets(path)[0].rows), [], CONTEXT)
    assert plan.counts[Fate.CREATED] == len(rows) - 1
    assert plan.counts[Fate.IGNORED] == 2
    assert plan.counts[Fate.REJECTED] == 0
