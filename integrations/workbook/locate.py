"""Find each sheet, its header row and its columns by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from integrations.workbook.layout import LAYOUTS, SheetLayout
from lots.rules.text import fold
from spekty.core.sheets import Cell, Sheet

HEADER_SEARCH_ROWS = 40


class WorkbookUnreadable(Exception):
    """The file isn't the legacy workbook: a sheet or a column is missing. The message is French."""


@dataclass(frozen=True)
class LocatedSheet:
    """A sheet with its columns: `first_row` is the index of the first row under the header."""

    layout: SheetLayout
    name: str
    rows: Sequence[Sequence[Cell]]
    first_row: int
    columns: Mapping[str, int]


def locate_sheets(sheets: Sequence[Sheet]) -> tuple[dict[str, LocatedSheet], list[str]]:
    """Return the located sheets by title, and the names of the sheets that aren't ours.

    Raises WorkbookUnreadable naming every sheet and column that is missing.
    """
    left = list(sheets)
    located: dict[str, LocatedSheet] = {}
    missing: list[str] = []
    for layout in LAYOUTS:
        found = _find_sheet(layout, left)
        if found is None:
            missing.append(f"feuille « {layout.title} » introuvable")
            continue
        sheet, header = found
        left.remove(sheet)
        columns = _columns(layout, sheet.rows[header])
        missing += _missing_columns(layout, columns)
        located[layout.title] = LocatedSheet(layout, sheet.name, sheet.rows, header + 1, columns)
    if missing:
        raise WorkbookUnreadable("Ce classeur ne peut pas être lu : " + " ; ".join(missing) + ".")
    return located, [sheet.name for sheet in left]


def _find_sheet(layout: SheetLayout, sheets: Sequence[Sheet]) -> tuple[Sheet, int] | None:
    """By name first; a renamed sheet is still found when its header holds every column that is needed."""
    named = [sheet for name in layout.names for sheet in sheets if fold(sheet.name) == name]
    for sheet in named:
        header = _header_row(layout, sheet)
        if header is not None:
            return sheet, header
    known = {name for other in LAYOUTS for name in other.names}
    for sheet in sheets:
        header = None if fold(sheet.name) in known else _header_row(layout, sheet)
        if header is not None and not _missing_columns(layout, _columns(layout, sheet.rows[header])):
            return sheet, header
    return None


def _header_row(layout: SheetLayout, sheet: Sheet) -> int | None:
    """Return the row that names most columns, at least half of them."""
    best, best_hits = None, len(layout.columns) // 2
    for index, row in enumerate(sheet.rows[:HEADER_SEARCH_ROWS]):
        hits = len(_columns(layout, row))
        if hits > best_hits:
            best, best_hits = index, hits
    return best


def _columns(layout: SheetLayout, header: Sequence[Cell]) -> dict[str, int]:
    positions: dict[str, int] = {}
    for index, cell in enumerate(header):
        if isinstance(cell, str) and cell.strip():
            positions.setdefault(fold(cell), index)
    columns = {}
    for field_name, names in layout.columns.items():
        found = next((positions[name] for name in names if name in positions), None)
        if found is not None:
            columns[field_name] = found
    return columns


def _missing_columns(layout: SheetLayout, columns: Mapping[str, int]) -> list[str]:
    return [
        f"colonne « {names[0]} » absente de la feuille « {layout.title} »"
        for field_name, names in layout.columns.items()
        if field_name not in columns and field_name not in layout.optional
    ]
