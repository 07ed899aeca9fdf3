"""The processes of the chaos test: the run's database, their own Redis, one topic that goes to the sink."""

import os

from spekty.settings.test import *  # noqa: F403
from spekty.settings.test import DATABASES

DATABASES = {"default": {**DATABASES["default"], "NAME": os.environ["CHAOS_DATABASE"]}}
CELERY_BROKER_URL = os.environ["CHAOS_REDIS"]
EMBEDDED_SERVICES = ("postgres",)
CELERY_IMPORTS = ("spekty.core.dispatch", "tests.chaos.work")
CELERY_BEAT_SCHEDULE = {"sweep": {"task": "outbox.sweep", "schedule": 1.0, "options": {"expires": 2}}}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
OUTBOX_HANDLERS = {"chaos.event": "tests.chaos.work.send"}
OUTBOX_LEASE_SECONDS = 8
CONNECTORS: dict[str, dict[str, object]] = {}
