"""Kizeo read every few minutes; a webhook only wakes it sooner."""

from celery import shared_task
from django.conf import settings

from integrations.kizeo import sync


@shared_task(name="kizeo.pull", ignore_result=True)
def pull(**_unknown: object) -> None:
    """Keep what Kizeo has for us, then make readings of it."""
    if settings.KIZEO_URL:
        sync.pull()
        sync.process()


@shared_task(name="kizeo.process", ignore_result=True)
def process(**_unknown: object) -> None:
    """Make readings of what was kept earlier."""
    if settings.KIZEO_URL:
        sync.process()
