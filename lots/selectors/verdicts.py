"""A lot's rates, targets and verdict: the law's dated rows applied to its counts."""

import datetime as dt
from dataclasses import dataclass

from lots import enums
from lots.models import Lot
from lots.rules.rates import CeilingRow, RateRow, RateTable, UnknownRate, find_ceiling
from lots.rules.verdict import LotFacts, LotVerdict, Verdict, judge, target
from lots.selectors.reference import ceilings, rate_table

RETAINED = "Taux retenus au tirage"
STORED = {
    Verdict.COMPLIANT: enums.Verdict.COMPLIANT,
    Verdict.NS_ABOVE_CEILING: enums.Verdict.NS_ABOVE,
    Verdict.RATE_MISSED: enums.Verdict.RATE_MISSED,
}


@dataclass(frozen=True)
class Law:
    """The dated rows, read once for a page: two queries whatever the lots."""

    rates: RateTable
    ceilings: list[CeilingRow]

    @classmethod
    def read(cls, fiches: set[str] | None = None) -> "Law":
        """Read the rates of some fiches (all by default) and the ceilings."""
        return cls(rate_table(fiches), ceilings())


@dataclass(frozen=True)
class Targets:
    """What a lot must reach. `unknown` says why nobody knows; a target of None is no obligation."""

    rate: RateRow | None
    site: int | None
    contact: int | None
    unknown: str = ""


def latest_engagement(lot: Lot) -> dt.date | None:
    """Return the latest engagement date of the lot's operations (R3)."""
    kept = lot.operations.filter(is_withdrawn=False, engaged_on__isnull=False)
    return kept.order_by("-engaged_on").values_list("engaged_on", flat=True).first()


def rate_of(lot: Lot, latest: dt.date | None, law: Law) -> RateRow | UnknownRate:
    """Return the rates retained at the draw, else those of the law for the latest engagement (R3).

    A corrected list that changes the latest engagement retains the rates anew (imports).
    """
    found = law.rates.find(lot.fiche.code, latest)
    if lot.drawn_on is None or (lot.site_pct is None and lot.contact_pct is None):
        return found
    reference = found.reference if isinstance(found, RateRow) and same_rates(lot, found) else RETAINED
    day = latest or lot.drawn_on
    return RateRow(lot.fiche.code, day, None, lot.site_pct, lot.contact_pct, reference)


def same_rates(lot: Lot, rate: RateRow) -> bool:
    """Return whether the rates retained at the draw are the law's."""
    return (lot.site_pct, lot.contact_pct) == (rate.site_pct, rate.contact_pct)


def targets_of(lot: Lot, latest: dt.date | None, law: Law) -> Targets:
    """Return the lot's targets as counts (R3, R10)."""
    rate = rate_of(lot, latest, law)
    if isinstance(rate, UnknownRate):
        return Targets(None, None, None, rate.reason)
    site = None if rate.site_pct is None else target(rate.site_pct, lot.size)
    owed = rate.contact_pct if lot.contact_by_us else None
    return Targets(rate, site, None if owed is None else target(owed, lot.size))


def filing_year(lot: Lot, today: dt.date) -> int:
    """Return the year the lot is to be filed in: the planned one, else this year."""
    return (lot.filing_on or today).year


def ceiling_of(lot: Lot, law: Law, today: dt.date, *, years_later: int = 0) -> CeilingRow | None:
    """Return the NS ceiling of the lot's filing year (R11)."""
    return find_ceiling(law.ceilings, filing_year(lot, today) + years_later)


def verdict_of(lot: Lot, facts: LotFacts, latest: dt.date | None, law: Law, today: dt.date) -> LotVerdict:
    """Return the lot's verdict as things are, with its arithmetic (R12)."""
    return judge(facts, rate_of(lot, latest, law), ceiling_of(lot, law, today))
