"""Nightly comparison of the document store with our table."""

import logging

from celery import shared_task
from django.conf import settings

from integrations.ged.sync import reconcile
from spekty.core.dispatch import ring_all

log = logging.getLogger(__name__)


@shared_task(name="ged.reconcile", ignore_result=True)
def reconcile_ged(**_unknown: object) -> None:
    """Find what the store misses or has altered; the outbox repairs it."""
    if not settings.GED_URL:
        return
    drift = reconcile()
    log.log(
        logging.WARNING if drift.missing or drift.altered else logging.INFO,
        "document store: %d missing, %d altered, %d foreign",
        *(len(drift.missing), len(drift.altered), len(drift.foreign)),
    )
    ring_all()
