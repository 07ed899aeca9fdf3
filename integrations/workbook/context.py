"""One row under reading: typed cells by field name, remarks for what can't be understood."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

from integrations.workbook import cells
from integrations.workbook.fates import Remark
from integrations.workbook.rows import Place
from lots.rules.text import fold
from spekty.core.sheets import Cell

T = TypeVar("T")
CENTURY = 2000


class RowContext:
    """Reads the cells of one row of one sheet. A cell that can't be read is None and leaves a remark."""

    def __init__(self, sheet: str, columns: Mapping[str, int], remarks: list[Remark]) -> None:
        self.sheet = sheet
        self._columns = columns
        self._remarks = remarks
        self._cells: Sequence[Cell] = ()
        self.row = 0

    def at(self, row: int, row_cells: Sequence[Cell]) -> "RowContext":
        """Move to another row (its number in the sheet, from 1)."""
        self.row, self._cells = row, row_cells
        return self

    @property
    def place(self) -> Place:
        return Place(self.sheet, self.row)

    def cell(self, field: str) -> Cell:
        """Return the raw cell of a field, '' when its column is absent."""
        index = self._columns.get(field)
        return "" if index is None or index >= len(self._cells) else self._cells[index]

    def remark(self, field: str, reason: str) -> None:
        """Note that the cell of a field isn't understood."""
        self._remarks.append(Remark(self.sheet, self.row, field, self.text(field), reason))

    def text(self, field: str) -> str:
        return cells.as_text(self.cell(field))

    def code(self, field: str) -> str:
        return cells.as_code(self.cell(field))

    def yes(self, field: str) -> bool:
        return cells.as_yes(self.cell(field))

    def date(self, field: str) -> dt.date | None:
        cell = self.cell(field)
        if type(cell) is dt.date and cell.year >= CENTURY:
            return cell
        return self._read(field, cells.as_date)

    def month(self, field: str) -> dt.date | None:
        return self._read(field, cells.as_month)

    def time(self, field: str) -> dt.time | None:
        return self._read(field, cells.as_time)

    def decimal(self, field: str) -> Decimal | None:
        return self._read(field, cells.as_decimal)

    def integer(self, field: str) -> int | None:
        return self._read(field, cells.as_int)

    def percent(self, field: str) -> Decimal | None:
        return self._read(field, cells.as_percent)

    def word(self, field: str, words: Mapping[str, T], what: str) -> T | None:
        """Return what a word means; an unknown one is None with a remark, an empty cell is None without."""
        text = self.text(field)
        if not text:
            return None
        meaning = words.get(fold(text))
        if meaning is None:
            self.remark(field, f"{what} inconnu : « {text} »")
        return meaning

    def _read(self, field: str, parse: Callable[[Cell], T | None]) -> T | None:
        try:
            return parse(self.cell(field))
        except cells.Unreadable as error:
            self.remark(field, f"{error} : « {self.text(field)} »")
            return None
