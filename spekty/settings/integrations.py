"""Outside systems: addresses, switches, and which handler serves which topic of the outbox.

A connector is on when the setting named by its `switch` is not empty; `needs` must then be filled
(integrations.apps refuses to start otherwise). Environments override single values after base.py.
"""

import os
from typing import Any, TypedDict

from celery.schedules import crontab


class Connector(TypedDict):
    """What the screens call a connector, what switches it on and what it then needs."""

    label: str
    switch: str
    needs: list[str]


CONNECTORS: dict[str, Connector] = {
    "search": {"label": "Recherche", "switch": "MEILI_URL", "needs": ["MEILI_PREFIX"]},
    "ged": {"label": "GED", "switch": "GED_URL", "needs": ["GED_USER", "GED_PASSWORD"]},
    "mail": {"label": "Courriel", "switch": "EMAIL_BACKEND", "needs": ["DEFAULT_FROM_EMAIL"]},
    "sms": {"label": "SMS", "switch": "SMS_BACKEND", "needs": ["SMS_SENDER"]},
    "field_app": {
        "label": "Application de terrain",
        "switch": "KIZEO_URL",
        "needs": ["KIZEO_TOKEN", "KIZEO_FORM_ID", "KIZEO_WEBHOOK_SECRET"],
    },
}

# Outbox topic -> dotted path of the handler (spekty.core.outbox); the only place that knows both sides.
OUTBOX_HANDLERS: dict[str, str] = {
    "search.mission": "integrations.search.sync.push_missions",
    "search.lot": "integrations.search.sync.push_lots",
    "search.client": "integrations.search.sync.push_clients",
    "ged.file": "integrations.ged.sync.store",
    "mail.send": "integrations.mailing.sync.send_mail",
    "sms.send": "integrations.mailing.sync.send_sms",
    "field_app.mission": "integrations.kizeo.sync.push_mission",
}
# Topics promised by database triggers too (integrations/migrations): one waiting message stands for several.
OUTBOX_COALESCED = frozenset({"search.mission", "search.lot", "search.client"})
OUTBOX_BELL = "spekty.core.dispatch.ring"
# Longer than any handler may take; a worker that dies gives its messages back after so long.
OUTBOX_LEASE_SECONDS = int(os.environ.get("OUTBOX_LEASE_SECONDS", "60"))
OUTBOX_KEEP_DAYS = 400

# Ports of spekty.core.ports -> the adapter behind each.
SEARCH_ENGINE = "integrations.search.engine.MeilisearchEngine"
DOCUMENT_STORE = "integrations.ged.sync.GedStore"

MEILI_URL = os.environ.get("MEILI_URL", "")
MEILI_KEY = os.environ.get("MEILI_KEY", "")
MEILI_PREFIX = os.environ.get("MEILI_PREFIX", "spekty_")

GED_URL = os.environ.get("GED_URL", "")
GED_USER = os.environ.get("GED_USER", "")
GED_PASSWORD = os.environ.get("GED_PASSWORD", "")

# "anymail.backends.brevo.EmailBackend" with BREVO_API_KEY, or plain SMTP (the local catcher by default).
EMAIL_BACKEND = os.environ.get("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
EMAIL_HOST = os.environ.get("EMAIL_HOST", "127.0.0.1")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "1025"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS", "") == "1"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "Spekty <inspection@spekty.example>")
BREVO_API_KEY = os.environ.get("BREVO_API_KEY", "")
ANYMAIL = {"BREVO_API_KEY": BREVO_API_KEY, "REQUESTS_TIMEOUT": 10}

# "catcher" writes messages to VAR_DIR/sms, "brevo" sends them; empty: no SMS.
SMS_BACKEND = os.environ.get("SMS_BACKEND", "catcher")
SMS_SENDER = os.environ.get("SMS_SENDER", "Spekty")
BREVO_URL = os.environ.get("BREVO_URL", "https://api.brevo.com/v3")

KIZEO_URL = os.environ.get("KIZEO_URL", "")
KIZEO_TOKEN = os.environ.get("KIZEO_TOKEN", "")
KIZEO_FORM_ID = os.environ.get("KIZEO_FORM_ID", "")
# Our name among the readers of Kizeo's « unread » records.
KIZEO_ACTION = os.environ.get("KIZEO_ACTION", "spekty-prod")
KIZEO_WEBHOOK_SECRET = os.environ.get("KIZEO_WEBHOOK_SECRET", "")

# Signs the dossiers of the cut-over; keep it as long as they must be verified. Empty: SECRET_KEY.
CUTOVER_SIGNING_KEY = os.environ.get("CUTOVER_SIGNING_KEY", "")

CELERY_IMPORTS = (
    "spekty.core.dispatch",
    "lots.tasks",
    "missions.tasks",
    "planning.tasks",
    "integrations.search.tasks",
    "integrations.ged.tasks",
    "integrations.kizeo.tasks",
    "integrations.cutover.tasks",
)
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "missions-badge": {"task": "missions.renew_badge", "schedule": 300.0, "options": {"expires": 290}},
    "outbox-sweep": {"task": "outbox.sweep", "schedule": 5.0, "options": {"expires": 5}},
    "outbox-prune": {"task": "outbox.prune", "schedule": crontab(hour=3, minute=5)},
    "search-reconcile": {"task": "search.reconcile", "schedule": crontab(hour=3, minute=15)},
    "ged-reconcile": {"task": "ged.reconcile", "schedule": crontab(hour=3, minute=30)},
    "kizeo-pull": {"task": "kizeo.pull", "schedule": 180.0, "options": {"expires": 170}},
    "planning-run": {"task": "planning.run", "schedule": 30.0, "options": {"expires": 25}},
    "planning-remind": {"task": "planning.remind", "schedule": crontab(hour="8-18", minute=20)},
    "kizeo-process": {"task": "kizeo.process", "schedule": 60.0, "options": {"expires": 55}},
}
