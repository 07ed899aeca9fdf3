"""What a spreadsheet is once read, and the one refusal."""

import datetime as dt
from dataclasses import dataclass

from spekty.core.french import typo

Cell = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta


@dataclass(frozen=True)
class Sheet:
    """One sheet: rows[0] is the sheet's row 1; an empty cell is ''."""

    name: str
    rows: list[list[Cell]]


class SheetRefused(Exception):
    """The file can't be read; the message is a French sentence that says what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(typo(message))
