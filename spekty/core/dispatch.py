"""The doorbell: the only module that publishes Celery tasks. Losing a ring loses nothing (ADR 0004)."""

import logging

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from spekty.core import outbox
from spekty.core.models import OutboxMessage

log = logging.getLogger(__name__)

BROKER_FAULTS = (OperationalError, RedisError, OSError)


def ring(topic: str) -> None:
    """Publish one drain of `topic`; a broker that is down or frozen costs at most a second, no error."""
    try:
        drain_topic.apply_async(args=(topic,), retry=False, expires=60)
    except BROKER_FAULTS as fault:
        log.warning("bell of %s not heard: %s", topic, fault)


@shared_task(name="outbox.drain", ignore_result=True)
def drain_topic(topic: str, **_unknown: object) -> None:
    """Deliver what waits under `topic`."""
    outbox.drain(topic)


@shared_task(name="outbox.sweep", ignore_result=True)
def sweep(**_unknown: object) -> None:
    """Ring for every topic that has something due: what a lost bell or a dead worker left behind."""
    due = OutboxMessage.objects.waiting().filter(next_at__lte=timezone.now())
    for topic in due.values_list("topic", flat=True).distinct():
        if topic in settings.OUTBOX_HANDLERS:
            ring(topic)


def run_later(task_name: str, **kwargs: object) -> None:
    """Publish a named task with `kwargs` once the transaction is committed (long work with progress)."""
    from celery import current_app

    def publish() -> None:
        current_app.send_task(task_name, kwargs=kwargs, retry=False)

    transaction.on_commit(publish)
