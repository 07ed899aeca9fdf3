"""The worker and the beat of a live test: the run's servers, the database and the files of the test."""

import os

from spekty.settings.test import *  # noqa: F403
from spekty.settings.test import DATABASES

DATABASES = {"default": {**DATABASES["default"], "NAME": os.environ["LIVE_DATABASE"]}}
MEDIA_ROOT = os.environ["LIVE_MEDIA"]
MEILI_PREFIX = os.environ["LIVE_PREFIX"]
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
