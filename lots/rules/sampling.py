"""How many operations to draw, and the chance that a lot passes: exact laws, no approximation (R4, R8, R11).

Floats are probabilities only; targets and ceilings are compared as whole counts and Decimals.
"""

import math
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

import numpy as np
from scipy import stats

from lots.rules.sampling_counts import SiteCounts

HUNDRED = Decimal(100)
ASSURANCE = 0.95
SMALL_PAST = 30


class Law(StrEnum):
    """BINOMIAL: the rates are those of the client and fiche in general. HYPERGEOMETRIC: of this very lot."""

    BINOMIAL = "binomial"
    HYPERGEOMETRIC = "hypergeometric"


@dataclass(frozen=True)
class ExpectedRates:
    """Shares (0 to 1) expected from a client's past on a fiche: `unreachable` of the drawn operations
    (refusals included), `ns` and `nv` of the inspected ones."""

    unreachable: float = 0.0
    ns: float = 0.0
    nv: float = 0.0

    def __post_init__(self) -> None:
        shares = (self.unreachable, self.ns, self.nv, self.ns + self.nv)
        if not all(0 <= share <= 1 for share in shares):
            raise ValueError(f"Shares must be between 0 and 1: {self}")

    @property
    def satisfied(self) -> float:
        """Return the chance that a drawn operation ends satisfied."""
        return (1 - self.unreachable) * max(1 - self.ns - self.nv, 0.0)


@dataclass(frozen=True)
class SamplePlan:
    """How many to draw; `assured` is false when even the whole lot doesn't give the assurance asked."""

    to_draw: int
    chance: float
    assured: bool


@dataclass(frozen=True)
class Gauge:
    """What a lot's page shows: what is missing, what is still allowed, what is left, the chance to pass."""

    still_needed: int
    ns_allowed_now: int
    ns_allowed_at_end: int
    available: int
    reachable: bool
    chance: float


def plan_sample(
    operations: int,
    needed: int,
    rates: ExpectedRates,
    *,
    law: Law = Law.BINOMIAL,
    assurance: float = ASSURANCE,
) -> SamplePlan:
    """Return the least number to draw in a lot of `operations` to get `needed` satisfied with `assurance`."""
    if needed <= 0:
        return SamplePlan(0, 1.0, True)
    low, high = min(needed, operations), operations
    if chance_of_target(operations, high, needed, rates, law) < assurance:
        return SamplePlan(operations, chance_of_target(operations, high, needed, rates, law), False)
    while low < high:
        middle = (low + high) // 2
        if chance_of_target(operations, middle, needed, rates, law) >= assurance:
            high = middle
        else:
            low = middle + 1
    return SamplePlan(low, chance_of_target(operations, low, needed, rates, law), True)


def chance_of_target(operations: int, drawn: int, needed: int, rates: ExpectedRates, law: Law) -> float:
    """Return the chance that `drawn` operations give at least `needed` satisfied ones."""
    if needed <= 0:
        return 1.0
    if law is Law.BINOMIAL:
        return float(stats.binom.sf(needed - 1, drawn, rates.satisfied))
    good = math.floor(rates.satisfied * operations + 1e-9)
    return float(stats.hypergeom.sf(needed - 1, operations, good, drawn))


def ns_allowed(concluded: int, ns: int, ceiling_pct: Decimal) -> int:
    """Return how many more NS keep `NS <= ceiling` once `concluded` inspections are concluded (never < 0)."""
    return max(math.floor(ceiling_pct * concluded / HUNDRED) - ns, 0)


def ns_allowed_now(counts: SiteCounts, ceiling_pct: Decimal) -> int:
    """Return how many NS in a row, from now, keep the ratio under the ceiling (each one is concluded too)."""
    allowed = 0
    while (counts.ns + allowed + 1) * HUNDRED <= ceiling_pct * (counts.concluded + allowed + 1):
        allowed += 1
        if allowed > counts.pending + counts.available:
            break
    return min(allowed, counts.pending + counts.available)


def chance_to_pass(counts: SiteCounts, needed: int, ceiling_pct: Decimal, rates: ExpectedRates) -> float:
    """Return the chance that a lot ends with its on-site target met and its NS ratio under the ceiling.

    Only the operations already drawn count (`pending`); each is unreachable, S, NS or NV on its own.
    Exact: sum over how many are visited and how many of those are NS.
    """
    total = 0.0
    for visited in range(counts.pending + 1):
        weight = float(stats.binom.pmf(visited, counts.pending, 1 - rates.unreachable))
        if weight > 0:
            total += weight * _chance_among(visited, counts, needed, ceiling_pct, rates)
    return min(total, 1.0)


def _chance_among(
    visited: int, counts: SiteCounts, needed: int, ceiling_pct: Decimal, rates: ExpectedRates
) -> float:
    """Return the chance to pass when `visited` more inspections are concluded."""
    room = math.floor(ceiling_pct * (counts.concluded + visited) / HUNDRED) - counts.ns
    if room < 0:
        return 0.0
    more_ns: Any = np.arange(min(room, visited) + 1)
    share = (1 - rates.ns - rates.nv) / (1 - rates.ns) if rates.ns < 1 else 0.0
    satisfied = stats.binom.sf(needed - counts.satisfied - 1, visited - more_ns, min(max(share, 0.0), 1.0))
    return float(np.sum(stats.binom.pmf(more_ns, visited, rates.ns) * satisfied))


def gauge(counts: SiteCounts, needed: int, ceiling_pct: Decimal, rates: ExpectedRates) -> Gauge:
    """Return the live gauge of a lot: its on-site target, its NS ceiling, what is left to draw."""
    still_needed = max(needed - counts.satisfied, 0)
    return Gauge(
        still_needed=still_needed,
        ns_allowed_now=ns_allowed_now(counts, ceiling_pct),
        ns_allowed_at_end=ns_allowed(counts.concluded + counts.pending, counts.ns, ceiling_pct),
        available=counts.available,
        reachable=still_needed <= counts.pending + counts.available,
        chance=chance_to_pass(counts, needed, ceiling_pct, rates),
    )


def expected_rates(drawn: int, not_inspected: int, ns: int, nv: int) -> ExpectedRates:
    """Return the rates of a past of `drawn` operations, of which `not_inspected` were never inspected.

    With little past, one imaginary case of each kind is added (rule of succession): no past isn't certainty.
    """
    inspected = max(drawn - not_inspected, 0)
    return ExpectedRates(
        unreachable=(not_inspected + 1) / (drawn + 2) if drawn < SMALL_PAST else not_inspected / drawn,
        ns=(ns + 1) / (inspected + 3) if inspected < SMALL_PAST else ns / inspected,
        nv=(nv + 1) / (inspected + 3) if inspected < SMALL_PAST else nv / inspected,
    )
