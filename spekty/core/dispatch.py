"""The doorbell: the only module that publishes Celery tasks. Losing a ring loses nothing (ADR 0004)."""

import datetime as dt
import logging
import time
from typing import Any

from celery import current_app, shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from spekty.core import outbox
from spekty.core.models import OutboxMessage

log = logging.getLogger(__name__)

PASS = 500
BROKER_FAULTS = (OperationalError, RedisError, OSError)


# After a failed ring, leave the broker alone for so long: a page waits one second at most, not one per ring.
DEAF_SECONDS = 5.0
_deaf_until = 0.0


def ring(topic: str) -> None:
    """Publish one drain of `topic`; a broker that is down or frozen costs at most a second, no error."""
    _publish(drain_topic, topic)


def ring_all() -> None:
    """Publish one sweep: for changes whose messages the database itself wrote."""
    _publish(sweep)


def nudge(task_name: str) -> None:
    """Publish a task that also runs by the clock: a broker that is down only makes it later."""
    _publish(current_app.signature(task_name))


def _publish(task: Any, *args: object) -> None:
    global _deaf_until
    if time.monotonic() < _deaf_until:
        return
    try:
        task.apply_async(args=args, retry=False, expires=60)
    except BROKER_FAULTS as fault:
        _deaf_until = time.monotonic() + DEAF_SECONDS
        log.warning("bell %s not heard: %s", args, fault)


@shared_task(name="outbox.drain", ignore_result=True)
def drain_topic(topic: str, **_unknown: object) -> None:
    """Deliver what waits under `topic`; a pass that ended on its limit asks for another."""
    if outbox.drain(topic, limit=PASS).total >= PASS:
        ring(topic)


@shared_task(name="outbox.sweep", ignore_result=True)
def sweep(**_unknown: object) -> None:
    """Ring for every topic that has something due: what a lost bell or a dead worker left behind."""
    due = OutboxMessage.objects.waiting().filter(next_at__lte=timezone.now())
    for topic in due.order_by().values_list("topic", flat=True).distinct():
        if topic in settings.OUTBOX_HANDLERS:
            ring(topic)


@shared_task(name="outbox.prune", ignore_result=True)
def prune(**_unknown: object) -> None:
    """Forget messages delivered long ago; mails and what was pushed to agents stay readable meanwhile."""
    before = timezone.now() - dt.timedelta(days=settings.OUTBOX_KEEP_DAYS)
    OutboxMessage.objects.filter(delivered_at__lt=before).delete()


def run_later(task_name: str, **kwargs: object) -> None:
    """Publish a named task with `kwargs` once the transaction is committed (long work with progress)."""

    def publish() -> None:
        current_app.send_task(task_name, kwargs=kwargs, retry=False)

    transaction.on_commit(publish)
