"""R3 to R14 of domain.md."""

import datetime as dt
import math
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lots import rules
from lots.rules.deadlines import filing_alert, filing_deadline
from lots.rules.fiches import family_of, normalise_fiche, read_families
from lots.rules.rates import (
    CeilingRow,
    RateRow,
    RateTable,
    UnknownRate,
    find_ceiling,
    read_ceilings,
    read_rates,
)
from lots.rules.verdict import LotFacts, Outcome, Verdict, judge, may_file, ns_ratio, target

DATA = Path(rules.__file__).parent.parent / "data"
BASE = RateRow("BAR-EN-101", dt.date(2025, 1, 1), None, Decimal(15), Decimal(30))
CEILING = CeilingRow(2025, Decimal(15))


@pytest.fixture(scope="module")
def table() -> RateTable:
    with (DATA / "inspection_rates.csv").open(encoding="utf-8") as lines:
        return RateTable(read_rates(lines))


def facts(n: int, s: int, ns: int = 0, nv: int = 0, sc: int = 0, ours: bool = True) -> LotFacts:
    return LotFacts(n, s, ns, nv, sc, ours)


@pytest.mark.parametrize(
    ("written", "fiche"),
    [
        ("BAR-EN-101_VA33_3", "BAR-EN-101"),
        (" bar-en-101 ", "BAR-EN-101"),
        ("BAR-EN-101-SE", "BAR-EN-101"),
        ("BAR EN 101", "BAR-EN-101"),
        ("BAR–TH–171_VA54_2", "BAR-TH-171"),
        ("AGRI-TH-104 ", "AGRI-TH-104"),
        ("inconnu", "INCONNU"),
    ],
)
def test_fiche_suffixes_are_dropped(written: str, fiche: str) -> None:
    assert normalise_fiche(written) == fiche


def test_a_longer_known_code_is_kept(table: RateTable) -> None:
    assert normalise_fiche("BAR-TH-107-SE_VA1", table.fiches) == "BAR-TH-107-SE"


@pytest.mark.parametrize(
    ("fiche", "family"),
    [
        ("BAR-EN-101", "ISO"),
        ("IND-EN-102", "ISO"),
        ("BAR-TH-104", "PAC"),
        ("BAR-TH-164", "GLO"),
        ("BAT-TH-116", "TER"),
        ("AGRI-TH-104", "TER"),
    ],
)
def test_families(fiche: str, family: str) -> None:
    with (DATA / "fiche_families.csv").open(encoding="utf-8") as lines:
        assert family_of(fiche, read_families(lines)) == family


@pytest.mark.parametrize(
    ("fiche", "day", "site", "contact"),
    [
        ("BAR-TH-173", dt.date(2025, 6, 30), None, "80.0"),
        ("BAR-TH-173", dt.date(2025, 7, 1), "15.0", "50.0"),
        ("BAR-EN-101_VA33_3", dt.date(2024, 12, 31), "12.5", "25.0"),
        ("BAR-TH-174", dt.date(2025, 1, 1), "100.0", None),
    ],
)
def test_rate_by_fiche_and_engagement_date(
    table: RateTable, fiche: str, day: dt.date, site: str | None, contact: str | None
) -> None:
    row = table.find(fiche, day)
    assert isinstance(row, RateRow)
    assert (row.site_pct, row.contact_pct) == (site and Decimal(site), contact and Decimal(contact))


@pytest.mark.parametrize(
    ("fiche", "day"),
    [("ZZZ-ZZ-999", dt.date(2025, 1, 1)), ("BAR-TH-171", dt.date(2020, 1, 1)), ("BAR-TH-171", None)],
)
def test_unknown_rate_is_said(table: RateTable, fiche: str, day: dt.date | None) -> None:
    rate = table.find(fiche, day)
    assert isinstance(rate, UnknownRate)
    assert judge(facts(10, 10), rate, CEILING).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("rate", "n", "need"),
    [("15", 1, 1), ("15", 7, 2), ("15", 13, 2), ("12.5", 8, 1), ("30", 10, 3), ("7.5", 40, 3), ("100", 7, 7)],
)
def test_target_is_rounded_up_exactly(rate: str, n: int, need: int) -> None:
    assert target(Decimal(rate), n) == need


def test_worked_check_surplus_on_site_counts_as_contact() -> None:
    """N=220, 15/30: 33 and 66 needed; 40 + 60 = 100 >= 99 (R6)."""
    result = judge(facts(220, 40, sc=60), BASE, CEILING)
    assert (result.site_target, result.contact_target) == (33, 66)
    assert result.verdict is Verdict.COMPLIANT
    assert judge(facts(220, 38, sc=60), BASE, CEILING).verdict is Verdict.RATE_MISSED


def test_surplus_rule_needs_a_site_rate() -> None:
    contact_only = RateRow("X", dt.date(2025, 1, 1), None, None, Decimal(30))
    assert judge(facts(10, 5, sc=2), contact_only, CEILING).verdict is Verdict.RATE_MISSED


def test_contact_rate_is_no_target_when_contact_is_not_ours() -> None:
    assert judge(facts(100, 15), BASE, CEILING).verdict is Verdict.RATE_MISSED
    result = judge(facts(100, 15, ours=False), BASE, CEILING)
    assert (result.verdict, result.contact_target) == (Verdict.COMPLIANT, None)


@pytest.mark.parametrize(
    ("ns", "done", "year", "holds"),
    [
        (3, 20, 2025, True),
        (4, 20, 2025, False),
        (2, 20, 2026, True),
        (3, 20, 2026, False),
        (2, 20, 2031, True),
    ],
)
def test_ns_ceiling_by_filing_year(ns: int, done: int, year: int, holds: bool) -> None:
    with (DATA / "ns_ceilings.csv").open(encoding="utf-8") as lines:
        ceiling = find_ceiling(read_ceilings(lines), year)
    verdict = judge(facts(100, done - ns, ns=ns, ours=False), BASE, ceiling).verdict
    assert verdict is (Verdict.COMPLIANT if holds else Verdict.NS_ABOVE_CEILING)


def test_nv_stays_in_the_denominator() -> None:
    assert ns_ratio(facts(100, 15, ns=3, nv=2)) == Decimal(15)
    assert ns_ratio(facts(100, 0)) is None
    assert judge(facts(100, 15, ns=3, nv=2, ours=False), BASE, CEILING).verdict is Verdict.COMPLIANT


def test_a_missed_rate_comes_before_the_ceiling() -> None:
    assert judge(facts(100, 2, ns=10, ours=False), BASE, CEILING).verdict is Verdict.RATE_MISSED


def test_no_ceiling_known_before_the_first_year() -> None:
    assert judge(facts(1, 1), BASE, find_ceiling([CEILING], 2020)).verdict is Verdict.UNKNOWN


def test_arithmetic_is_shown() -> None:
    steps = judge(facts(220, 40, ns=2, sc=60), BASE, CEILING).steps
    assert [step.rule for step in steps] == ["R4", "R5-R6", "R8-R11"]
    assert steps[0].formula == "40\u00a0satisfaisants pour 33 requis (15\u00a0% de 220)"
    assert "100 sur site et par contact pour 99 (45\u00a0%)" in steps[1].formula
    assert steps[2].value == "4,8\u00a0%, sous plafond"


@pytest.mark.parametrize(
    ("verdict", "outcomes"),
    [
        (Verdict.COMPLIANT, "SATISFIED NV NS_PUT_RIGHT NOT_INSPECTED"),
        (Verdict.NS_ABOVE_CEILING, "SATISFIED NV NS_PUT_RIGHT"),
        (Verdict.RATE_MISSED, "SATISFIED NS_PUT_RIGHT"),
        (Verdict.UNKNOWN, ""),
    ],
)
def test_what_may_be_filed(verdict: Verdict, outcomes: str) -> None:
    assert {o for o in Outcome if may_file(verdict, o)} == {Outcome[name] for name in outcomes.split()}


@pytest.mark.parametrize(
    ("today", "alert"),
    [
        (dt.date(2026, 2, 27), None),
        (dt.date(2026, 2, 28), 6),
        (dt.date(2026, 5, 31), 3),
        (dt.date(2026, 8, 31), 1),
        (dt.date(2026, 9, 1), 0),
    ],
)
def test_filing_deadline_and_alerts(today: dt.date, alert: int | None) -> None:
    deadline = filing_deadline(dt.date(2025, 8, 31))
    assert deadline == dt.date(2026, 8, 31)
    assert filing_alert(deadline, today) == alert
    assert filing_deadline(dt.date(2024, 2, 29)) == dt.date(2025, 2, 28)


counts = st.integers(0, 60)


@given(
    n=st.integers(1, 400),
    s=counts,
    ns=counts,
    nv=counts,
    sc=counts,
    pct=st.sampled_from(["7.5", "12.5", "15"]),
)
def test_verdict_equals_exact_fractions(n: int, s: int, ns: int, nv: int, sc: int, pct: str) -> None:
    rate = RateRow("X", dt.date(2025, 1, 1), None, Decimal(pct), Decimal(pct) * 2)
    site, contact = Fraction(pct) / 100, Fraction(pct) / 50
    met = s >= site * n and (sc >= contact * n or s + sc >= (site + contact) * n)
    low = s + ns + nv == 0 or Fraction(ns, s + ns + nv) <= Fraction(15, 100)
    expected = Verdict.RATE_MISSED if not met else Verdict.COMPLIANT if low else Verdict.NS_ABOVE_CEILING
    result = judge(facts(n, s, ns, nv, sc), rate, CEILING)
    assert result.verdict is expected
    assert result.site_target == math.ceil(site * n)
