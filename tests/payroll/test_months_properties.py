"""Properties of pay on the real models, whatever the month; and the closing, raced."""

import datetime as dt
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from missions.enums import HELD_STATUSES, NotVerifiableKind
from missions.models import Mission
from payroll.enums import PeriodStatus
from payroll.models import PayLine, PayPeriod
from payroll.selectors.due import due_lines
from payroll.services import PeriodClosed, close_period, compute_month, ensure_period
from spekty.accounts.enums import Contract
from spekty.core.enums import Channel, Conclusion
from tests import factories
from tests.payroll.scenes import PAYER, at, door, drove, total, visit
from tests.reference import load_pay

MARCH, APRIL = dt.date(2025, 3, 1), dt.date(2025, 4, 1)
SLOW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
visits = st.lists(
    st.tuples(st.integers(1, 5), st.integers(7, 18), st.sampled_from(Channel.values), st.integers(1, 3)),
    max_size=8,
)


def play(agent, wanted, doors, km):
    for day, hour, channel, place in wanted:
        visit(agent, at(MARCH.replace(day=day), hour), channel=channel, address=f"{place} rue Basse")
    for day in doors:
        door(agent, at(MARCH.replace(day=day), 12))
    for day, value in km.items():
        drove(agent, MARCH.replace(day=day), value)


def amounts(lines):
    return sorted((line.kind, line.day, line.reference, line.amount, line.label) for line in lines)


@pytest.mark.slow
class PayProperties(TestCase):
    @SLOW
    @given(
        contract=st.sampled_from(Contract.values),
        wanted=visits,
        late=visits,
        doors=st.sets(st.integers(1, 6), max_size=3),
        km=st.dictionaries(st.integers(1, 7), st.decimals(0, 400, places=1), max_size=4),
        data=st.data(),
    )
    def test_conclusions_repeats_and_late_visits(self, contract, wanted, late, doors, km, data):
        agent = factories.agent(contract=contract)
        play(agent, wanted, doors, km)
        compute_month(month=MARCH, by=PAYER)
        rows = list(PayLine.objects.order_by("pk").values())
        before = amounts(PayLine.objects.all())
        self.conclude_at_random(data)
        compute_month(month=MARCH, by=PAYER)
        assert amounts(PayLine.objects.all()) == before
        assert list(PayLine.objects.order_by("pk").values()) == rows
        close_period(month=MARCH, by=PAYER, today=dt.date(2025, 12, 31))
        play(agent, late, [], {})
        compute_month(month=APRIL, by=PAYER)
        assert total(agent) == sum((due.line.amount for due in due_lines_as_if_open()), Decimal(0))

    def conclude_at_random(self, data):
        """Change everything that a reviewer decides: conclusion, its reason, progress after the visit."""
        for mission in Mission.objects.filter(status__in=HELD_STATUSES):
            mission.conclusion = data.draw(st.sampled_from(["", *Conclusion.values]))
            kinds = NotVerifiableKind.values if mission.conclusion == Conclusion.NV else [""]
            mission.not_verifiable = data.draw(st.sampled_from(kinds))
            mission.reported_on = data.draw(st.sampled_from([None, dt.date(2025, 4, 2)]))
            mission.comment = "Relu"
            mission.save()


def due_lines_as_if_open():
    """Return what March pays when computed from everything known, as if it had never been closed."""
    return [due for due in due_lines(MARCH) if not due.is_back_pay]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_closed_period_takes_no_line_whatever_the_race():
    load_pay()
    agents = [factories.agent() for _ in range(4)]
    for agent in agents:
        for day in range(1, 6):
            visit(agent, at(MARCH.replace(day=day), 9))
    ensure_period(month=MARCH, by=PAYER)
    refused: defaultdict[int, int] = defaultdict(int)

    def run(thread: int) -> None:
        try:
            for turn in range(4):
                try:
                    if thread == 0 and turn == 1:
                        close_period(month=MARCH, by=PAYER, today=dt.date(2025, 4, 2))
                    else:
                        compute_month(month=MARCH, by=PAYER)
                except PeriodClosed:
                    refused[thread] += 1
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        for future in [pool.submit(run, thread) for thread in range(8)]:
            future.result()
    assert PayPeriod.objects.get().status == PeriodStatus.CLOSED
    assert PayLine.objects.count() == 20
    assert sum(refused.values())
