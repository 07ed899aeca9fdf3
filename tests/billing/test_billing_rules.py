"""Worked example and properties of pay-and-billing.md, billing of clients."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing import rules
from billing.rules import (
    BillableMission,
    Channel,
    ClientTerms,
    Invoice,
    InvoiceNumber,
    InvoicingMode,
    InvoicingRules,
    LineKind,
    LotState,
    MissionState,
    NoPrice,
    PriceList,
    PriceRow,
    compute_invoice,
    due_on,
    find_duplicates,
    find_gaps,
    format_number,
    lot_is_ready,
    mission_lines,
    next_number,
    parse_number,
    plan_lot_invoice,
    plan_month_end,
)

DATA = Path(rules.__file__).parent.parent / "data"
RECEIVED = dt.date(2025, 3, 1)
TERMS = ClientTerms("C", InvoicingMode.PER_LOT, Decimal(50), 1, Decimal("90.00"), Decimal(80), 30)
PRICES = PriceList(
    [
        PriceRow("C", "ISO", dt.date(2000, 1, 1), Decimal("150.00")),
        PriceRow("C", "ISO", dt.date(2026, 1, 1), Decimal("153.51")),
        PriceRow("C", "CONTACT", dt.date(2000, 1, 1), Decimal("20.00")),
    ]
)


@pytest.fixture(scope="module")
def common() -> InvoicingRules:
    with (
        (DATA / "volume_discounts.csv").open(encoding="utf-8") as discounts,
        (DATA / "vat_rates.csv").open(encoding="utf-8") as vat,
    ):
        return InvoicingRules.read(discounts, vat)


def mission(ref: str, channel: Channel = Channel.SITE, **more: object) -> BillableMission:
    facts: dict[str, object] = {"lot": "L", "family": "ISO", "lot_received_on": RECEIVED, **more}
    return BillableMission(reference=ref, channel=channel, **facts)  # type: ignore[arg-type]


def invoice(
    common: InvoicingRules, missions: list[BillableMission], fee_lots: tuple[str, ...] = ()
) -> Invoice:
    return compute_invoice(
        on=dt.date(2025, 6, 30),
        terms=TERMS,
        missions=missions,
        fee_lots=fee_lots,
        prices=PRICES,
        rules=common,
    )


def test_worked_example(common: InvoicingRules) -> None:
    missions = [mission(f"S{i}") for i in range(50)]
    missions += [mission("S50", unproductive_visits=2), mission("S51", unproductive_visits=1)]
    missions += [mission("R", reinspection=True)]
    missions += [mission(f"C{i}", Channel.CONTACT) for i in range(10)]
    result = invoice(common, missions, ("L",))
    assert result.of(LineKind.MISSION) == Decimal("7800.00")
    assert result.of(LineKind.REINSPECTION) == Decimal("120.00")
    assert result.of(LineKind.DISCOUNT) == Decimal("-237.60")
    assert result.of(LineKind.UNPRODUCTIVE) == Decimal("150.00")
    assert result.of(LineKind.CONTACT) == Decimal("200.00")
    assert result.of(LineKind.LOT_FEE) == Decimal("90.00")
    assert (result.total_ht, result.vat, result.total_ttc) == (
        Decimal("8122.40"),
        Decimal("1624.48"),
        Decimal("9746.88"),
    )


@pytest.mark.parametrize(("lines", "pct"), [(49, 0), (50, 3), (99, 3), (100, 5), (400, 5)])
def test_volume_discount_steps(common: InvoicingRules, lines: int, pct: int) -> None:
    result = invoice(common, [mission(f"S{i}") for i in range(lines)])
    assert result.of(LineKind.DISCOUNT) == -Decimal(150) * lines * pct / 100


def test_contacts_and_unproductive_visits_do_not_count_for_the_discount(common: InvoicingRules) -> None:
    missions = [mission(f"C{i}", Channel.CONTACT) for i in range(60)]
    missions += [mission(f"D{i}", reported=False, unproductive_visits=1) for i in range(60)]
    assert invoice(common, missions).of(LineKind.DISCOUNT) == 0


def test_price_in_force_on_the_reception_date() -> None:
    old = mission_lines(mission("A", lot_received_on=dt.date(2025, 12, 31)), TERMS, PRICES)
    new = mission_lines(mission("A", lot_received_on=dt.date(2026, 1, 1)), TERMS, PRICES)
    assert (old[0].amount, new[0].amount) == (Decimal("150.00"), Decimal("153.51"))
    assert new[0].rule_date == dt.date(2026, 1, 1)
    with pytest.raises(NoPrice, match="GLO"):
        mission_lines(mission("A", family="GLO"), TERMS, PRICES)


def test_each_unproductive_visit_is_rounded_and_capped() -> None:
    facts = mission("A", lot_received_on=dt.date(2026, 1, 1), reported=False, unproductive_visits=3)
    terms = ClientTerms("C", InvoicingMode.PER_LOT, Decimal(30), 2, Decimal(0), Decimal(100), 30)
    (line,) = mission_lines(facts, terms, PRICES)
    assert (line.quantity, line.unit, line.amount) == (2, Decimal("46.05"), Decimal("92.10"))


def test_monthly_clients_pay_unproductive_visits_with_their_mission() -> None:
    monthly = ClientTerms("C", InvoicingMode.MONTHLY, Decimal(50), 1, Decimal(0), Decimal(100), 30)
    assert mission_lines(mission("A", reported=False, unproductive_visits=1), monthly, PRICES) == []
    lines = mission_lines(mission("A", unproductive_visits=1), monthly, PRICES)
    assert [line.amount for line in lines] == [Decimal("150.00"), Decimal("75.00")]


@pytest.mark.parametrize(
    ("issued", "days", "due"),
    [
        (dt.date(2025, 1, 15), 30, dt.date(2025, 2, 28)),
        (dt.date(2025, 1, 31), 30, dt.date(2025, 3, 31)),
        (dt.date(2025, 12, 17), 45, dt.date(2026, 1, 31)),
        (dt.date(2024, 1, 30), 30, dt.date(2024, 2, 29)),
    ],
)
def test_due_date_is_days_then_end_of_month(issued: dt.date, days: int, due: dt.date) -> None:
    assert due_on(issued, days) == due


def test_numbers() -> None:
    assert format_number(2026, 7) == "FA-2026-0007"
    assert parse_number("FA-2026-0007") == InvoiceNumber(2026, 7)
    assert parse_number("AV-2026-0007") is None
    assert next_number(2026, None) == (2026, 1)
    assert next_number(2026, InvoiceNumber(2025, 31)) == (2026, 1)
    assert next_number(2026, InvoiceNumber(2026, 31)) == (2026, 32)
    assert [str(n) for n in find_gaps(["FA-2025-0001", "FA-2025-0004", "FA-2026-0002"])] == [
        "FA-2025-0002",
        "FA-2025-0003",
        "FA-2026-0001",
    ]
    assert find_duplicates(["FA-2025-0001", "FA-2025-0001", "FA-2025-0002"]) == ["FA-2025-0001"]


def test_lot_is_ready_once_nothing_is_open() -> None:
    reported, ended, still = MissionState.REPORTED, MissionState.ENDED, MissionState.OPEN
    assert lot_is_ready(LotState("L", [reported, ended]))
    assert not lot_is_ready(LotState("L", [reported, still]))
    assert not lot_is_ready(LotState("L", []))


def test_lot_invoice_bills_unproductive_visits_of_unreported_missions_too() -> None:
    missions = [
        mission("A"),
        mission("B", reported=False, unproductive_visits=1),
        mission("C", reported=False),
    ]
    plan = plan_lot_invoice(dt.date(2025, 5, 6), missions)
    assert plan is not None
    assert [m.reference for m in plan.missions] == ["A", "B"]
    assert plan.fee_lots == ("L",)


def test_month_end_of_a_per_lot_client_takes_late_reinspections_without_fee() -> None:
    missions = [mission("A"), mission("R", reinspection=True), mission("R2", reinspection=True, lot="M")]
    plan = plan_month_end(dt.date(2025, 2, 3), TERMS, missions, {"L"})
    assert plan is not None
    assert ([m.reference for m in plan.missions], plan.fee_lots) == (["R"], ())
    assert plan.on == dt.date(2025, 2, 28)


def test_month_end_of_a_monthly_client_takes_everything_reported_and_new_lots_fees() -> None:
    terms = ClientTerms("C", InvoicingMode.MONTHLY, Decimal(50), 1, Decimal(90), Decimal(80), 30)
    missions = [mission("A"), mission("B", reported=False, unproductive_visits=1), mission("C", lot="M")]
    plan = plan_month_end(dt.date(2025, 2, 3), terms, missions, {"L"})
    assert plan is not None
    assert ([m.reference for m in plan.missions], plan.fee_lots) == (["A", "C"], ("M",))
    assert plan_month_end(dt.date(2025, 2, 3), terms, [], set()) is None


@given(
    sites=st.integers(0, 130), contacts=st.integers(0, 40), again=st.integers(0, 20), doors=st.integers(0, 5)
)
def test_totals_are_the_sum_of_their_lines(sites: int, contacts: int, again: int, doors: int) -> None:
    with (
        (DATA / "volume_discounts.csv").open(encoding="utf-8") as discounts,
        (DATA / "vat_rates.csv").open(encoding="utf-8") as vat,
    ):
        common = InvoicingRules.read(discounts, vat)
    missions = [mission(f"S{i}", unproductive_visits=doors) for i in range(sites)]
    missions += [mission(f"C{i}", Channel.CONTACT) for i in range(contacts)]
    missions += [mission(f"R{i}", reinspection=True) for i in range(again)]
    result = invoice(common, missions, ("L", "M"))
    assert result.total_ht == sum(line.amount for line in result.lines)
    assert result.total_ttc == result.total_ht + result.vat
    assert abs(result.vat - result.total_ht / 5) <= Decimal("0.005")
    assert result.discounted_lines == sites + again
