"""The real services, on throwaway data: each pytest run has its own servers, each worker its own share.

`SPEKTY_TEST_RUN` is set by spekty.stack.pytest_plugin; without it (mypy, `manage.py check`) the addresses
are placeholders and nothing is reserved or started.
"""

import os

from spekty.settings.base import *  # noqa: F403
from spekty.settings.base import BASE_DIR, STORAGES
from spekty.stack import configure
from spekty.stack.addresses import SERVICES, Address
from spekty.stack.client import stack_at

TEST_RUN = os.environ.get("SPEKTY_TEST_RUN", "")
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
WORKER_NUMBER = int(WORKER.removeprefix("gw"))
VAR_DIR = BASE_DIR / "var" / "tests" / (TEST_RUN or "none")
STACK_THROWAWAY = True

_addresses = (
    stack_at(VAR_DIR, throwaway=True).addresses()
    if TEST_RUN
    else {name: Address(port=1, password="unset") for name in SERVICES}  # noqa: S106
)

SECRET_KEY = "only-for-tests"  # noqa: S105
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
DATABASES = {"default": configure.database(_addresses["postgres"])}
# Two numbers for each worker: one for Celery, one for the cache.
REDIS_URL = configure.redis_url(_addresses["redis"], 2 * WORKER_NUMBER)
CELERY_BROKER_URL = REDIS_URL
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": configure.redis_url(_addresses["redis"], 2 * WORKER_NUMBER + 1),
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
}
MEILI_URL = configure.http_url(_addresses["meilisearch"]) if configure.has_meilisearch() else ""
MEILI_KEY = _addresses["meilisearch"].password
MEILI_PREFIX = f"{WORKER}_"
GED_URL = f"{configure.http_url(_addresses['ged'])}/{WORKER}"
GED_USER = "spekty"
GED_PASSWORD = _addresses["ged"].password
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
EMAIL_PORT = _addresses["mail"].port
MAILBOX_DIR = VAR_DIR / "mail"
EMBEDDED_SERVICES = SERVICES if MEILI_URL else tuple(name for name in SERVICES if name != "meilisearch")

MEDIA_ROOT = VAR_DIR / WORKER / "media"
STATIC_ROOT = VAR_DIR / WORKER / "staticfiles"
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
# Argon2 is made to be slow; the tests of accounts that need it set it back.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
