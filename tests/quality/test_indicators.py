"""Indicators: exact, compared with their targets, drawn with honest limits."""

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.rules.indicators import Tally, control_points, standing, total, weeks_between
from quality.selectors.dashboard import Filters, period


@pytest.mark.parametrize(
    ("value", "lower", "word"),
    [
        ("8/100", True, "Tenu"),
        ("84/1000", True, "Proche"),
        ("85/1000", True, "Hors cible"),
        ("9/10", False, "Tenu"),
    ],
)
def test_standing_compares_exact_rates(value, lower, word):
    assert standing(Fraction(value), Fraction(8, 100), lower_is_better=lower).word == word


def test_no_case_is_no_rate():
    assert Tally(0, 0).rate is None
    assert standing(None, Fraction(1), lower_is_better=True).word == "Sans cas"


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50))))
def test_totals_add_up(pairs):
    tallies = [Tally(min(a, b), max(a, b)) for a, b in pairs]
    assert total(tallies) == Tally(sum(t.part for t in tallies), sum(t.whole for t in tallies))


@given(st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)), st.integers(0, 400))
def test_weeks_cover_the_period_without_gap(first, days):
    last = first + dt.timedelta(days)
    weeks = weeks_between(first, last)
    assert weeks[0] <= first and last < weeks[-1] + dt.timedelta(7)
    assert all(b - a == dt.timedelta(7) for a, b in zip(weeks, weeks[1:], strict=False))
    assert all(week.weekday() == 0 for week in weeks)


def test_a_week_far_from_the_others_is_out():
    monday = dt.date(2026, 1, 5)
    weeks = [(monday + dt.timedelta(weeks=n), Tally(2, 40)) for n in range(10)]
    weeks.append((monday + dt.timedelta(weeks=10), Tally(20, 40)))
    weeks.append((monday + dt.timedelta(weeks=11), Tally(0, 0)))
    points = control_points(weeks)
    assert len(points) == 11, "a week without case isn't a point"
    assert [point.is_out for point in points] == [False] * 10 + [True]


@pytest.mark.parametrize(
    ("months", "today", "first"),
    [(3, "2026-01-31", "2025-10-29"), (3, "2026-04-15", "2026-01-16"), (12, "2026-03-01", "2025-03-02")],
)
def test_periods_end_today(months, today, first):
    assert period(months, dt.date.fromisoformat(today)) == (
        dt.date.fromisoformat(first),
        dt.date.fromisoformat(today),
    )


def test_the_period_compared_is_as_long_and_just_before():
    chosen = Filters(dt.date(2026, 1, 11), dt.date(2026, 1, 20), 3)
    assert chosen.before == dt.date(2026, 1, 1)
