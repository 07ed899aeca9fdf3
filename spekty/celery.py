"""The Celery application: `celery -A spekty.celery worker`, `celery -A spekty.celery beat`."""

import os

from celery import Celery
from celery.signals import beat_init, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spekty.settings.dev")

app = Celery("spekty")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def wake(**_kwargs: object) -> None:
    """Start or join the embedded servers before consuming (nothing to do in production)."""
    from spekty.stack.wake import wake_services

    wake_services()
