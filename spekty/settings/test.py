"""The real services, on throwaway data: each pytest run has its own servers, each worker its own share.

Only pytest reserves addresses; elsewhere (mypy, `manage.py check`) they are placeholders. xdist's workers
and the commands that tests run inherit SPEKTY_TEST_RUN, hence the servers. Set it yourself to keep the
servers, and with --reuse-db the database, from one run to the next.
"""

import os
import sys
import time

from spekty.settings.base import *  # noqa: F403
from spekty.settings.base import BASE_DIR, STORAGES
from spekty.stack import configure
from spekty.stack.addresses import SERVICES, Address
from spekty.stack.client import stack_at

if "pytest" in sys.modules and "SPEKTY_TEST_RUN" not in os.environ:
    os.environ["SPEKTY_TEST_RUN"] = f"{os.getpid()}-{time.time_ns()}"
    os.environ["SPEKTY_TEST_OWNER"] = str(os.getpid())

TEST_RUN = os.environ.get("SPEKTY_TEST_RUN", "")
# Whether this very process made the servers of the run, and ends them.
TEST_RUN_OWNED = os.environ.get("SPEKTY_TEST_OWNER") == str(os.getpid())
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
WORKER_NUMBER = int(WORKER.removeprefix("gw"))
TEST_RUNS = BASE_DIR / "var" / "tests"
VAR_DIR = TEST_RUNS / (TEST_RUN or "none")
STACK_THROWAWAY = True
STACK_LINGER = 3.0 if "SPEKTY_TEST_OWNER" in os.environ else 900.0

_addresses = (
    stack_at(VAR_DIR, throwaway=True, linger=STACK_LINGER).addresses()
    if TEST_RUN
    else {name: Address(port=1, password="unset") for name in SERVICES}  # noqa: S106
)

SECRET_KEY = "only-for-tests"  # noqa: S105
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
# In continuous integration the migrations themselves run, once a run.
TEST_SCHEMA_CACHE = VAR_DIR if os.environ.get("CI") == "true" else TEST_RUNS
# A live server's threads give their connection back at once: the database can be dropped after them.
DATABASES = {"default": {**configure.database(_addresses["postgres"]), "CONN_MAX_AGE": 0}}
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

# Tests see what they wrote: counters are never kept.
SHELL_MEMORY = LIST_MEMORY = 0
