"""Read spreadsheets that other people made, within limits."""

from spekty.core.sheets.reader import Cell, Sheet, read_sheets

__all__ = ["Cell", "Sheet", "read_sheets"]
