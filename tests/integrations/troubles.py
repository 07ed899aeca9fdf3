"""Connectors in trouble: letters given up, a record refused, a circuit open."""

import datetime as dt

from django.utils import timezone

from lots.models import Client
from spekty.core.models import Circuit, InboxMessage, OutboxMessage


def trouble(client: Client) -> None:
    """Leave messages of each fate, about a client."""
    about = {"topic": "ged.file", "aggregate": "lots.client", "aggregate_id": client.pk}
    OutboxMessage.objects.create(
        **about, dead_at=timezone.now(), error="Dépôt en GED : refusé (réponse 403)."
    )
    OutboxMessage.objects.create(**about, dead_at=timezone.now(), error="ConnectError: " + "x" * 120)
    OutboxMessage.objects.create(**about, delivered_at=timezone.now())
    InboxMessage.objects.create(
        source="field_app.record",
        external_id="12345:900001:2026-11-26 10:20:11",
        raw={},
        error="Mission inconnue.",
    )
    Circuit.objects.create(
        connector="mail",
        failures=5,
        opened_at=timezone.now() - dt.timedelta(minutes=40),
        error="ConnectError",
    )
