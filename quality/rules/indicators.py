"""The arithmetic of the indicators: exact rates, control limits, kept or not. Pure.

A control chart of a share (p-chart): mean p over the period, limits p ± 3·√(p(1 − p) / n), n the size of
the point. Limits are for drawing only.
"""

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

FEW = 10
NEAR = Fraction(5, 100)


@dataclass(frozen=True, slots=True)
class Tally:
    """A share or a mean: what counts over how many. `rate` is None without any case."""

    part: int = 0
    whole: int = 0

    @property
    def rate(self) -> Fraction | None:
        return Fraction(self.part, self.whole) if self.whole else None

    @property
    def is_few(self) -> bool:
        return self.whole < FEW

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.part + other.part, self.whole + other.whole)


def total(tallies: Iterable[Tally]) -> Tally:
    """Add tallies."""
    return sum(tallies, Tally())


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an indicator stands against its target: the word, its tone, its icon."""

    word: str
    tone: str
    icon: str


KEPT = Standing("Tenu", "ok", "check-lg")
CLOSE = Standing("Proche", "act", "exclamation-triangle-fill")
MISSED = Standing("Hors cible", "ko", "x-octagon-fill")
UNKNOWN = Standing("Sans cas", "wait", "dash-lg")


def standing(value: Fraction | None, target: Fraction, *, lower_is_better: bool) -> Standing:
    """Compare an exact value with its target; within 5 % of it on the wrong side is close."""
    if value is None:
        return UNKNOWN
    gap = value - target if lower_is_better else target - value
    if gap <= 0:
        return KEPT
    return CLOSE if gap <= NEAR * target else MISSED


def monday(day: dt.date) -> dt.date:
    """Return the Monday of a day's week."""
    return day - dt.timedelta(days=day.weekday())


def weeks_between(first: dt.date, last: dt.date) -> list[dt.date]:
    """Return the Mondays of the weeks from `first` to `last`, both included."""
    start = monday(first)
    count = (monday(last) - start).days // 7 + 1
    return [start + dt.timedelta(weeks=n) for n in range(count)]


@dataclass(frozen=True, slots=True)
class ControlPoint:
    """One week of a control chart. `is_out`: beyond its own limits."""

    week: dt.date
    tally: Tally
    low: float
    high: float

    @property
    def is_out(self) -> bool:
        rate = self.tally.rate
        return rate is not None and not self.low <= float(rate) <= self.high


def control_points(weeks: Sequence[tuple[dt.date, Tally]]) -> list[ControlPoint]:
    """Return the weeks that have cases, with their limits at 3 sigmas around the mean of all."""
    whole = total(tally for _, tally in weeks)
    if whole.rate is None:
        return []
    mean = float(whole.rate)
    points = []
    for week, tally in weeks:
        if not tally.whole:
            continue
        spread = 3 * math.sqrt(mean * (1 - mean) / tally.whole)
        points.append(ControlPoint(week, tally, max(0.0, mean - spread), min(1.0, mean + spread)))
    return points
