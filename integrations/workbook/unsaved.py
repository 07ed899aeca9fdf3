"""Cells whose value the file doesn't hold: formulas saved without it are worked out, errors are told.

The parser of sheets gives '' for both, which would read as an amount of nothing.
"""

import html
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

from openpyxl.formula.translate import Translator

from integrations.workbook.cells import Unreadable, as_decimal
from integrations.workbook.formulas import NotPlain, evaluate, position
from spekty.core.sheets import Sheet

_CELL = re.compile(
    rb"<(?:\w+:)?c\s([^<>]*[^<>/])>\s*(?:<(?:\w+:)?f\b([^<>]*?)(?:/>|>([^<]*)</(?:\w+:)?f>))?"
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v\b[^<>]*>([^<]*)</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_PLACE = re.compile(rb'\br="([A-Z]+\d+)"')
_SHARED = re.compile(rb'\bt="shared"')
_GROUP = re.compile(rb'\bsi="(\d+)"')
_MARKS = re.compile(rb'<(?:\w+:)?f[ >/]|[ ]t="e"')
NO_VALUE = "formule sans valeur enregistrée"
ERROR = "erreur de calcul du classeur"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True)
class Unsaved:
    """One cell left empty, by its place (row and column from 1), with what it held and why."""

    sheet: str
    row: int
    column: int
    text: str
    reason: str


def with_values(path: Path, sheets: Sequence[Sheet]) -> tuple[list[Sheet], list[Unsaved]]:
    """Return the sheets with the values of their plain formulas, and the cells that stay empty."""
    if not zipfile.is_zipfile(path):
        return list(sheets), []
    found: list[Unsaved] = []
    filled = []
    with zipfile.ZipFile(path) as archive:
        members = dict(_members(archive))
        for sheet in sheets:
            content = archive.read(members[sheet.name]) if sheet.name in members else b""
            sheet, left = _filled(sheet, content)
            filled.append(sheet)
            found += left
    return filled, found


def _members(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield each sheet's name and its file in the archive."""
    names = {name.lower(): name for name in archive.namelist()}
    try:
        links = ElementTree.fromstring(archive.read(names["xl/_rels/workbook.xml.rels"]))  # noqa: S314
        book = ElementTree.fromstring(archive.read(names["xl/workbook.xml"]))  # noqa: S314
    except (KeyError, ElementTree.ParseError):
        return
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    for sheet in book.iter(f"{MAIN}sheet"):
        target = targets.get(sheet.get(LINK), "")
        member = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if member.lower() in names:
            yield sheet.get("name", ""), names[member.lower()]


def _filled(sheet: Sheet, content: bytes) -> tuple[Sheet, list[Unsaved]]:
    formulas, errors = _scan(content)
    values, left = _Values(sheet, formulas), []
    changes: dict[tuple[int, int], float] = {}
    for place, formula in formulas.items():
        value = values.at(*place)
        if value is None:
            left.append(Unsaved(sheet.name, *place, f"={formula}", NO_VALUE))
        else:
            changes[place] = float(value)
    left += [Unsaved(sheet.name, *place, text, ERROR) for place, text in errors.items()]
    return _written(sheet, changes), left


Formulas = dict[tuple[int, int], str]


def _scan(content: bytes) -> tuple[Formulas, Formulas]:
    """Return the formulas without value, and the cells in error, by place."""
    formulas: Formulas = {}
    errors: Formulas = {}
    shared: dict[bytes, tuple[str, str]] = {}
    for match in _cells(content):
        attributes, how, formula, value = match.groups()
        place = _PLACE.search(attributes)
        if place is None:
            continue
        name = place[1].decode()
        if how is not None:
            text = _formula(name, how, formula, shared)
            if not (value or b"").strip() and b't="str"' not in attributes:
                formulas[position(name)] = text
        if b't="e"' in attributes and value:
            errors[position(name)] = html.unescape(value.decode("utf-8", "replace"))
    return formulas, errors


def _cells(content: bytes) -> Iterator[re.Match[bytes]]:
    """Yield the cells that hold a formula or an error; the others, nearly all, aren't looked at."""
    at = 0
    while (mark := _MARKS.search(content, at)) is not None:
        start = max(content.rfind(b"<c ", at, mark.end()), content.rfind(b":c ", at, mark.end()))
        start = content.rfind(b"<", at, start + 1)
        match = _CELL.match(content, start) if start >= 0 else None
        at = match.end() if match else mark.end()
        if match is not None:
            yield match


def _formula(name: str, how: bytes, formula: bytes | None, shared: dict[bytes, tuple[str, str]]) -> str:
    """Return a cell's own formula; a shared one is written once and moved to the others."""
    text = html.unescape((formula or b"").decode("utf-8", "replace"))
    group = _GROUP.search(how)
    if not _SHARED.search(how) or group is None:
        return text
    if text:
        shared[group[1]] = (name, text)
        return text
    origin, text = shared.get(group[1], (name, ""))
    return str(Translator(f"={text}", origin=origin).translate_formula(name)).removeprefix("=")


class _Values:
    """Numbers of a sheet, those of its own formulas included; a formula that needs itself has none."""

    def __init__(self, sheet: Sheet, formulas: Formulas) -> None:
        self._rows, self._formulas = sheet.rows, formulas
        self._known: dict[tuple[int, int], Decimal | None] = {}
        self._open: set[tuple[int, int]] = set()

    def at(self, row: int, column: int) -> Decimal | None:
        place = (row, column)
        if place not in self._formulas:
            return self._typed(row, column)
        if place not in self._known:
            if place in self._open:
                raise NotPlain(self._formulas[place])
            self._open.add(place)
            try:
                self._known[place] = evaluate(self._formulas[place], self._needed)
            except NotPlain:
                self._known[place] = None
            self._open.discard(place)
        return self._known[place]

    def _needed(self, row: int, column: int) -> Decimal | None:
        value = self.at(row, column)
        if value is None and (row, column) in self._formulas:
            raise NotPlain(self._formulas[row, column])
        return value

    def _typed(self, row: int, column: int) -> Decimal | None:
        cells = self._rows[row - 1] if 0 < row <= len(self._rows) else []
        cell = cells[column - 1] if 0 < column <= len(cells) else ""
        try:
            return None if isinstance(cell, str) else as_decimal(cell)
        except Unreadable:
            return None


def _written(sheet: Sheet, changes: dict[tuple[int, int], float]) -> Sheet:
    if not changes:
        return sheet
    rows = list(sheet.rows)
    for (row, column), value in changes.items():
        while len(rows) < row:
            rows.append([])
        cells = list(rows[row - 1])
        cells += [""] * (column - len(cells))
        cells[column - 1] = value
        rows[row - 1] = cells
    return replace(sheet, rows=rows)
