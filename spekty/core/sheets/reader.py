"""Cells of .xlsx, .xlsm and .csv files, typed, cached values only (macros and formulas never run)."""

import io
from collections.abc import Iterator
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum

from spekty.core.sheets.delimited import read_delimited
from spekty.core.sheets.gate import BROKEN
from spekty.core.sheets.model import Cell, Sheet, SheetRefused

ZIP = b"PK"
OLE = b"\xd0\xcf\x11\xe0"
MARKUP = (b"<!doctype", b"<html", b"<table", b"<?xml", b"%pdf", b"{\\rtf")


def read_sheets(path: Path) -> list[Sheet]:
    """Return every sheet of the file at `path`, in its order; raise SheetRefused when it can't be read.

    Runs in this process and without the gate: for files of the house. What clients send goes
    through read_untrusted_sheets.
    """
    if file_kind(path) == "text":
        return [read_delimited(path)]
    return [Sheet(name, list(rows)) for name, rows in workbook_rows(path)]


def file_kind(path: Path) -> str:
    """Return "workbook" or "text" from the file's first bytes, never from its name."""
    with path.open("rb") as file:
        head = file.read(512)
    if not head.strip():
        raise SheetRefused("Le fichier est vide : vérifiez l’envoi et renvoyez-le.")
    if head.startswith(ZIP):
        return "workbook"
    if head.startswith(OLE):
        raise SheetRefused(
            "Ce classeur est à l’ancien format .xls ou protégé par un mot de passe : "
            "enregistrez-le sans mot de passe en .xlsx et renvoyez-le."
        )
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(MARKUP):
        raise SheetRefused(
            "Ce fichier est une page web, un PDF ou un texte mis en forme, pas un tableau : "
            "ouvrez-le dans Excel, enregistrez-le en .xlsx et renvoyez-le."
        )
    return "text"


def workbook_rows(path: Path) -> Iterator[tuple[str, Iterator[list[Cell]]]]:
    """Yield each worksheet's name and rows, read one by one."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
        for meta in book.sheets_metadata:
            if meta.typ == SheetTypeEnum.WorkSheet:
                yield meta.name, _padded(book.get_sheet_by_name(meta.name))
    except CalamineError as error:
        raise SheetRefused(BROKEN) from error


def _padded(sheet: CalamineSheet) -> Iterator[list[Cell]]:
    """Yield the sheet's rows from column A on (calamine starts at the first column in use)."""
    margin: list[Cell] = [""] * (sheet.start[1] if sheet.start else 0)
    for row in sheet.iter_rows():
        yield [*margin, *row] if margin else row
