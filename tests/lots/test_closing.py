"""Closing: the verdict of R12 on the lot's own missions, under its lock; reopening takes it back."""

import datetime as dt
from typing import Any

import pytest

from lots.enums import LotStatus, Verdict
from lots.models import InspectionRate, Lot, NsCeiling, Operation
from lots.rules.verdict import Outcome
from lots.services.closing import MissionsUnfinished, VerdictChanged, close_lot, reopen_lot
from missions.enums import MissionStatus
from missions.selectors.lots import closing_facts, outcomes, tally_of
from spekty.accounts.enums import Role
from spekty.core.engine import NotAllowed, TransitionRefused, WrongState
from spekty.core.enums import Channel, Conclusion
from spekty.core.models import StateChange
from tests import factories

pytestmark = pytest.mark.django_db
OFFICE = factories.actor(Role.HEAD_OFFICE)
TODAY = dt.date(2026, 5, 4)


@pytest.fixture(autouse=True)
def law(db: None) -> None:
    InspectionRate.objects.filter(fiche_code="BAR-EN-101").delete()
    InspectionRate.objects.create(
        fiche_code="BAR-EN-101",
        engaged_from=dt.date(2025, 1, 1),
        engaged_to=dt.date(2025, 12, 31),
        site_pct="15",
        contact_pct="30",
        reference="essai",
    )
    NsCeiling.objects.update_or_create(from_year=2026, defaults={"pct": "10"})


def drawn(site: dict[Conclusion, int], contact: int = 0, *, size: int = 20, **fields: Any) -> Lot:
    """Return a drawn lot with issued reports on site and satisfied contacts."""
    values = {"status": LotStatus.DRAWN, "size": size, "filing_on": dt.date(2026, 6, 1)}
    parent = factories.lot(**(values | fields))
    for conclusion, count in site.items():
        for _ in range(count):
            reported(parent, Channel.SITE, conclusion)
    for _ in range(contact):
        reported(parent, Channel.CONTACT, Conclusion.S)
    return parent


def reported(parent: Lot, channel: Channel, conclusion: Conclusion, **fields: Any) -> Any:
    return factories.mission(
        lot=parent, channel=channel, status=MissionStatus.REPORTED, conclusion=conclusion, **fields
    )


def closed(parent: Lot, **options: Any) -> Lot:
    return close_lot(lot_id=parent.pk, facts_of=closing_facts, on=TODAY, by=OFFICE, **options)


S, NS, NV = Conclusion.S, Conclusion.NS, Conclusion.NV


@pytest.mark.parametrize(
    ("site", "contact", "verdict"),
    [
        ({S: 3}, 6, Verdict.COMPLIANT),
        ({S: 4}, 5, Verdict.COMPLIANT),  # R6: 9 on site and by contact for ceil(45 % of 20)
        ({S: 3}, 5, Verdict.RATE_MISSED),
        ({S: 2}, 9, Verdict.RATE_MISSED),  # a contact never stands for a visit
        ({S: 9, NS: 1}, 6, Verdict.COMPLIANT),  # 10 % is under the ceiling of 10 %
        ({S: 8, NS: 1}, 6, Verdict.NS_ABOVE),
        ({S: 8, NS: 1, NV: 1}, 6, Verdict.COMPLIANT),  # R8: NV counts in the base
    ],
)
def test_verdict(site: dict[Conclusion, int], contact: int, verdict: Verdict) -> None:
    lot = closed(drawn(site, contact))
    assert (lot.status, lot.verdict, lot.closed_on) == (LotStatus.CLOSED, verdict, TODAY)
    change = StateChange.objects.get(aggregate="lots.lot", aggregate_id=lot.pk)
    assert "Taux sur site" in change.reason


def test_a_reinspection_never_counts(db: None) -> None:
    parent = drawn({S: 2, NS: 1}, 9)
    first = parent.missions.get(conclusion=NS)
    reported(parent, Channel.SITE, S, operation=first.operation, reinspection_of=first)
    facts = tally_of(parent).facts(parent)
    assert (facts.site_satisfied, facts.site_ns) == (2, 1)
    assert outcomes(parent)[first.operation_id] is Outcome.NS_PUT_RIGHT


def test_filing_year_gives_the_ceiling() -> None:
    parent = drawn({S: 8, NS: 2}, 6, filing_on=dt.date(2024, 6, 1))
    assert closed(parent).verdict == Verdict.COMPLIANT
    later = drawn({S: 8, NS: 2}, 6, filing_on=dt.date(2024, 6, 1))
    with pytest.raises(VerdictChanged):
        closed(later, filing_on=dt.date(2026, 6, 1), expected="CONFORME")
    assert closed(later, filing_on=dt.date(2026, 6, 1)).verdict == Verdict.NS_ABOVE


def test_unknown_rates_close_without_verdict() -> None:
    parent = drawn({S: 3}, 6)
    Operation.objects.update(engaged_on=dt.date(2019, 1, 1))
    assert closed(parent).verdict == ""


def test_unfinished_missions_hold_the_lot() -> None:
    parent = drawn({S: 3}, 6)
    factories.mission(lot=parent, status=MissionStatus.RECEIVED)
    with pytest.raises(MissionsUnfinished):
        closed(parent)


def test_reopening_needs_a_reason_and_takes_the_verdict_back() -> None:
    lot = closed(drawn({S: 3}, 6))
    with pytest.raises(TransitionRefused):
        reopen_lot(lot_id=lot.pk, reason=" ", by=OFFICE)
    again = reopen_lot(lot_id=lot.pk, reason="Erreur de saisie", by=OFFICE)
    assert (again.status, again.verdict, again.closed_on) == (LotStatus.DRAWN, "", None)
    with pytest.raises(WrongState):
        reopen_lot(lot_id=lot.pk, reason="Encore", by=OFFICE)


def test_only_head_office_closes() -> None:
    parent = drawn({S: 3}, 6)
    with pytest.raises(NotAllowed):
        close_lot(lot_id=parent.pk, facts_of=closing_facts, on=TODAY, by=factories.actor(Role.PLANNER))
