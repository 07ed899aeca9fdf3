"""A real deployment: all comes from the environment; a missing piece stops the start in one sentence."""

import os

from spekty.settings.base import *  # noqa: F403
from spekty.settings.base import ALLOWED_HOSTS

REQUIRED = (
    *("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL"),
    *("GED_URL", "GED_USER", "GED_PASSWORD", "EMAIL_HOST"),
)

_missing = [name for name in REQUIRED if not os.environ.get(name)]
if _missing:
    _names = ", ".join(_missing)
    raise SystemExit(
        f"Spekty ne peut pas démarrer : il manque {_names} dans l’environnement (docs/deploy.md)."
    )

DEBUG = False
CSRF_TRUSTED_ORIGINS = [f"https://{host.removeprefix('.')}" for host in ALLOWED_HOSTS if host != "*"]

# TLS ends at the reverse proxy, which sets this header and drops the client's own.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^sante/$"]
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
# Our own pages show PDFs in frames, hence SAMEORIGIN.
SILENCED_SYSTEM_CHECKS = ["security.W019"]
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS", "1") == "1"
EMAIL_TIMEOUT = 10
