"""The verdict against an oracle with exact fractions, written from domain.md: every rate, every year."""

import datetime as dt
import io
import math
from decimal import Decimal
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lots import rules
from lots.rules.rates import CeilingRow, RateRow, find_ceiling, read_ceilings, read_rates
from lots.rules.verdict import LotFacts, Outcome, Verdict, judge, may_file, target

DATA = Path(rules.__file__).parent.parent / "data"
RATES = read_rates(io.StringIO((DATA / "inspection_rates.csv").read_text(encoding="utf-8")))
CEILINGS = read_ceilings(io.StringIO((DATA / "ns_ceilings.csv").read_text(encoding="utf-8")))
# R11, written again from domain.md: a wrong row of the data is seen.
LAW = {2022: 30, 2023: 25, 2024: 20, 2025: 15, 2026: 10, 2027: 10, 2031: 10}
PAIRS = sorted({(row.site_pct, row.contact_pct) for row in RATES}, key=str)
NONE_KNOWN = CeilingRow(2022, Decimal(100))


def rate(site: Decimal | None, contact: Decimal | None) -> RateRow:
    return RateRow("X", dt.date(2025, 1, 1), None, site, contact)


def oracle(facts: LotFacts, site: Decimal | None, contact: Decimal | None, ceiling: int) -> Verdict:
    """R4, R5, R6, R8, R11, R12 with fractions of the lot, no rounding anywhere."""
    n, s, sc = facts.operations, facts.site_satisfied, facts.contact_satisfied
    met = site is None or s >= Fraction(site) * n / 100
    if contact is not None and facts.contact_is_ours:
        own = sc >= Fraction(contact) * n / 100
        both = site is not None and s + sc >= (Fraction(site) + Fraction(contact)) * n / 100
        met = met and (own or both)
    if not met:
        return Verdict.RATE_MISSED
    done = s + facts.site_ns + facts.site_nv
    low = not done or Fraction(facts.site_ns, done) <= Fraction(ceiling, 100)
    return Verdict.COMPLIANT if low else Verdict.NS_ABOVE_CEILING


def test_the_rates_of_the_law_are_those_we_think() -> None:
    assert (Decimal("100.0"), None) in PAIRS and (None, Decimal("100.0")) in PAIRS
    assert (Decimal("7.5"), Decimal("15.0")) in PAIRS and len(PAIRS) >= 15


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_targets_are_the_least_that_meet_the_rate_for_every_size(
    pair: tuple[Decimal | None, Decimal | None],
) -> None:
    for pct, n in product(filter(None, pair), range(1, 501)):
        needed = target(pct, n)
        assert needed >= Fraction(pct) * n / 100 > needed - 1
        assert needed <= n


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_one_satisfied_less_misses_the_rate_for_every_size(
    pair: tuple[Decimal | None, Decimal | None],
) -> None:
    """R4, R5, R6 at their edge, N from 1 to 500: what is just enough is enough, one less isn't."""
    site, contact = pair
    for n in range(1, 501):
        s = target(site, n) if site is not None else 0
        both = math.ceil((Fraction(site or 0) + Fraction(contact or 0)) * n / 100)
        own = target(contact, n) if contact is not None else 0
        sc = min(own, both - s) if site is not None and contact is not None else own
        enough = judge(LotFacts(n, s, 0, 0, sc), rate(site, contact), NONE_KNOWN)
        assert enough.verdict is Verdict.COMPLIANT, (n, s, sc)
        if s:
            fewer = judge(LotFacts(n, s - 1, 0, 0, n), rate(site, contact), NONE_KNOWN)
            assert fewer.verdict is Verdict.RATE_MISSED
        if sc:
            fewer = judge(LotFacts(n, s, 0, 0, sc - 1), rate(site, contact), NONE_KNOWN)
            assert fewer.verdict is oracle(LotFacts(n, s, 0, 0, sc - 1), site, contact, 100)
            assert fewer.verdict is Verdict.RATE_MISSED


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if None not in pair], ids=str)
def test_surplus_on_site_counts_by_contact_for_every_size(pair: tuple[Decimal, Decimal]) -> None:
    """R6: each satisfied in surplus on site replaces one by contact, down to none."""
    site, contact = pair
    for n in range(1, 501):
        both = math.ceil((Fraction(site) + Fraction(contact)) * n / 100)
        for sc in {0, min(1, both), both // 2}:
            s = max(both - sc, target(site, n))
            assert judge(LotFacts(n, s, 0, 0, sc), rate(*pair), NONE_KNOWN).verdict is Verdict.COMPLIANT
            if s - 1 >= target(site, n) and sc < target(contact, n):
                missed = judge(LotFacts(n, s - 1, 0, 0, sc), rate(*pair), NONE_KNOWN)
                assert missed.verdict is Verdict.RATE_MISSED


def test_a_fiche_at_a_hundred_percent_wants_every_operation_satisfied() -> None:
    for n in range(1, 501):
        _whole_lot(n)
    assert may_file(Verdict.RATE_MISSED, Outcome.SATISFIED) and not may_file(Verdict.RATE_MISSED, Outcome.NS)


def _whole_lot(n: int) -> None:
    whole = rate(Decimal(100), None)
    assert judge(LotFacts(n, n, 0, 0, 0), whole, CEILINGS[-1]).verdict is Verdict.COMPLIANT
    for ns, nv in ((1, 0), (0, 1)):
        facts = LotFacts(n, n - 1, ns, nv, n)
        assert judge(facts, whole, CEILINGS[0]).verdict is Verdict.RATE_MISSED
    by_contact = rate(None, Decimal(100))
    assert judge(LotFacts(n, 0, 0, 0, n), by_contact, CEILINGS[-1]).verdict is Verdict.COMPLIANT
    assert judge(LotFacts(n, n, 0, 0, n - 1), by_contact, CEILINGS[-1]).verdict is Verdict.RATE_MISSED


@pytest.mark.parametrize(("year", "pct"), LAW.items())
def test_the_ceiling_of_each_year_at_its_edge(year: int, pct: int) -> None:
    """R11: `<=`, whatever the number of inspections; NV stay in the denominator (R8)."""
    ceiling = find_ceiling(CEILINGS, year)
    assert ceiling is not None and ceiling.ceiling_pct == pct
    free = rate(None, None)
    for done in range(1, 501):
        allowed = math.floor(Fraction(pct, 100) * done)
        for nv in {0, min(1, done - allowed)}:
            held = judge(LotFacts(500, done - allowed - nv, allowed, nv, 0), free, ceiling)
            assert held.verdict is Verdict.COMPLIANT, (done, allowed)
        above = judge(LotFacts(500, done - allowed - 1, allowed + 1, 0, 0), free, ceiling)
        assert above.verdict is Verdict.NS_ABOVE_CEILING, (done, allowed + 1)
    assert find_ceiling(CEILINGS, 2021) is None


@settings(max_examples=600, deadline=None)
@given(
    n=st.integers(1, 500),
    shares=st.lists(st.integers(0, 100), min_size=4, max_size=4),
    pair=st.sampled_from(PAIRS),
    year=st.sampled_from(sorted(LAW)),
    ours=st.booleans(),
)
def test_any_lot_is_judged_as_the_oracle_does(
    n: int, shares: list[int], pair: tuple[Decimal | None, Decimal | None], year: int, ours: bool
) -> None:
    s, ns, nv, sc = (n * share // 100 for share in shares)
    facts = LotFacts(n, s, ns, nv, sc, ours)
    ceiling = find_ceiling(CEILINGS, year)
    assert judge(facts, rate(*pair), ceiling).verdict is oracle(facts, *pair, LAW[year])
