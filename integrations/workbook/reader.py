"""The whole workbook as normalised rows, with the fate of every row read."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

from integrations.workbook import cells, layout, parties, work
from integrations.workbook.context import RowContext
from integrations.workbook.fates import Fate, Remark, SheetLedger
from integrations.workbook.locate import LocatedSheet, locate_sheets
from integrations.workbook.people import AgentDirectory
from integrations.workbook.rows import (
    AgentRow,
    AuthorisationRow,
    ClientRow,
    InvoiceRow,
    KmRow,
    LotRow,
    MissionRow,
    OperationRow,
    PayRateRow,
    PayRow,
    Place,
    TariffRow,
)
from integrations.workbook.unsaved import Unsaved, with_values
from lots.rules.text import fold
from spekty.core.sheets import Cell, Sheet, read_sheets


class Placed(Protocol):
    @property
    def place(self) -> Place: ...


Row = TypeVar("Row", bound=Placed)
Progress = Callable[[str], None]
TOTAL_WORDS = frozenset({"total", "totaux", "total general", "sous total"})


@dataclass
class Workbook:
    """Everything the workbook holds, normalised; `ledgers` and `remarks` account for the rest."""

    clients: list[ClientRow]
    tariffs: list[TariffRow]
    agents: list[AgentRow]
    authorisations: list[AuthorisationRow]
    pay_rates: list[PayRateRow]
    lots: list[LotRow]
    operations: list[OperationRow]
    missions: list[MissionRow]
    kilometres: list[KmRow]
    pay: list[PayRow]
    invoices: list[InvoiceRow]
    directory: AgentDirectory
    ledgers: list[SheetLedger] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    other_sheets: list[str] = field(default_factory=list)
    located: dict[str, LocatedSheet] = field(default_factory=dict)

    def typed(self, sheet: str, row: int) -> str:
        """Return a row as it was typed, its cells that aren't blank, so that a refused one isn't lost."""
        found = self.located.get(sheet)
        if found is None or row > len(found.rows):
            return ""
        return " ; ".join(cells.as_text(cell) for cell in found.rows[row - 1] if not cells.is_blank(cell))


def read_workbook(path: Path, progress: Progress = lambda _: None) -> Workbook:
    """Read the workbook at `path` (.xlsx or .xlsm). Raises WorkbookUnreadable when a sheet is missing."""
    progress(f"Lecture de {path.name}…")
    return complete(path, read_sheets(path), progress)


def complete(path: Path, sheets: Sequence[Sheet], progress: Progress = lambda _: None) -> Workbook:
    """Return the workbook of the sheets read in `path`, formulas saved without value worked out."""
    filled, unsaved = with_values(path, sheets)
    return normalise(filled, progress, unsaved)


def normalise(
    sheets: Sequence[Sheet], progress: Progress = lambda _: None, unsaved: Iterable[Unsaved] = ()
) -> Workbook:
    """Return the workbook of raw sheets. Raises WorkbookUnreadable when a sheet or a column is missing."""
    located, others = locate_sheets(sheets)
    reading = _Reading(located, progress)
    agents = reading.rows(layout.AGENTS, parties.agent)
    directory = AgentDirectory(agents)
    book = Workbook(
        clients=reading.rows(layout.CLIENTS, parties.client),
        tariffs=reading.rows(layout.TARIFFS, parties.tariff),
        agents=agents,
        authorisations=reading.rows(layout.AUTHORISATIONS, lambda at: parties.authorisation(at, directory)),
        pay_rates=reading.rows(layout.PAY_RATES, parties.pay_rate),
        lots=reading.rows(layout.LOTS, work.lot),
        operations=reading.rows(layout.OPERATIONS, work.operation),
        missions=reading.rows(layout.MISSIONS, lambda at: work.mission(at, directory)),
        kilometres=reading.rows(layout.KM, lambda at: work.kilometres(at, directory)),
        pay=reading.rows(layout.PAY, lambda at: work.pay(at, directory)),
        invoices=reading.rows(layout.INVOICES, work.invoice),
        directory=directory,
        ledgers=sorted(reading.ledgers, key=lambda ledger: _ORDER[ledger.sheet]),
        remarks=reading.remarks,
        other_sheets=others,
        located=located,
    )
    book.remarks += _empty_cells(unsaved, located, book.ledgers)
    return book


def _empty_cells(
    unsaved: Iterable[Unsaved], located: dict[str, LocatedSheet], ledgers: Iterable[SheetLedger]
) -> Iterator[Remark]:
    """Remark the cells of our columns that hold a formula without value, or an error."""
    ours = {sheet.name: sheet for sheet in located.values()}
    data = {
        (ledger.sheet, fate.row) for ledger in ledgers for fate in ledger.fates if fate.fate != Fate.IGNORED
    }
    for cell in unsaved:
        sheet = ours.get(cell.sheet)
        if sheet is None or (sheet.layout.title, cell.row) not in data:
            continue
        for name, index in sheet.columns.items():
            if index == cell.column - 1:
                yield Remark(
                    sheet.layout.title, cell.row, name, cell.text, f"{cell.reason} : « {cell.text} »"
                )


_ORDER = {sheet.title: index for index, sheet in enumerate(layout.LAYOUTS)}


class _Reading:
    """Reads sheets one after the other and keeps their accounts."""

    def __init__(self, located: dict[str, LocatedSheet], progress: Progress) -> None:
        self._located, self._progress = located, progress
        self.ledgers: list[SheetLedger] = []
        self.remarks: list[Remark] = []

    def rows(self, wanted: layout.SheetLayout, build: Callable[[RowContext], Row]) -> list[Row]:
        sheet = self._located[wanted.title]
        ledger = SheetLedger(wanted.title)
        at = RowContext(wanted.title, sheet.columns, self.remarks)
        seen: dict[tuple[Any, ...], int] = {}
        rows = []
        for number, row_cells in _body(sheet):
            ledger.read += 1
            reason = _why_ignored(row_cells, sheet)
            if reason:
                ledger.record(number, Fate.IGNORED, reason)
                continue
            at.at(number, row_cells)
            lacking = [name for name in wanted.key if not at.text(name)]
            if lacking:
                ledger.record(number, Fate.REJECTED, f"{_heading(wanted, lacking[0])} manque")
                continue
            twin = seen.setdefault(tuple(row_cells), number)
            if twin != number:
                ledger.record(number, Fate.MERGED, f"ligne identique à la ligne {twin}")
            else:
                ledger.record(number, Fate.CREATED)
            if twin == number or wanted.keeps_twins:
                rows.append(build(at))
        self.ledgers.append(ledger)
        self._progress(f"{wanted.title} : {ledger.read} lignes lues, {len(rows)} retenues")
        return rows


def _body(sheet: LocatedSheet) -> Iterator[tuple[int, Sequence[Cell]]]:
    """Yield the rows under the header with their number in the sheet, up to the last one that isn't blank."""
    last = len(sheet.rows)
    while last > sheet.first_row and _is_blank(sheet.rows[last - 1]):
        last -= 1
    for index in range(sheet.first_row, last):
        yield index + 1, sheet.rows[index]


def _why_ignored(row_cells: Sequence[Cell], sheet: LocatedSheet) -> str:
    """Say why a row isn't data, looking only at the columns that are ours ('' when it is data)."""
    column = sheet.columns[sheet.layout.key[0]]
    key = row_cells[column] if column < len(row_cells) else ""
    header = sheet.rows[sheet.first_row - 1]
    if not cells.is_blank(key):
        if isinstance(key, str) and fold(key) in TOTAL_WORDS:
            return "ligne de total"
        if key != header[column]:
            return ""
    ours = {name: row_cells[i] for name, i in sheet.columns.items() if i < len(row_cells)}
    if _is_blank(ours.values()):
        return "ligne vide"
    if cells.is_blank(key) and any(isinstance(c, str) and fold(c) in TOTAL_WORDS for c in ours.values()):
        return "ligne de total"
    if all(cell == header[sheet.columns[name]] for name, cell in ours.items()):
        return "en-tête répété"
    return ""


def _is_blank(row_cells: Iterable[Cell]) -> bool:
    return all(cells.is_blank(cell) for cell in row_cells)


def _heading(wanted: layout.SheetLayout, field_name: str) -> str:
    return f"« {wanted.columns[field_name][0]} »"
