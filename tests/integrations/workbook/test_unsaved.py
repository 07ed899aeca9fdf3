"""Workbooks that a tool rewrote: formulas without value are worked out, what can't be is told."""

import re
import shutil
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from integrations.workbook.formulas import NotPlain, evaluate
from integrations.workbook.reader import read_workbook
from integrations.workbook.reference import ReferenceRules
from integrations.workbook.replay import replay_workbook

CELLS = {(4, 4): Decimal(252), (4, 5): Decimal(35), (4, 8): Decimal("1000.025"), (4, 9): Decimal("0.1")}


def read(row: int, column: int) -> Decimal | None:
    return CELLS.get((row, column))


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("SUM(D4:I4)", "1287.125"),
        ("=SUM($D$4:E4,10,D4)", "549"),
        ("ROUND(H4*0.2,2)", "200.01"),
        ("ROUND(-H4,2)", "-1000.03"),
        ("H4+I4", "1000.125"),
        ("(D4-E4)/7*2-1", "61"),
        ("D4*20%", "50.4"),
        ("D4+Z9", "252"),
        ("1.5e2", "150"),
    ],
)
def test_plain_formulas(formula: str, value: str) -> None:
    assert evaluate(formula, read) == Decimal(value)


@pytest.mark.parametrize(
    "formula",
    [
        "VLOOKUP(A1,B:C,2)",
        "Paie!D4",
        "SUM(D4",
        "D4/Z9",
        "1+",
        "IF(D4>1,2,3)",
        "",
        "SUM(A1:ZZ999999)",
        "D4 E4",
    ],
)
def test_other_formulas_are_refused(formula: str) -> None:
    with pytest.raises(NotPlain):
        evaluate(formula, read)


@pytest.mark.parametrize("name", ["clean_path", "quarter_path"])
def test_a_workbook_saved_by_a_tool_gives_the_same_answer(
    name: str, request: pytest.FixtureRequest, rules: ReferenceRules, tmp_path: Path
) -> None:
    source: Path = request.getfixturevalue(name)
    rewritten = tmp_path / "classeur.xlsx"
    openpyxl.load_workbook(source).save(rewritten)
    assert formulas_without_value(rewritten) > 30
    before, after = (replay_workbook(read_workbook(path), rules) for path in (source, rewritten))
    assert after.as_dict()["control"]["remarks"] == []
    assert after.discrepancies == before.discrepancies


def formulas_without_value(path: Path) -> int:
    with zipfile.ZipFile(path) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if "worksheets/sheet" in name]
    return sum(len(re.findall(rb"</f><v\s*/?>(?:</v>)?</c>", sheet)) for sheet in sheets)


def test_a_changed_component_moves_the_total_that_sums_it(
    clean_path: Path, rules: ReferenceRules, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(clean_path)
    book["Paie"]["D5"] = book["Paie"]["D5"].value + 10
    book.save(tmp_path / "classeur.xlsx")
    found = replay_workbook(read_workbook(tmp_path / "classeur.xlsx"), rules).discrepancies
    assert [d.kind for d in found] == ["PAY_DIFF"]
    assert "Total" in found[0].found


def test_what_cannot_be_worked_out_is_told(clean_path: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(clean_path)
    book["Paie"]["J5"] = "=VLOOKUP(A5,Agents!A:C,2)"
    book["Factures"]["H5"] = "#REF!"
    book["Factures"]["H5"].data_type = "e"
    book.save(tmp_path / "classeur.xlsx")
    told = {(r.sheet, r.row, r.column, r.value) for r in read_workbook(tmp_path / "classeur.xlsx").remarks}
    assert ("Paie", 5, "total", "=VLOOKUP(A5,Agents!A:C,2)") in told
    assert ("Factures", 5, "total_ht", "#REF!") in told


def test_shared_formulas_move_with_their_cell(
    clean_path: Path, tmp_path: Path, rules: ReferenceRules
) -> None:
    """Excel writes a filled-down column once, with the cells that share it."""
    path = tmp_path / "classeur.xlsx"
    rewritten = tmp_path / "tool.xlsx"
    openpyxl.load_workbook(clean_path).save(rewritten)
    with zipfile.ZipFile(rewritten) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if b"<f>SUM(D4:I4)</f>" in content:
                content = content.replace(
                    b"<f>SUM(D4:I4)</f>", b'<f t="shared" ref="J4:J39" si="0">SUM(D4:I4)</f>'
                )
                content = re.sub(rb"<f>SUM\(D\d+:I\d+\)</f>", b'<f t="shared" si="0"/>', content)
            target.writestr(name, content)
    assert replay_workbook(read_workbook(path), rules).discrepancies == []


def test_a_text_file_has_no_formula(tmp_path: Path, clean_path: Path) -> None:
    shutil.copy(clean_path, tmp_path / "classeur.xlsm")
    assert read_workbook(tmp_path / "classeur.xlsm").remarks == []
