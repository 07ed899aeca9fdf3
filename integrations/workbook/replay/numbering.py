"""INVOICE_NUMBER_GAP, INVOICE_NUMBER_DUPLICATE: each year's series."""

from collections.abc import Iterator
from itertools import pairwise

from billing.rules import find_duplicates, find_gaps, parse_number
from integrations.workbook.replay.findings import Discrepancy, Kind, found_at
from integrations.workbook.replay.history import History
from integrations.workbook.rows import InvoiceRow
from spekty.core import french


def number_discrepancies(history: History) -> Iterator[Discrepancy]:
    """Yield the missing and the doubled numbers of the sheet Factures."""
    rows = history.book.invoices
    for row in rows:
        if parse_number(row.number) is None:
            history.remark(row.place, "number", row.number, f"numéro de facture illisible : « {row.number} »")
    _remark_order(history, rows)
    numbers = [row.number for row in rows]
    for gap in find_gaps(numbers):
        after = _first_after(rows, gap.year, gap.rank)
        yield found_at(
            after.place,
            Kind.INVOICE_NUMBER_GAP,
            str(gap),
            str(gap),
            "",
            f"Numéro {gap} absent : attendu dans la série {gap.year}, trouvé directement {after.number} "
            f"(une série annuelle part de 1 et n’a pas de trou).",
        )
    for number in find_duplicates(numbers):
        twins = [row for row in rows if row.number == number]
        lines = ", ".join(str(row.place.row) for row in twins)
        yield found_at(
            twins[1].place,
            Kind.INVOICE_NUMBER_DUPLICATE,
            number,
            "1",
            str(len(twins)),
            f"Numéro {number} attribué {len(twins)} fois (lignes {lines}) : attendu une seule facture "
            f"par numéro.",
        )


def _remark_order(history: History, rows: list[InvoiceRow]) -> None:
    """Remark an invoice dated before the one its number follows: numbers are chronological."""
    dated = [(n, r.issued_on, r) for r in rows if (n := parse_number(r.number)) and r.issued_on]
    for (_, before, _), (number, day, row) in pairwise(sorted(dated, key=lambda item: item[0])):
        if day < before:
            reason = (
                f"facture {number} datée du {french.day(day)}, avant la précédente ({french.day(before)})"
            )
            history.remark(row.place, "issued_on", row.number, reason)


def _first_after(rows: list[InvoiceRow], year: int, rank: int) -> InvoiceRow:
    later = []
    for row in rows:
        number = parse_number(row.number)
        if number and number.year == year and number.rank > rank:
            later.append((number.rank, row.place.row, row))
    return min(later, key=lambda item: item[:2])[2]
