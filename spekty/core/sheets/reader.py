"""Cells of .xlsx and .xlsm workbooks, typed, cached values only (macros and formulas never run)."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from python_calamine import CalamineWorkbook

type_cell = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta
Cell = type_cell


@dataclass(frozen=True)
class Sheet:
    """One sheet: rows[0] is the sheet's row 1; an empty cell is ''."""

    name: str
    rows: list[list[Cell]]


def read_sheets(path: Path) -> list[Sheet]:
    """Return every sheet of the workbook at `path`, in its order."""
    book = CalamineWorkbook.from_path(str(path))
    return [
        Sheet(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False))
        for name in book.sheet_names
    ]
