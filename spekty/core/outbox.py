"""The transactional outbox: the row is the promise, Celery is only the doorbell (ADR 0004)."""

import datetime as dt
import logging
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.module_loading import import_string

from spekty.core.models import OutboxMessage

log = logging.getLogger(__name__)

BATCH = 20
LEASE = dt.timedelta(seconds=60)
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
class Drained:
    """How one pass over a topic ended."""

    delivered: int
    failed: int
    dead: int


def emit(topic: str, row: models.Model, payload: dict[str, object] | None = None) -> OutboxMessage:
    """Promise, in the current transaction, to tell `topic`'s connector about `row`.

    The bell is rung once the transaction is committed; if it can't be, the sweep finds the row.
    """
    message = OutboxMessage.objects.create(
        topic=topic, aggregate=row._meta.label_lower, aggregate_id=row.pk, payload=payload or {}
    )
    _ring_once(topic)
    return message


def _ring_once(topic: str) -> None:
    """Ring after the commit, once per topic and transaction however many rows it emits."""
    held = set(connection.savepoint_ids)
    for savepoints, call, _robust in connection.run_on_commit:
        # A bell asked in a savepoint that may still be rolled back doesn't count.
        if getattr(call, "args", None) == (topic,) and savepoints <= held:
            return
    transaction.on_commit(partial(ring, topic), robust=True)


def ring(topic: str) -> None:
    """Ask a worker to drain `topic` now, without waiting; a failure is not an error, the sweep follows."""
    import_string(settings.OUTBOX_BELL)(topic)


def drain(topic: str, *, handler: Handler | None = None, limit: int = 500) -> Drained:
    """Deliver what waits under `topic`, at least once each, in order per object.

    No transaction is open while the handler calls out. A message is marked delivered only by the
    holder of its lease.
    """
    handle = handler or handler_of(topic)
    delivered = failed = dead = 0
    for _round in range(-(-limit // BATCH)):
        batch = _claim(topic)
        if not batch:
            break
        for message in batch:
            outcome = _deliver(message, handle) if _hold(message) else "lost"
            delivered += outcome == "delivered"
            failed += outcome == "failed"
            dead += outcome == "dead"
    return Drained(delivered, failed, dead)


def handler_of(topic: str) -> Handler:
    """Return the handler that the settings tie to `topic`."""
    handler: Handler = import_string(settings.OUTBOX_HANDLERS[topic])
    return handler


@transaction.atomic
def _claim(topic: str) -> list[OutboxMessage]:
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
        waiting.filter(~models.Exists(earlier)).order_by("id").select_for_update(skip_locked=True)[:BATCH]
    )
    token = uuid.uuid4()
    for message in batch:
        message.lease_token = token
    OutboxMessage.objects.filter(pk__in=[m.pk for m in batch]).update(
        lease_token=token, lease_until=now + LEASE, attempts=F("attempts") + 1
    )
    return batch


def _hold(message: OutboxMessage) -> bool:
    """Renew the lease just before the call; False when it expired meanwhile and someone else has it."""
    mine = OutboxMessage.objects.waiting().filter(pk=message.pk, lease_token=message.lease_token)
    return bool(mine.update(lease_until=timezone.now() + LEASE))


def _deliver(message: OutboxMessage, handle: Handler) -> str:
    try:
        handle(message)
    except Undeliverable as refusal:
        return _settle(message, dead_at=timezone.now(), error=str(refusal)) or "dead"
    except RetryLater as wait:
        return _retry(message, wait.seconds, str(wait))
    except Exception as failure:  # noqa: BLE001  (any connector fault is kept in the row and retried)
        log.warning("outbox %s %s failed: %s", message.topic, message.key, failure)
        return _retry(message, backoff_seconds(message.attempts + 1), f"{type(failure).__name__}: {failure}")
    return _settle(message, delivered_at=timezone.now(), error="") or "delivered"


def backoff_seconds(attempt: int) -> float:
    """Return a jittered delay in seconds before try number `attempt` + 1: half to all of min(2^n, 15 min)."""
    ceiling = min(2.0**attempt, MAX_BACKOFF_SECONDS)
    return random.uniform(ceiling / 2, ceiling)  # noqa: S311  (jitter, not a secret)


def _retry(message: OutboxMessage, seconds: float, error: str) -> str:
    if message.attempts + 1 >= MAX_ATTEMPTS:
        return _settle(message, dead_at=timezone.now(), error=error) or "dead"
    next_at = timezone.now() + dt.timedelta(seconds=seconds)
    return _settle(message, next_at=next_at, error=error) or "failed"


def _settle(message: OutboxMessage, **changes: object) -> str:
    """Write the outcome if the lease is still ours; return 'lost' when it went to someone else."""
    mine = OutboxMessage.objects.filter(pk=message.pk, lease_token=message.lease_token)
    return "" if mine.update(lease_until=None, lease_token=None, **changes) else "lost"


def replay(message_id: int) -> None:
    """Put a dead letter back in the queue with its counter reset, and ring."""
    with transaction.atomic():
        message = OutboxMessage.objects.select_for_update().get(pk=message_id, dead_at__isnull=False)
        OutboxMessage.objects.filter(pk=message.pk).update(dead_at=None, attempts=0, next_at=timezone.now())
        _ring_once(message.topic)
