"""Worked examples and properties of pay-and-billing.md, pay of agents."""

import datetime as dt
from dataclasses import fields
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll import rules
from payroll.rules import (
    AgentTerms,
    Contract,
    NoPayRate,
    PayComponent,
    PayScale,
    Vehicle,
    Visit,
    VisitKind,
    address_key,
    back_payment_lines,
    pay_month,
    read_pay_rates,
)

RATES = Path(rules.__file__).parent.parent / "data" / "pay_rates.csv"
EMPLOYEE = AgentTerms(Contract.EMPLOYEE, Vehicle.OWN)
FREELANCE = AgentTerms(Contract.FREELANCE, Vehicle.OWN)


@pytest.fixture(scope="module")
def scale() -> PayScale:
    with RATES.open(encoding="utf-8") as lines:
        return PayScale(read_pay_rates(lines))


def site(ref: str, day: dt.date, at: str, family: str = "ISO", order: int = 0) -> Visit:
    return Visit(ref, VisitKind.SITE, family, day, (order, ""), at)


def door(ref: str, day: dt.date) -> Visit:
    return Visit(ref, VisitKind.UNPRODUCTIVE, "ISO", day)


def amounts(pay: rules.MonthPay) -> list[Decimal]:
    return [line.amount for line in pay.lines]


def test_example_employee_with_own_car(scale: PayScale) -> None:
    day = dt.date(2025, 3, 12)
    visits = [site("A", day, "x", order=1), site("B", day, "y", order=2), site("C", day, "y", order=3)]
    pay = pay_month(EMPLOYEE, day, [*visits, door("D", day)], {day: Decimal(96)}, scale)
    assert sorted(amounts(pay)) == [Decimal(x) for x in ("6.00", "8.40", "10.10", "14.00", "14.00", "43.20")]
    assert pay.total == Decimal("95.70")
    assert pay.held_site_missions == 3


def test_example_freelance(scale: PayScale) -> None:
    day = dt.date(2026, 2, 5)
    visits = [site("A", day, "x", "PAC", 1), site("B", day, "x", "PAC", 2), door("C", day)]
    pay = pay_month(FREELANCE, day, visits, {day: Decimal(190)}, scale)
    assert pay.of(PayComponent.MISSIONS) == Decimal("108.00")
    assert pay.of(PayComponent.UNPRODUCTIVE) == Decimal("25.00")
    assert pay.of(PayComponent.KILOMETRES) == Decimal("24.50")
    assert pay.of(PayComponent.MEALS) == 0
    assert pay.total == Decimal("157.50")


TABLE = [
    ("ISO", "14.00", "14.40", "58.00", "58.00"),
    ("PAC", "18.00", "18.60", "72.00", "72.00"),
    ("GLO", "42.00", "43.30", "165.00", "165.00"),
    ("TER", "26.00", "26.80", "95.00", "95.00"),
    ("CONTACT", "3.50", "3.60", "9.00", "9.00"),
    ("IMPRODUCTIF", "6.00", "6.20", "22.00", "25.00"),
]


@pytest.mark.parametrize(("item", "emp25", "emp26", "free25", "free26"), TABLE)
def test_scale_table(scale: PayScale, item: str, emp25: str, emp26: str, free25: str, free26: str) -> None:
    for terms, day, expected in [
        (EMPLOYEE, dt.date(2025, 12, 31), emp25),
        (EMPLOYEE, dt.date(2026, 1, 1), emp26),
        (FREELANCE, dt.date(2025, 12, 31), free25),
        (FREELANCE, dt.date(2026, 1, 1), free26),
    ]:
        kinds = {"CONTACT": VisitKind.CONTACT, "IMPRODUCTIF": VisitKind.UNPRODUCTIVE}
        visit = Visit("M", kinds.get(item, VisitKind.SITE), item, day)
        assert pay_month(terms, day, [visit], {}, scale).total == Decimal(expected)


@pytest.mark.parametrize(("held", "bonus"), [(79, 0), (80, 60), (109, 60), (110, 120)])
def test_volume_bonus_counts_held_site_missions(scale: PayScale, held: int, bonus: int) -> None:
    visits = [site(f"M{i}", dt.date(2025, 3, 1 + i % 28), f"a{i}") for i in range(held)]
    visits += [door(f"D{i}", dt.date(2025, 3, 3)) for i in range(40)]
    assert pay_month(EMPLOYEE, dt.date(2025, 3, 9), visits, {}, scale).of(PayComponent.VOLUME) == bonus
    assert pay_month(FREELANCE, dt.date(2025, 3, 9), visits, {}, scale).of(PayComponent.VOLUME) == 0


@pytest.mark.parametrize(
    ("stops", "km", "meal"), [(3, 149, "0"), (3, 150, "10.10"), (4, 0, "10.10"), (1, 400, "10.10")]
)
def test_meal(scale: PayScale, stops: int, km: int, meal: str) -> None:
    day = dt.date(2025, 5, 6)
    visits = [door(f"D{i}", day) for i in range(stops)]
    pay = pay_month(EMPLOYEE, day, visits, {day: Decimal(km)}, scale)
    assert pay.of(PayComponent.MEALS) == Decimal(meal)


def test_company_car_has_no_kilometres(scale: PayScale) -> None:
    day = dt.date(2025, 5, 6)
    terms = AgentTerms(Contract.EMPLOYEE, Vehicle.COMPANY)
    pay = pay_month(terms, day, [site("A", day, "x")], {day: Decimal(160)}, scale)
    assert pay.of(PayComponent.KILOMETRES) == 0
    assert pay.of(PayComponent.MEALS) == Decimal("10.10")


def test_kilometres_without_visit_pay_nothing_and_are_shown(scale: PayScale) -> None:
    day = dt.date(2025, 5, 6)
    pay = pay_month(EMPLOYEE, day, [], {day: Decimal(300)}, scale)
    assert pay.total == 0
    assert pay.anomalies == ("6\u00a0mai\u00a02025 : 300 km sans visite, rien n’est payé.",)


def test_missing_rate_is_refused(scale: PayScale) -> None:
    with pytest.raises(NoPayRate, match="XXX"):
        pay_month(EMPLOYEE, dt.date(2025, 5, 6), [site("A", dt.date(2025, 5, 6), "x", "XXX")], {}, scale)


def test_same_address_ignores_case_accents_and_punctuation() -> None:
    assert address_key("12, Rue de l'Église", "01110") == address_key("12 RUE DE L’EGLISE", "1110")
    assert address_key("12 rue de l'Église", "01110") != address_key("12 rue de l'Église", "01111")


def test_pay_cannot_depend_on_the_conclusion() -> None:
    """The conclusion, the result, the review: none is an input of pay."""
    names = {f.name for cls in (Visit, AgentTerms) for f in fields(cls)}
    assert names == {"reference", "kind", "family", "day", "order", "address", "contract", "vehicle"}


days = st.dates(dt.date(2025, 12, 1), dt.date(2026, 1, 31))
visit_lists = st.lists(
    st.builds(
        lambda ref, kind, family, day, order, at: Visit(f"M{ref}", kind, family, day, (order, ""), at),
        st.integers(0, 10**6),
        st.sampled_from(VisitKind),
        st.sampled_from(["ISO", "PAC", "GLO", "TER"]),
        days,
        st.integers(0, 5),
        st.sampled_from(["a", "b", "c"]),
    ),
    max_size=30,
    unique_by=lambda v: v.reference,
)


@given(visits=visit_lists, late=visit_lists, km=st.dictionaries(days, st.decimals(0, 600, places=1)))
def test_back_payment_is_the_difference_and_names_its_month(
    visits: list[Visit], late: list[Visit], km: dict[dt.date, Decimal]
) -> None:
    with RATES.open(encoding="utf-8") as lines:
        scale = PayScale(read_pay_rates(lines))
    month = dt.date(2025, 12, 1)
    known = {v.reference for v in visits}
    everything = visits + [v for v in late if v.reference not in known]
    for terms in (EMPLOYEE, FREELANCE):
        paid = pay_month(terms, month, visits, km, scale)
        due = pay_month(terms, month, everything, km, scale)
        back = back_payment_lines(paid, due)
        assert sum(line.amount for line in back) == due.total - paid.total
        assert all(line.earned_month == month for line in back)
        assert all(line.explanation.startswith("Rappel sur décembre 2025") for line in back)


@given(visits=visit_lists)
def test_order_of_the_input_never_matters(visits: list[Visit]) -> None:
    with RATES.open(encoding="utf-8") as lines:
        scale = PayScale(read_pay_rates(lines))
    one = pay_month(EMPLOYEE, dt.date(2026, 1, 5), visits, {}, scale)
    two = pay_month(EMPLOYEE, dt.date(2026, 1, 5), visits[::-1], {}, scale)
    assert one == two
    assert one.total == sum((one.of(c) for c in PayComponent), Decimal(0))
