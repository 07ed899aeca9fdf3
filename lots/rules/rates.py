"""Inspection rates by fiche and engagement date, and the NS ceiling by filing year (R3, R11)."""

import csv
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TextIO

from lots.rules.fiches import normalise_fiche
from spekty.core import french


@dataclass(frozen=True, slots=True)
class RateRow:
    """One dated row; a rate of None means no obligation, `engaged_to` of None means still in force."""

    fiche: str
    engaged_from: dt.date
    engaged_to: dt.date | None
    site_pct: Decimal | None
    contact_pct: Decimal | None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class UnknownRate:
    """No row answers: said, never assumed (R3)."""

    reason: str


class RateTable:
    """All dated rows, looked up by fiche and latest engagement date."""

    def __init__(self, rows: Iterable[RateRow]) -> None:
        self._rows: dict[str, list[RateRow]] = {}
        for row in rows:
            self._rows.setdefault(row.fiche, []).append(row)

    @property
    def fiches(self) -> frozenset[str]:
        return frozenset(self._rows)

    def find(self, fiche: str, engaged_on: dt.date | None) -> RateRow | UnknownRate:
        """Return the row of `fiche` in force for the lot's latest engagement date, or why there is none."""
        code = normalise_fiche(fiche, self._rows)
        if code not in self._rows:
            return UnknownRate(f"Aucun taux connu pour la fiche {code}.")
        if engaged_on is None:
            return UnknownRate("Aucune date d’engagement connue.")
        for row in self._rows[code]:
            if row.engaged_from <= engaged_on and (row.engaged_to is None or engaged_on <= row.engaged_to):
                return row
        return UnknownRate(f"Aucun taux connu pour {code} engagée le {french.day(engaged_on)}.")


@dataclass(frozen=True, slots=True)
class CeilingRow:
    """NS ceiling in percent from a filing year on, until the next row."""

    filing_year: int
    ceiling_pct: Decimal
    reference: str = ""


def find_ceiling(rows: Iterable[CeilingRow], filing_year: int) -> CeilingRow | None:
    """Return the ceiling of a filing year: the latest row not after it; None before the first."""
    return max(
        (row for row in rows if row.filing_year <= filing_year), key=lambda r: r.filing_year, default=None
    )


def read_rates(lines: TextIO) -> list[RateRow]:
    """Return the rows of a CSV: fiche, engaged_from, engaged_to, site_pct, contact_pct (empty = none)."""
    day = dt.date.fromisoformat
    return [
        RateRow(
            row["fiche"],
            day(row["engaged_from"]),
            day(row["engaged_to"]) if row["engaged_to"] else None,
            Decimal(row["site_pct"]) if row["site_pct"] else None,
            Decimal(row["contact_pct"]) if row["contact_pct"] else None,
            row.get("reference") or "",
        )
        for row in csv.DictReader(lines)
    ]


def read_ceilings(lines: TextIO) -> list[CeilingRow]:
    """Return the rows of a CSV: filing_year, ceiling_pct, reference."""
    return [
        CeilingRow(int(row["filing_year"]), Decimal(row["ceiling_pct"]), row["reference"])
        for row in csv.DictReader(lines)
    ]
