"""Nightly comparison of the index with the database."""

import logging

from celery import shared_task
from django.conf import settings

from integrations.search.sync import KINDS, reconcile
from spekty.core.dispatch import ring_all

log = logging.getLogger(__name__)


@shared_task(name="search.reconcile", ignore_result=True)
def reconcile_all(**_unknown: object) -> None:
    """Find what the index misses or has wrong; the outbox repairs it."""
    if not settings.MEILI_URL:
        return
    for kind in KINDS:
        drift = reconcile(kind)
        if drift.total:
            log.warning("search index of %s differed: %s", kind, drift)
    ring_all()
