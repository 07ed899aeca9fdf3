"""Settings shared by every environment. Secrets and addresses come from the environment."""

import os
from pathlib import Path
from typing import Any

import dj_database_url

from spekty.settings.integrations import *  # noqa: F403

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = Path(os.environ.get("SPEKTY_VAR", BASE_DIR / "var"))

SECRET_KEY = os.environ.get("SECRET_KEY", "")
DEBUG = False
# What letters written without a request (reminders) put before their links; empty: no link in them.
PUBLIC_URL = os.environ.get("PUBLIC_URL", "")
ALLOWED_HOSTS = [h for h in os.environ.get("ALLOWED_HOSTS", "").split(",") if h]

INSTALLED_APPS = [
    "spekty",
    "spekty.accounts",
    "spekty.core",
    "lots",
    "missions",
    "planning",
    "field",
    "quality",
    "payroll",
    "billing",
    "integrations",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "django_cotton.apps.SimpleAppConfig",
    "django_filters",
    "django_htmx",
    "guardian",
    "pghistory",
    "pgtrigger",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "spekty.core.middleware.HistoryMiddleware",
    "spekty.core.middleware.BellMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "spekty.urls"
WSGI_APPLICATION = "spekty.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "spekty.core.cotton.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "spekty.core.templatetags.spekty",
                "spekty.core.templatetags.bars",
                "spekty.core.templatetags.lists",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "spekty.core.shell.shell",
            ],
        },
    }
]

FORM_RENDERER = "spekty.core.renderer.HouseRenderer"
# A component sees its attributes and the context processors, never the page's variables by accident.
COTTON_ISOLATE_BY_DEFAULT = True

# Entry of the rail -> function of the user giving a spekty.core.shell.Badge or None; then the tools' state.
SHELL_BADGES: dict[str, str] = {
    "planning:day": "planning.selectors.waiting.waiting_badge",
    "missions:list": "missions.selectors.anomalies.mission_badge",
    "missions:anomalies": "missions.selectors.anomalies.anomaly_badge",
    "quality:queue": "quality.selectors.review.queue_badge",
}
# Entry of the rail -> function of the user saying whether it is drawn at all.
SHELL_OPTIONAL: dict[str, str] = {"cutover:crosscheck": "integrations.cutover.selectors.is_tested"}
SHELL_SYNC = "spekty.core.selectors.shell_sync"
# Seconds for which a person's counters are kept; anything they change drops them (BellMiddleware).
SHELL_MEMORY = 15
# Seconds for which lists keep what rarely changes: the law's rows, the choices of their filters.
LIST_MEMORY = 60
# What they keep of the tables that an administrator edits: dropped by an edit.
LIST_KEPT = ("core:parameters", "lots:law", "billing:stakes")

# What is late or abnormal (domain.md): each a function of missions.selectors.anomalies.Moment -> [Anomaly].
ANOMALY_SOURCES = [
    "missions.selectors.anomalies.late_missions",
    "missions.selectors.anomalies.missing_reports",
    "missions.selectors.lot_anomalies.late_lots",
    "missions.selectors.lot_anomalies.faulty_installers",
    "missions.selectors.lot_anomalies.ending_authorisations",
    "missions.selectors.lot_anomalies.stray_readings",
    "billing.selectors.anomalies.invoicing",
]

# What an administrator edits: code, title, model, columns shown, those edited, source, may rows be added.
REFERENCE_TABLES = [
    (
        "delais", "Délais et seuils", "core.Parameter",
        ["label", "value", "unit", "reference"], ["value", "reference"],
        "Choix de la maison ; chaque changement garde l’ancienne valeur.", False,
    ),
    (
        "taux", "Taux de contrôle", "lots.InspectionRate",
        ["fiche_code", "engaged_from", "engaged_to", "site_pct", "contact_pct", "reference"],
        ["engaged_to", "site_pct", "contact_pct", "reference"],
        "Arrêtés en vigueur, par fiche et date d’engagement ; vide : aucune obligation.", True,
    ),
    (
        "plafonds", "Plafonds de NS", "lots.NsCeiling",
        ["from_year", "pct", "reference"], ["pct", "reference"],
        "Plafond de non satisfaisants par année de dépôt.", True,
    ),
    (
        "prix", "Prix des clients", "billing.Price",
        ["client", "item", "valid_from", "amount", "reference"], ["amount", "reference"],
        "Contrats ; le prix est celui du jour de réception du lot.", True,
    ),
    (
        "tva", "TVA et remises", "billing.BillingRate",
        ["code", "valid_from", "threshold", "pct", "reference"], ["pct", "reference"],
        "Taux et remises datés.", True,
    ),
    (
        "bareme", "Barème de paie", "payroll.PayScale",
        ["contract", "item", "valid_from", "amount", "reference"], ["amount", "reference"],
        "Barème daté ; un mois clos ne change pas, il fait l’objet d’un rappel.", True,
    ),
]  # fmt: skip

DATABASES = {
    "default": {
        **dj_database_url.config(env="DATABASE_URL", default="postgres:///spekty"),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
}

# Services own their transaction (docs/adr/0002): a request is not one.
ATOMIC_REQUESTS = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "spekty.accounts.backends.HouseBackend",
    "guardian.backends.ObjectPermissionBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "spekty.accounts.adapter.ClosedSignupAdapter"
ACCOUNT_SESSION_REMEMBER = True
LOGIN_REDIRECT_URL = "core:home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
LOGIN_URL = "account_login"
GUARDIAN_RAISE_403 = True
GUARDIAN_MONKEY_PATCH_USER = False
ANONYMOUS_USER_NAME = None

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "staticfiles"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# reference: frontend, section 6: no nonce needed, nothing inline but style attributes that libraries set.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'self'"],
        "form-action": ["'self'"],
    }
}
X_FRAME_OPTIONS = "SAMEORIGIN"

# Embedded servers (spekty.stack) that this process may start; none but on a developer's machine.
EMBEDDED_SERVICES: tuple[str, ...] = ()
STACK_THROWAWAY = False
# Seconds that a server stays when nobody uses it any more: a row of commands shares it.
STACK_LINGER = 30.0
TEST_SCHEMA_CACHE: Path | None = None
MAILBOX_DIR: Path | None = None

REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
# A frozen Redis must not hang a page: one second, then the outbox sweep takes over.
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 1, "socket_connect_timeout": 1}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
}

# Who answers planning/ports.py; the other adapters are in integrations/routing.
ROUTE_PLANNER = os.environ.get("ROUTE_PLANNER", "integrations.routing.embedded.EmbeddedVroom")
ROUTING_URL = os.environ.get("ROUTING_URL", "")
ROUTING_KEY = os.environ.get("ROUTING_KEY", "")
TOUR_REFINER = os.environ.get("TOUR_REFINER", "integrations.routing.refiner.PyvrpRefiner")
TRAVEL_TIMES = os.environ.get("TRAVEL_TIMES", "integrations.routing.travel.Estimate")
TRAVEL_URL = os.environ.get("TRAVEL_URL", "")
TRAVEL_KEY = os.environ.get("TRAVEL_KEY", "")

# Events of history can't be changed or deleted, by anyone (ADR 0003).
PGHISTORY_APPEND_ONLY = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}

# Whom the reports speak for (NF EN ISO/IEC 17020); the accreditation's number and scope are the body's own.
INSPECTION_BODY = {
    "name": os.environ.get("BODY_NAME", "Spekty"),
    "address": os.environ.get("BODY_ADDRESS", "12 quai des Contrôles, 33000 Bordeaux"),
    "siren": os.environ.get("BODY_SIREN", "852963701"),
    "accreditation": os.environ.get(
        "BODY_ACCREDITATION", "Accréditation Cofrac Inspection n° 3-0000, portée disponible sur www.cofrac.fr"
    ),
}
