import itertools
from decimal import Decimal
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lots.rules.sampling import (
    ExpectedRates,
    Law,
    SiteCounts,
    chance_of_target,
    chance_to_pass,
    expected_rates,
    gauge,
    ns_allowed,
    ns_allowed_now,
    plan_sample,
)

CEILING = Decimal(15)
shares = st.floats(0, 0.3)


def test_without_failures_the_target_is_drawn() -> None:
    plan = plan_sample(220, 33, ExpectedRates())
    assert (plan.to_draw, plan.chance, plan.assured) == (33, 1.0, True)


def test_binomial_by_hand() -> None:
    """At least 2 satisfied among 3 drawn, each with chance 0.72: 3 x 0.72² x 0.28 + 0.72³."""
    rates = ExpectedRates(unreachable=0.2, ns=0.1)
    assert rates.satisfied == pytest.approx(0.72)
    expected = 3 * 0.72**2 * 0.28 + 0.72**3
    assert chance_of_target(100, 3, 2, rates, Law.BINOMIAL) == pytest.approx(expected)


def test_hypergeometric_by_hand() -> None:
    """A lot of 10 with 8 good ones: at least 2 good among 3."""
    expected = (comb(8, 2) * comb(2, 1) + comb(8, 3)) / comb(10, 3)
    rates = ExpectedRates(ns=0.2)
    assert chance_of_target(10, 3, 2, rates, Law.HYPERGEOMETRIC) == pytest.approx(expected)


@settings(deadline=None)
@given(st.integers(1, 500), st.floats(0.01, 1), shares, shares, st.sampled_from(Law))
def test_the_plan_is_the_least_that_assures(
    size: int, part: float, unreachable: float, ns: float, law: Law
) -> None:
    rates, needed = ExpectedRates(unreachable, ns), max(1, int(size * part))
    plan = plan_sample(size, needed, rates, law=law)
    assert needed <= plan.to_draw <= size
    if plan.assured:
        assert plan.chance >= 0.95
        assert plan.to_draw == needed or chance_of_target(size, plan.to_draw - 1, needed, rates, law) < 0.95
    else:
        assert plan.to_draw == size
        assert plan.chance < 0.95


def test_a_fiche_at_a_hundred_percent_is_not_assured_once_one_may_fail() -> None:
    assert not plan_sample(50, 50, ExpectedRates(ns=0.02)).assured


def test_no_target_needs_no_draw() -> None:
    assert plan_sample(50, 0, ExpectedRates(ns=0.5)).to_draw == 0


@pytest.mark.parametrize(
    ("concluded", "ns", "ceiling", "allowed"),
    [
        (20, 3, "15", 0),
        (20, 2, "15", 1),
        (20, 4, "15", 0),
        (0, 0, "10", 0),
        (30, 0, "10", 3),
        (29, 0, "10", 2),
    ],
)
def test_ns_still_allowed(concluded: int, ns: int, ceiling: str, allowed: int) -> None:
    """R11: the test is <=."""
    assert ns_allowed(concluded, ns, Decimal(ceiling)) == allowed


@given(st.integers(0, 60), st.integers(0, 20), st.integers(0, 60), st.sampled_from([30, 25, 20, 15, 10]))
def test_ns_in_a_row_stay_under_the_ceiling(good: int, ns: int, pending: int, ceiling: int) -> None:
    counts = SiteCounts(good, ns, 0, pending)
    allowed = ns_allowed_now(counts, Decimal(ceiling))
    assert allowed <= pending
    if allowed:
        assert (ns + allowed) * 100 <= ceiling * (good + ns + allowed)
    if allowed < pending:
        assert (ns + allowed + 1) * 100 > ceiling * (good + ns + allowed + 1)


def enumerated(counts: SiteCounts, needed: int, ceiling: Decimal, rates: ExpectedRates) -> float:
    """The same chance by listing every outcome of every pending operation."""
    visited = 1 - rates.unreachable
    chances = {
        "x": rates.unreachable,
        "S": visited * (1 - rates.ns - rates.nv),
        "NS": visited * rates.ns,
        "NV": visited * rates.nv,
    }
    total = 0.0
    for outcomes in itertools.product(chances, repeat=counts.pending):
        s = counts.satisfied + outcomes.count("S")
        ns = counts.ns + outcomes.count("NS")
        done = counts.concluded + counts.pending - outcomes.count("x")
        if s >= needed and ns * 100 <= ceiling * done:
            weight = 1.0
            for outcome in outcomes:
                weight *= chances[outcome]
            total += weight
    return total


@settings(deadline=None, max_examples=60)
@given(
    st.builds(SiteCounts, st.integers(0, 12), st.integers(0, 3), st.integers(0, 3), st.integers(0, 6)),
    st.integers(0, 16),
    st.builds(ExpectedRates, shares, shares, shares),
)
def test_the_chance_to_pass_is_that_of_all_outcomes(
    counts: SiteCounts, needed: int, rates: ExpectedRates
) -> None:
    assert chance_to_pass(counts, needed, CEILING, rates) == pytest.approx(
        enumerated(counts, needed, CEILING, rates), abs=1e-9
    )


def test_a_finished_lot_passes_or_not() -> None:
    rates = ExpectedRates(0.1, 0.1, 0.1)
    assert chance_to_pass(SiteCounts(33, 5, 0), 33, CEILING, rates) == 1.0
    assert chance_to_pass(SiteCounts(32, 0, 0), 33, CEILING, rates) == 0.0
    assert chance_to_pass(SiteCounts(33, 7, 0), 33, CEILING, rates) == 0.0


def test_the_gauge() -> None:
    found = gauge(SiteCounts(13, 2, 0, pending=18, available=187), 33, CEILING, ExpectedRates())
    assert (found.still_needed, found.ns_allowed_now, found.ns_allowed_at_end) == (20, 0, 2)
    assert found.reachable
    assert found.chance == 0.0
    assert not gauge(SiteCounts(1, 0, 0, pending=1, available=1), 5, CEILING, ExpectedRates()).reachable


def test_a_short_past_is_no_certainty() -> None:
    assert 0 < expected_rates(0, 0, 0, 0).ns < 1
    assert expected_rates(200, 20, 18, 9).unreachable == 0.1
    assert expected_rates(200, 20, 18, 9).ns == 0.1


def test_shares_are_shares() -> None:
    with pytest.raises(ValueError, match="between"):
        ExpectedRates(ns=0.6, nv=0.6)


def test_a_lot_of_five_hundred_is_judged_quickly() -> None:
    assert 0 < chance_to_pass(SiteCounts(10, 1, 1, 488), 400, CEILING, ExpectedRates(0.1, 0.05, 0.02)) < 1
