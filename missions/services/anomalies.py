"""Taking up an anomaly, or setting it aside with a reason until a day."""

import datetime as dt

from django.db import transaction

from missions.models import Snooze
from missions.rules.anomalies import RULES
from missions.rules.anomalies.catalogue import Key
from spekty.accounts.models import User
from spekty.core.actors import Actor
from spekty.core.engine import TransitionRefused
from spekty.core.history import acting

LONGEST = dt.timedelta(days=180)


@transaction.atomic
def take_up(*, key: Key, owner: User | None, by: Actor) -> Snooze:
    """Give an anomaly to `owner`, or to nobody."""
    row = _row(key)
    with acting(by):
        row.owner = owner
        row.save()
    return row


@transaction.atomic
def snooze(*, key: Key, until: dt.date, reason: str, today: dt.date, by: Actor) -> Snooze:
    """Set an anomaly aside until a day (excluded), at most six months away; `reason` is compulsory."""
    if not reason.strip():
        raise TransitionRefused("Dites pourquoi cette anomalie peut attendre.")
    if not today < until <= today + LONGEST:
        raise TransitionRefused("Choisissez un jour à venir, dans les six mois.")
    row = _row(key)
    with acting(by):
        row.until, row.reason = until, reason.strip()
        row.save()
    return row


@transaction.atomic
def wake(*, key: Key, by: Actor) -> None:
    """Bring back an anomaly that was set aside."""
    row = _row(key)
    with acting(by):
        row.until, row.reason = None, ""
        row.save()


def _row(key: Key) -> Snooze:
    rule, aggregate, aggregate_id = key
    if rule not in RULES:
        raise TransitionRefused("Cette règle n’existe pas.")
    known = Snooze.objects.select_for_update().filter(
        rule=rule, aggregate=aggregate, aggregate_id=aggregate_id
    )
    return known.first() or Snooze(rule=rule, aggregate=aggregate, aggregate_id=aggregate_id)
