"""Hours of the weeks to come: what the lots hold, then the mean of the season with its error. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WEEK = timedelta(days=7)
LEAD = 3
"""Weeks for which the lots in hand say all; further on more will come: our choice."""
RECENT = 8
YEARS = (52, 104)


@dataclass(frozen=True, slots=True)
class WeekForecast:
    """Minutes of a week, between `low` and `high`; `is_seasonal` when the season says more than the lots."""

    monday: date
    minutes: int
    low: int
    high: int
    is_seasonal: bool


def seasonal_mean(history: Mapping[date, int], monday: date) -> int | None:
    """Return the mean of the same weeks one and two years before, one week around.

    Without them, the mean of the eight weeks before; None without any history.
    """
    same = [
        history[week]
        for years in YEARS
        for shift in (-1, 0, 1)
        if (week := monday - (years + shift) * WEEK) in history
    ]
    if not same:
        last = sorted(week for week in history if week < monday)[-RECENT:]
        same = [history[week] for week in last]
    return round(sum(same) / len(same)) if same else None


def mean_error(history: Mapping[date, int], monday: date) -> int:
    """Return by how many minutes the seasonal mean was wrong, on average, over the last eight weeks."""
    gaps = []
    for week in sorted(week for week in history if week < monday)[-RECENT:]:
        known = {past: minutes for past, minutes in history.items() if past < week}
        guess = seasonal_mean(known, week)
        if guess is not None:
            gaps.append(abs(history[week] - guess))
    return round(sum(gaps) / len(gaps)) if gaps else 0


def forecast(known: Sequence[int], history: Mapping[date, int], monday: date) -> list[WeekForecast]:
    """Return one forecast per week from `monday`; `known` are the minutes that the lots in hand hold.

    The first three weeks are what is known; then the larger of that and the mean of the season.
    """
    error = mean_error(history, monday)
    found = []
    for number, minutes in enumerate(known):
        week = monday + number * WEEK
        season = seasonal_mean(history, week) if number >= LEAD else None
        if season is None or season <= minutes:
            margin = 0 if number < LEAD else error
            found.append(WeekForecast(week, minutes, max(0, minutes - margin), minutes + margin, False))
        else:
            found.append(WeekForecast(week, season, max(minutes, season - error), season + error, True))
    return found
