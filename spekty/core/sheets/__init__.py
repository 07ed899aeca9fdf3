"""Read spreadsheets that other people made, within limits."""

from spekty.core.sheets.limits import Limits
from spekty.core.sheets.model import Cell, Sheet, SheetRefused
from spekty.core.sheets.reader import read_sheets
from spekty.core.sheets.sandbox import read_untrusted_sheets

__all__ = ["Cell", "Limits", "Sheet", "SheetRefused", "read_sheets", "read_untrusted_sheets"]
