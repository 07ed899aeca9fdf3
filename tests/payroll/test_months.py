"""Pay on the real models, to the cent (pay-and-billing.md)."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from missions.enums import MissionStatus
from payroll import rules
from payroll.enums import PayItem, PayLineKind, PeriodStatus
from payroll.models import LegacyPayment, PayLine, PayPeriod, PayScale
from payroll.rules import month_of
from payroll.selectors.due import anomalies
from payroll.services import (
    EarlierMonthOpen,
    MonthNotBegun,
    PeriodClosed,
    close_period,
    compute_month,
    ensure_period,
)
from spekty.accounts.enums import Contract, Vehicle
from spekty.core.engine import NotAllowed
from spekty.core.enums import Channel, Family
from tests import factories
from tests.payroll.scenes import PAYER, at, door, drove, total, visit

pytestmark = pytest.mark.django_db

MARCH = dt.date(2025, 3, 1)
APRIL = dt.date(2025, 4, 1)
LATER = dt.date(2025, 12, 31)


def pac_lot():
    return factories.lot(fiche=factories.fiche("BAR-TH-171", Family.PAC, 60))


def close(month):
    return close_period(month=month, by=PAYER, today=LATER)


def test_one_vocabulary_with_the_rules():
    families = {"ISO", "PAC", "GLO", "TER"}
    assert set(PayItem.values) == families | {item.value for item in rules.PayItem}
    assert set(PayLineKind.values) == {component.value for component in rules.PayComponent}
    assert set(Contract.values) == {contract.value for contract in rules.Contract}
    assert set(Vehicle.values) == {"", *(vehicle.value for vehicle in rules.Vehicle)}
    assert set(PayScale.objects.values_list("item", flat=True)) <= set(PayItem.values)


def test_example_employee_with_own_car():
    agent, day = factories.agent(), dt.date(2025, 3, 12)
    visit(agent, at(day, 8), address="1 rue Haute")
    visit(agent, at(day, 9, 30), address="12, rue de l’Église")
    visit(agent, at(day, 10, 30), address="12 RUE DE L'EGLISE")
    door(agent, at(day, 14))
    drove(agent, day, "96")
    compute_month(month=MARCH, by=PAYER)
    assert sorted(line.amount for line in PayLine.objects.all()) == [
        Decimal(x) for x in ("6.00", "8.40", "10.10", "14.00", "14.00", "43.20")
    ]
    assert total(agent) == Decimal("95.70")
    assert all(line.label and line.rule and line.rule_from for line in PayLine.objects.all())


def test_example_freelance():
    agent, day = factories.agent(contract=Contract.FREELANCE), dt.date(2026, 2, 5)
    lot = pac_lot()
    for hour in (9, 11):
        visit(agent, at(day, hour), lot=lot, family=Family.PAC, address="4 impasse du Lavoir")
    door(agent, at(day, 15))
    drove(agent, day, "190")
    compute_month(month=dt.date(2026, 2, 1), by=PAYER)
    assert total(agent) == Decimal("157.50")


def test_the_month_is_that_of_the_visit_in_paris():
    agent = factories.agent()
    visit(agent, dt.datetime(2025, 3, 31, 22, 30, tzinfo=dt.UTC))  # 1 April, half past midnight in Paris
    compute_month(month=MARCH, by=PAYER)
    compute_month(month=APRIL, by=PAYER)
    assert PayLine.objects.get().period.month == APRIL


def test_missions_not_held_pay_nothing_and_contacts_their_rate():
    agent, day = factories.agent(), dt.date(2025, 3, 12)
    for status in (MissionStatus.TO_CONTACT, MissionStatus.CONFIRMED, MissionStatus.REFUSED):
        factories.mission(agent=agent, status=status)
    visit(agent, at(day, 9), channel=Channel.CONTACT)
    compute_month(month=MARCH, by=PAYER)
    assert total(agent) == Decimal("3.50")


def test_recomputing_changes_no_row_and_follows_the_facts():
    agent, day = factories.agent(), dt.date(2025, 3, 12)
    first = visit(agent, at(day, 9))
    drove(agent, day, "40")
    compute_month(month=MARCH, by=PAYER)
    rows = list(PayLine.objects.order_by("pk").values())
    compute_month(month=MARCH, by=PAYER)
    assert list(PayLine.objects.order_by("pk").values()) == rows
    other = factories.agent()
    first.agent = other
    first.save()
    compute_month(month=MARCH, by=PAYER)
    assert (total(agent), total(other)) == (0, Decimal("14.00"))


def test_kilometres_without_visit_are_an_anomaly():
    agent, day = factories.agent(), dt.date(2025, 3, 12)
    drove(agent, day, "300")
    compute_month(month=MARCH, by=PAYER)
    assert total(agent) == 0
    ((who, text),) = anomalies(MARCH)
    assert who == agent and "300" in text


def test_a_late_visit_goes_to_the_open_period_as_a_back_payment():
    agent, day = factories.agent(), dt.date(2025, 3, 12)
    visit(agent, at(day, 11), address="9 rue Basse")
    compute_month(month=MARCH, by=PAYER)
    close(MARCH)
    late = visit(agent, at(day, 9), address="9 rue Basse")
    visit(agent, at(dt.date(2025, 4, 2), 9))
    compute_month(month=APRIL, by=PAYER)
    back = PayLine.objects.filter(is_back_pay=True)
    assert {(line.mission_id == late.pk, line.amount) for line in back} == {
        (True, Decimal("14.00")),
        (False, Decimal("-5.60")),  # the first visit paid is now the second at that address
    }
    assert all(line.belongs_to == MARCH and line.label.startswith("Rappel sur mars 2025") for line in back)
    assert total(agent, period__month=MARCH) == 14
    close(APRIL)
    compute_month(month=dt.date(2025, 5, 1), by=PAYER)
    assert total(agent) == Decimal("14.00") + Decimal("8.40") + Decimal("14.00")


def test_only_the_earliest_open_period_takes_back_payments():
    agent = factories.agent()
    ensure_period(month=MARCH, by=PAYER)
    close(MARCH)
    visit(agent, at(dt.date(2025, 3, 5), 9))
    ensure_period(month=APRIL, by=PAYER)
    compute_month(month=dt.date(2025, 5, 1), by=PAYER)
    assert total(agent) == 0
    compute_month(month=APRIL, by=PAYER)
    assert total(agent) == 14


def test_what_the_workbook_paid_stays_and_what_it_never_paid_is_owed():
    agent, day = factories.agent(), dt.date(2025, 3, 12)
    period = PayPeriod.objects.create(month=MARCH, status=PeriodStatus.CLOSED)
    paid = visit(agent, at(day, 9), is_legacy=True)
    LegacyPayment.objects.create(mission=paid, month=MARCH)
    PayLine.objects.create(
        period=period, agent=agent, kind=PayLineKind.SITE, belongs_to=MARCH, unit_amount=99, amount=99,
        rule="Classeur", label="Classeur", is_legacy=True,
    )  # fmt: skip
    compute_month(month=APRIL, by=PAYER)
    assert total(agent, is_legacy=False) == 0
    visit(agent, at(day, 15))
    for _ in range(2):
        compute_month(month=APRIL, by=PAYER)
        assert total(agent, is_legacy=False) == 14
    close(APRIL)
    compute_month(month=dt.date(2025, 5, 1), by=PAYER)
    assert total(agent, is_legacy=False) == 14


def test_months_close_in_order_and_once():
    agent = factories.agent()
    ensure_period(month=dt.date(2025, 2, 1), by=PAYER)
    close(dt.date(2025, 2, 1))
    visit(agent, at(dt.date(2025, 3, 5), 9))
    with pytest.raises(EarlierMonthOpen, match="mars 2025"):
        close(APRIL)
    close(MARCH)
    with pytest.raises(PeriodClosed):
        close(MARCH)
    with pytest.raises(PeriodClosed):
        compute_month(month=MARCH, by=PAYER)
    with pytest.raises(MonthNotBegun):
        close_period(month=dt.date(2025, 5, 1), by=PAYER, today=dt.date(2025, 4, 30))
    for role in ("siege", "planificateur", "intervenant", "qualite"):
        with pytest.raises(NotAllowed):
            compute_month(month=APRIL, by=factories.actor(role))


STRAY_WRITES = [
    "UPDATE payroll_payline SET amount = amount + 1",
    "UPDATE payroll_payline SET period_id = (SELECT id FROM payroll_payperiod WHERE status = 'open')",
    "DELETE FROM payroll_payline",
    "INSERT INTO payroll_payline (period_id, agent_id, kind, reference, belongs_to, is_back_pay, is_legacy, "
    "quantity, unit_amount, factor, amount, rule, label, created_at) SELECT period_id, agent_id, 'KM', 'x', "
    "belongs_to, false, false, 1, 1, 1, 1, '', '', now() FROM payroll_payline",
]


@pytest.mark.parametrize("sql", STRAY_WRITES)
def test_the_database_keeps_a_closed_period_as_it_is(sql):
    visit(factories.agent(), at(dt.date(2025, 3, 5), 9))
    close(MARCH)
    ensure_period(month=APRIL, by=PAYER)
    with pytest.raises(DatabaseError, match="closed pay period"), transaction.atomic():
        connection.cursor().execute(sql)
    assert month_of(MARCH) == MARCH
