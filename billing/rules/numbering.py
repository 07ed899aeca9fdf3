"""Invoice numbers FA-YYYY-NNNN: chronological, no gap, no double in a year."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

_PATTERN = re.compile(r"^FA-(\d{4})-(\d{4}|[1-9]\d{4})$")  # beyond 9999 invoices a year, five digits


class InvoiceNumber(NamedTuple):
    year: int
    rank: int

    def __str__(self) -> str:
        return format_number(self.year, self.rank)


def format_number(year: int, rank: int) -> str:
    """Return the number of the rank-th invoice of a year: FA-2026-0042."""
    return f"FA-{year:04d}-{rank:04d}"


def parse_number(text: str) -> InvoiceNumber | None:
    """Return year and rank of a number, None when it isn't one."""
    match = _PATTERN.match(text)
    return InvoiceNumber(int(match[1]), int(match[2])) if match else None


def next_number(year: int, last: InvoiceNumber | None) -> InvoiceNumber:
    """Return the number after `last` for an invoice of `year`: each year starts at 1."""
    return InvoiceNumber(year, last.rank + 1 if last and last.year == year else 1)


def find_gaps(numbers: Iterable[str]) -> list[InvoiceNumber]:
    """Return the numbers missing between 1 and the last of each year."""
    ranks: dict[int, set[int]] = defaultdict(set)
    for number in filter(None, map(parse_number, numbers)):
        ranks[number.year].add(number.rank)
    return [
        InvoiceNumber(year, rank)
        for year in sorted(ranks)
        for rank in range(1, max(ranks[year]))
        if rank not in ranks[year]
    ]


def find_duplicates(numbers: Iterable[str]) -> list[str]:
    """Return the numbers used more than once, sorted."""
    return sorted(number for number, uses in Counter(numbers).items() if uses > 1)
