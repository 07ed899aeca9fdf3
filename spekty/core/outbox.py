"""The transactional outbox: the row is the promise, Celery is only the doorbell (ADR 0004)."""

import datetime as dt
import logging
import random
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.module_loading import import_string

from spekty.core import circuits
from spekty.core.actors import Actor
from spekty.core.models import OutboxMessage, StateChange

log = logging.getLogger(__name__)

BATCH = 20
MAX_ATTEMPTS = 12
MAX_BACKOFF_SECONDS = 15 * 60

Handler = Callable[[OutboxMessage], None]


class Undeliverable(Exception):
    """The other side will never accept this message: straight to the dead letters."""


class RetryLater(Exception):
    """The other side asks to wait `seconds` (Retry-After)."""

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(message)
        self.seconds = seconds


@dataclass(frozen=True)
class Batched:
    """A handler that takes up to `size` messages of different objects in one call."""

    handle: Callable[[Sequence[OutboxMessage]], None]
    size: int


@dataclass
class Drained:
    """How one pass over a topic ended."""

    delivered: int = 0
    failed: int = 0
    dead: int = 0
    lost: int = 0

    @property
    def total(self) -> int:
        return self.delivered + self.failed + self.dead + self.lost


def batched(size: int) -> Callable[[Callable[[Sequence[OutboxMessage]], None]], Batched]:
    """Make a handler of lists out of a function; a refused list is cut in two until the culprit is alone."""
    return lambda function: Batched(function, size)


def emit(topic: str, row: models.Model, payload: dict[str, object] | None = None) -> OutboxMessage:
    """Promise, in the current transaction, to tell `topic`'s connector about `row`.

    The bell is rung once the transaction is committed; if it can't be, the sweep finds the row.
    """
    ring_on_commit(topic)
    about: dict[str, Any] = {"topic": topic, "aggregate": row._meta.label_lower, "aggregate_id": row.pk}
    standing = _standing(about) if topic in settings.OUTBOX_COALESCED and not payload else None
    return standing or OutboxMessage.objects.create(**about, payload=payload or {})


def _standing(about: dict[str, Any]) -> OutboxMessage | None:
    """Return an untried message about the same row, locked: no worker takes it before this commit.

    Only for topics whose handler reads the present row, and that database triggers promise as well.
    """
    untried = OutboxMessage.objects.waiting().filter(**about, attempts=0, lease_until__isnull=True)
    with transaction.atomic():
        return untried.select_for_update(skip_locked=True, no_key=True).first()


def ring_on_commit(topic: str) -> None:
    """Ring once when the transaction is committed, however many messages of `topic` it promised."""
    held = set(connection.savepoint_ids)
    for asked in connection.run_on_commit:
        # A bell asked in a savepoint that may still be rolled back doesn't count.
        if getattr(asked[1], "args", None) == (topic,) and asked[0] <= held:
            return
    transaction.on_commit(partial(ring, topic), robust=True)


def ring(topic: str) -> None:
    """Ask a worker to drain `topic` now, without waiting; a failure is not an error, the sweep follows."""
    import_string(settings.OUTBOX_BELL)(topic)


def handler_of(topic: str) -> Handler | Batched:
    """Return the handler that the settings tie to `topic`; a connector switched off takes and forgets."""
    connector = settings.CONNECTORS.get(circuits.connector_of(topic))
    if connector and not getattr(settings, connector["switch"]):
        return switched_off
    handler: Handler | Batched = import_string(settings.OUTBOX_HANDLERS[topic])
    return handler


def switched_off(message: OutboxMessage) -> None:
    """Take the message of a connector that is off: its reconciliation tells all when it is switched on."""


def drain(topic: str, *, handler: Handler | Batched | None = None, limit: int = 500) -> Drained:
    """Deliver what waits under `topic`, at least once each, in order per object.

    No transaction is open while the handler calls out. A message is marked delivered only by the
    holder of its lease. The pass stops when the connector's circuit opens.
    """
    handle = handler or handler_of(topic)
    connector = circuits.connector_of(topic)
    result = Drained()
    while result.total < limit:
        batch = _claim(topic, circuits.allowed(connector, _size(handle)))
        if not batch or not _work_through(batch, handle, connector, result):
            break
    return result


def _size(handle: Handler | Batched) -> int:
    return handle.size if isinstance(handle, Batched) else BATCH


def _work_through(
    batch: list[OutboxMessage], handle: Handler | Batched, connector: str, result: Drained
) -> bool:
    """Deliver the batch, whole or one by one; return whether to go on with the next."""
    together = [batch] if isinstance(handle, Batched) else [[message] for message in batch]
    for position, some in enumerate(together):
        held = _hold(some)
        result.lost += len(some) - len(held)
        if held and not _deliver(held, handle, connector, result):
            _release([message for rest in together[position + 1 :] for message in rest])
            return False
    return True


@transaction.atomic
def _claim(topic: str, count: int) -> list[OutboxMessage]:
    if not count:
        return []
    now = timezone.now()
    free = models.Q(lease_until__isnull=True) | models.Q(lease_until__lt=now)
    waiting = OutboxMessage.objects.waiting().filter(free, topic=topic, next_at__lte=now)
    # One lease per object: a later message of an object waits while an earlier one is out or due.
    earlier = OutboxMessage.objects.waiting().filter(
        topic=topic,
        aggregate=models.OuterRef("aggregate"),
        aggregate_id=models.OuterRef("aggregate_id"),
        id__lt=models.OuterRef("id"),
    )
    batch = list(
        waiting.filter(~models.Exists(earlier)).order_by("id").select_for_update(skip_locked=True)[:count]
    )
    token = uuid.uuid4()
    for message in batch:
        message.lease_token = token
        message.attempts += 1
    OutboxMessage.objects.filter(pk__in=[m.pk for m in batch]).update(
        lease_token=token, lease_until=now + _lease(), attempts=F("attempts") + 1
    )
    return batch


def _lease() -> dt.timedelta:
    return dt.timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)


def _hold(messages: list[OutboxMessage]) -> list[OutboxMessage]:
    """Renew the leases just before the call; keep those that did not expire and go to someone else."""
    mine = OutboxMessage.objects.waiting().filter(
        pk__in=[m.pk for m in messages], lease_token=messages[0].lease_token
    )
    if mine.update(lease_until=timezone.now() + _lease()) == len(messages):
        return messages
    kept = set(mine.values_list("pk", flat=True))
    return [message for message in messages if message.pk in kept]


def _release(messages: list[OutboxMessage]) -> None:
    """Give back what was claimed and not tried."""
    if messages:
        OutboxMessage.objects.filter(
            pk__in=[m.pk for m in messages], lease_token=messages[0].lease_token
        ).update(lease_until=None, lease_token=None, attempts=F("attempts") - 1)


def _deliver(
    messages: list[OutboxMessage], handle: Handler | Batched, connector: str, result: Drained
) -> bool:
    """Call out, write the outcome; return False when the connector had better be left alone."""
    try:
        if isinstance(handle, Batched):
            handle.handle(messages)
        else:
            handle(messages[0])
    except Undeliverable as refusal:
        if len(messages) > 1:
            half = len(messages) // 2
            return all(
                _deliver(part, handle, connector, result) for part in (messages[:half], messages[half:])
            )
        _settle(messages, result, "dead", dead_at=timezone.now(), error=str(refusal))
    except RetryLater as wait:
        _retry(messages, result, wait.seconds, str(wait))
        return False
    except Exception as failure:  # noqa: BLE001  (any connector fault is kept in the row and retried)
        error = f"{type(failure).__name__}: {failure}"
        log.warning("outbox %s %s failed: %s", messages[0].topic, messages[0].key, error)
        _retry(messages, result, backoff_seconds(messages[0].attempts), error)
        return not circuits.record_failure(connector, error)
    else:
        _settle(messages, result, "delivered", delivered_at=timezone.now(), error="")
    circuits.record_success(connector)
    return True


def backoff_seconds(attempt: int) -> float:
    """Return a jittered delay in seconds after try number `attempt`: half to all of min(2^n, 15 min)."""
    ceiling = min(2.0**attempt, MAX_BACKOFF_SECONDS)
    return random.uniform(ceiling / 2, ceiling)  # noqa: S311  (jitter, not a secret)


def _retry(messages: list[OutboxMessage], result: Drained, seconds: float, error: str) -> None:
    now = timezone.now()
    spent = [message for message in messages if message.attempts >= MAX_ATTEMPTS]
    again = [message for message in messages if message.attempts < MAX_ATTEMPTS]
    _settle(spent, result, "dead", dead_at=now, error=error)
    _settle(again, result, "failed", next_at=now + dt.timedelta(seconds=seconds), error=error)


def _settle(messages: list[OutboxMessage], result: Drained, outcome: str, **changes: object) -> None:
    """Write the outcome of those whose lease is still ours; the others went to someone else."""
    if not messages:
        return
    mine = OutboxMessage.objects.filter(pk__in=[m.pk for m in messages], lease_token=messages[0].lease_token)
    written = mine.update(lease_until=None, lease_token=None, **changes)
    setattr(result, outcome, getattr(result, outcome) + written)
    result.lost += len(messages) - written


def mark_started(message: OutboxMessage) -> None:
    """Write, before an effect that can't be taken back, that it begins; must run outside a transaction."""
    message.started_at = timezone.now()
    OutboxMessage.objects.filter(pk=message.pk).update(started_at=message.started_at)


def mark_not_started(message: OutboxMessage) -> None:
    """Write that the effect certainly did not happen, so that it may be tried again."""
    message.started_at = None
    OutboxMessage.objects.filter(pk=message.pk).update(started_at=None)


@transaction.atomic
def replay(message_id: int, *, by: Actor) -> None:
    """Put a dead letter back in the queue with its counter reset, and ring; who did it is journalled.

    Raises OutboxMessage.DoesNotExist when it is no dead letter (any more).
    """
    message = _lift(message_id, by, "replay", "waiting", attempts=0, started_at=None, next_at=timezone.now())
    ring_on_commit(message.topic)


@transaction.atomic
def dismiss(message_id: int, *, by: Actor) -> None:
    """File a dead letter that needs nothing more (someone checked); raises as `replay` does."""
    _lift(message_id, by, "dismiss", "delivered", delivered_at=timezone.now())


def _lift(message_id: int, by: Actor, verb: str, state: str, **changes: object) -> OutboxMessage:
    message = OutboxMessage.objects.select_for_update().get(pk=message_id, dead_at__isnull=False)
    OutboxMessage.objects.filter(pk=message.pk).update(dead_at=None, **changes)
    StateChange.objects.create(
        aggregate=OutboxMessage._meta.label_lower,
        aggregate_id=message.pk,
        transition=verb,
        from_state="dead",
        to_state=state,
        actor_id=by.user_id,
        actor_name=by.name,
        source=by.source,
        reason=message.error[:500],
    )
    return message
