"""The month of pay: opened, computed as often as needed, closed once.

The period's row is locked while its lines are written; a database trigger refuses any line of a closed one.
"""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from payroll.enums import PeriodStatus
from payroll.models import PayLine, PayPeriod
from payroll.rules import month_of
from payroll.selectors.due import UnpayableVisit, due_lines
from payroll.selectors.facts import has_facts
from payroll.services.documents import export_period
from payroll.workflow import PAY
from spekty.core import french
from spekty.core.actors import Actor
from spekty.core.engine import NotAllowed, TransitionRefused, advance, lock_row
from spekty.core.history import acting
from spekty.core.months import next_month


class PeriodClosed(TransitionRefused):
    """The month is closed: what is learnt later goes to the open period."""


class EarlierMonthOpen(TransitionRefused):
    """An earlier month must be closed first."""


class MonthNotBegun(TransitionRefused):
    """The month lies in the future."""


class RateMissing(TransitionRefused):
    """A visit has no rate in force."""


@transaction.atomic
def ensure_period(*, month: dt.date, by: Actor) -> PayPeriod:
    """Return the period of a month, opened if need be."""
    _check(by)
    with acting(by):
        return PayPeriod.objects.get_or_create(month=month_of(month))[0]


@transaction.atomic
def compute_month(*, month: dt.date, by: Actor) -> PayPeriod:
    """Make the open period hold exactly what visits, contacts and kilometres pay today.

    The same facts give the same rows. The earliest open period also takes the back-payments of closed
    months. Raises PeriodClosed, RateMissing, NotAllowed.
    """
    period = lock_row(PayPeriod, ensure_period(month=month, by=by).pk)
    if period.status == PeriodStatus.CLOSED:
        raise PeriodClosed(f"La paie de {french.month(period.month)} est close.")
    try:
        wanted = [due.row(period) for due in due_lines(period.month)]
    except UnpayableVisit as error:
        raise RateMissing(str(error)) from error
    with acting(by):
        _sync(period, wanted)
    return period


@transaction.atomic
def close_period(*, month: dt.date, by: Actor, today: dt.date) -> PayPeriod:
    """Compute a last time, close for good, and keep the file for the payroll office.

    Raises EarlierMonthOpen, MonthNotBegun, and what compute_month raises.
    """
    first = month_of(month)
    if first > today:
        raise MonthNotBegun(f"{french.month(first).capitalize()} n’a pas commencé.")
    if earlier := first_unclosed(before=first):
        raise EarlierMonthOpen(f"Clôturez d’abord {french.month(earlier)}.")
    period = compute_month(month=first, by=by)
    closed = advance(PayPeriod, period.pk, "close", by=by, changes={"closed_at": timezone.now()})
    export_period(closed, by)
    return closed


def first_unclosed(*, before: dt.date) -> dt.date | None:
    """Return the earliest month since the first period that is open, or was never opened and has visits."""
    known = dict(PayPeriod.objects.filter(month__lt=before).values_list("month", "status"))
    month = min(known, default=before)
    while month < before:
        status = known.get(month)
        if status == PeriodStatus.OPEN or (status is None and has_facts(month)):
            return month
        month = next_month(month)
    return None


Key = tuple[object, ...]
KEY = ("agent_id", "is_back_pay", "belongs_to", "kind", "day", "reference")
VALUES = (
    "mission_id",
    "unproductive_id",
    "quantity",
    "unit_amount",
    "factor",
    "amount",
    "rule",
    "rule_from",
    "label",
)


def _sync(period: PayPeriod, wanted: list[PayLine]) -> None:
    """Create, change and delete what differs, and nothing else."""
    present = {_pick(line, KEY): line for line in period.lines.all()}
    asked = {_pick(line, KEY): line for line in wanted}
    gone = [line.pk for key, line in present.items() if key not in asked]
    period.lines.filter(pk__in=gone).delete()
    for key, line in asked.items():
        known = present.get(key)
        if known is not None and _pick(known, VALUES) != _pick(line, VALUES):
            for name in VALUES:
                setattr(known, name, getattr(line, name))
            known.save()
    PayLine.objects.bulk_create(line for key, line in asked.items() if key not in present)


def _pick(line: PayLine, names: tuple[str, ...]) -> Key:
    return tuple(getattr(line, name) for name in names)


def _check(by: Actor) -> None:
    if not by.is_system and not by.roles & PAY:
        raise NotAllowed("La paie ne fait pas partie de vos droits.")
