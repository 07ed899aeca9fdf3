"""The state of the outside tools, read from the outbox and the inbox alone: nobody is called."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.db.models import Count, Min, Q
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from spekty.core import french
from spekty.core.circuits import connector_of
from spekty.core.models import Circuit, InboxMessage, OutboxMessage
from spekty.core.shell import Sync

LATE_AFTER = dt.timedelta(minutes=2)
LISTED = 100
_TECHNICAL = re.compile(
    r"^(?:Unavailable: |[\w.]+(?:Error|Exception|Down|Timeout|Refused|Disconnected)\b:? ?)"
)


@dataclass(frozen=True)
class ConnectorState:
    """One outside tool: `state` is ok, late (waiting or abandoned messages), down or off."""

    code: str
    label: str
    state: str
    waiting: int
    dead: int
    last_success: dt.datetime | None
    failing_since: dt.datetime | None
    sentence: str


@dataclass(frozen=True)
class Letter:
    """A message that nobody will send or take any more unless a person acts."""

    pk: int
    connector: str
    about: str
    at: dt.datetime
    reason: str
    detail: str


@dataclass
class _Tally:
    waiting: int = 0
    dead: int = 0
    oldest: dt.datetime | None = None
    last_success: dt.datetime | None = None


def connector_states() -> list[ConnectorState]:
    """Return the state of every connector, in the order of the settings: four queries whatever the volume."""
    tallies = _tallies()
    circuits = {circuit.connector: circuit for circuit in Circuit.objects.filter(opened_at__isnull=False)}
    return [
        _state(code, connector["label"], connector["switch"], tallies[code], circuits.get(code))
        for code, connector in settings.CONNECTORS.items()
    ]


def _tallies() -> dict[str, _Tally]:
    tallies: dict[str, _Tally] = defaultdict(_Tally)
    unsettled = OutboxMessage.objects.filter(delivered_at__isnull=True).order_by().values("topic")
    for row in unsettled.annotate(
        waiting=Count("id", filter=Q(dead_at__isnull=True)),
        dead=Count("id", filter=Q(dead_at__isnull=False)),
        oldest=Min("created_at", filter=Q(dead_at__isnull=True)),
    ):
        tally = tallies[connector_of(row["topic"])]
        tally.waiting += row["waiting"]
        tally.dead += row["dead"]
        tally.oldest = min(filter(None, (tally.oldest, row["oldest"])), default=None)
    refused = InboxMessage.objects.filter(processed_at__isnull=True).exclude(error="").order_by()
    for arrival in refused.values("source").annotate(dead=Count("id")):
        tallies[connector_of(arrival["source"])].dead += arrival["dead"]
    for topic, at in _last_successes():
        tally = tallies[connector_of(topic)]
        tally.last_success = max(filter(None, (tally.last_success, at)))
    return tallies


def _last_successes() -> Iterable[tuple[str, dt.datetime | None]]:
    """Return the last delivery of each topic: one index look-up per topic, in one query."""
    delivered = OutboxMessage.objects.filter(delivered_at__isnull=False).order_by("-delivered_at")
    first, *others = [
        delivered.filter(topic=topic).values_list("topic", "delivered_at")[:1]
        for topic in settings.OUTBOX_HANDLERS
    ]
    return first.union(*others, all=True)


def _state(code: str, label: str, switch: str, tally: _Tally, circuit: Circuit | None) -> ConnectorState:
    failing_since = circuit.opened_at if circuit else None
    if not getattr(settings, switch):
        state = "off"
    elif failing_since:
        state = "down"
    elif tally.dead or (tally.oldest and timezone.now() - tally.oldest > LATE_AFTER):
        state = "late"
    else:
        state = "ok"
    sentence = _sentence(state, tally, failing_since)
    return ConnectorState(
        code, label, state, tally.waiting, tally.dead, tally.last_success, failing_since, sentence
    )


def _sentence(state: str, tally: _Tally, failing_since: dt.datetime | None) -> str:
    if state == "off":
        return "Non configuré."
    waiting = f"{french.plural(tally.waiting, 'envoi')} en attente" if tally.waiting else ""
    dead = f"{french.plural(tally.dead, 'message')} à reprendre" if tally.dead else ""
    if state == "down" and failing_since:
        since = f"Ne répond plus depuis {french.duration(_minutes(failing_since))}"
        return f"{', '.join(part for part in (since, waiting, dead) if part)}."
    if state == "ok":
        return "À jour." if not tally.waiting else f"{waiting}."
    text = ", ".join(part for part in (dead, waiting) if part)
    return f"{text}."


def _minutes(since: dt.datetime) -> int:
    return max(1, int((timezone.now() - since).total_seconds() // 60))


def shell_sync(user: object) -> Sync:
    """Return the state of all tools in one mark for the top bar: the worst one speaks."""
    states = [state for state in connector_states() if state.state != "off"]
    try:
        url = reverse("core:connectors") if getattr(user, "sees_everything", False) else ""
    except NoReverseMatch:
        url = ""
    for worst in ("down", "late"):
        found = [state.label for state in states if state.state == worst]
        if found:
            word = "ne répond plus" if worst == "down" else "à reprendre"
            return Sync("wait", f"{', '.join(found)} : {word}".replace(" :", "\u00a0:"), url)
    return Sync("ok", "Tout est à jour", url)


def dead_letters() -> list[Letter]:
    """Return the newest hundred messages given up, with what they are about."""
    rows = list(OutboxMessage.objects.dead().order_by("-dead_at")[:LISTED])
    names = _names({(row.aggregate, row.aggregate_id) for row in rows})
    return [
        Letter(
            row.pk,
            _label(row.topic),
            names.get((row.aggregate, row.aggregate_id), f"{row.aggregate} {row.aggregate_id}"),
            row.dead_at or row.created_at,
            plain_reason(row.error),
            row.error,
        )
        for row in rows
    ]


def refused_arrivals() -> list[Letter]:
    """Return the newest hundred messages received that could not be taken."""
    rows = InboxMessage.objects.filter(processed_at__isnull=True).exclude(error="").order_by("-id")[:LISTED]
    return [
        Letter(row.pk, _label(row.source), row.external_id, row.received_at, row.error, row.error)
        for row in rows
    ]


def plain_reason(error: str) -> str:
    """Return why in French: our own sentences as they are, a technical fault as what it means."""
    if not _TECHNICAL.match(error):
        return error or "Sans raison connue."
    ours = error.removeprefix("Unavailable: ")
    return ours if ours != error else "Le service n’a pas répondu après douze essais."


def _label(topic: str) -> str:
    connector = settings.CONNECTORS.get(connector_of(topic))
    return connector["label"] if connector else topic


def _names(objects: set[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """Return what each object is called: 'mission M-2026-000123'; one query per kind."""
    by_model: dict[str, list[int]] = defaultdict(list)
    for aggregate, pk in objects:
        by_model[aggregate].append(pk)
    names = {}
    for aggregate, ids in by_model.items():
        try:
            model = apps.get_model(aggregate)
        except LookupError:
            continue
        for pk, row in model._default_manager.in_bulk(ids).items():
            names[aggregate, pk] = f"{model._meta.verbose_name} {row}"
    return names
