"""One machine, nothing to install: what the environment does not give is embedded (spekty.stack)."""

import os

from spekty.settings.base import *  # noqa: F403
from spekty.settings.base import DATABASES, STACK_LINGER, STACK_THROWAWAY, STORAGES, VAR_DIR
from spekty.stack import configure
from spekty.stack.client import stack_at

_addresses = stack_at(VAR_DIR, throwaway=STACK_THROWAWAY, linger=STACK_LINGER).addresses()
_embedded: list[str] = []

DEBUG = os.environ.get("DEBUG", "") == "1"
SECRET_KEY = os.environ.get("SECRET_KEY") or configure.secret_key(VAR_DIR)
ALLOWED_HOSTS = [host for host in os.environ.get("ALLOWED_HOSTS", "").split(",") if host] or [
    "127.0.0.1",
    "localhost",
    "[::1]",
]

if not os.environ.get("DATABASE_URL"):
    DATABASES = {"default": configure.database(_addresses["postgres"])}
    _embedded.append("postgres")
if not os.environ.get("REDIS_URL"):
    REDIS_URL = configure.redis_url(_addresses["redis"])
    CELERY_BROKER_URL = REDIS_URL
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
        }
    }
    _embedded.append("redis")
if not os.environ.get("MEILI_URL") and configure.has_meilisearch():
    MEILI_URL = configure.http_url(_addresses["meilisearch"])
    MEILI_KEY = _addresses["meilisearch"].password
    _embedded.append("meilisearch")
if not os.environ.get("GED_URL"):
    GED_URL = configure.http_url(_addresses["ged"])
    GED_USER = "spekty"
    GED_PASSWORD = _addresses["ged"].password
    _embedded.append("ged")
if not os.environ.get("EMAIL_HOST"):
    EMAIL_HOST = "127.0.0.1"
    EMAIL_PORT = _addresses["mail"].port
    # Where the catcher keeps messages; its reader is mounted only when this is set.
    MAILBOX_DIR = VAR_DIR / "mail"
    _embedded.append("mail")

# What this process may wake (spekty.stack.wake).
EMBEDDED_SERVICES = tuple(_embedded)

if DEBUG:
    WHITENOISE_USE_FINDERS = True
    WHITENOISE_AUTOREFRESH = True
    STORAGES = {
        **STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
