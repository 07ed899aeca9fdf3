"""The state of the outside tools, read from the outbox and the inbox alone: nobody is called."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.db.models import Count, Min, Model, Q
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from spekty.core import french
from spekty.core.circuits import connector_of
from spekty.core.keyset import KeysetPage, Order, keyset_page
from spekty.core.models import Circuit, InboxMessage, OutboxMessage
from spekty.core.oneshot import Ask, Row, moment, read_all
from spekty.core.shell import Sync

LATE_AFTER = dt.timedelta(minutes=2)
LISTED = 50
# The column by which people call a row.
NAMED_BY = ("number", "code", "name", "title")
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
    """Return the state of every connector, in the order of the settings: one query whatever the volume."""
    found = read_all({"sent": _unsettled(), "refused": _refused(), "open": _open(), **_last_successes()})
    tallies = _tallies(found)
    opened = {row["connector"]: moment(row["opened_at"]) for row in found["open"]}
    return [
        _state(code, connector["label"], connector["switch"], tallies[code], opened.get(code))
        for code, connector in settings.CONNECTORS.items()
    ]


def _unsettled() -> Ask:
    unsettled = OutboxMessage.objects.filter(delivered_at__isnull=True).order_by().values("topic")
    counted = unsettled.annotate(
        waiting=Count("id", filter=Q(dead_at__isnull=True)),
        dead=Count("id", filter=Q(dead_at__isnull=False)),
        oldest=Min("created_at", filter=Q(dead_at__isnull=True)),
    )
    return Ask(counted, {name: name for name in ("topic", "waiting", "dead", "oldest")})


def _refused() -> Ask:
    refused = InboxMessage.objects.filter(processed_at__isnull=True).exclude(error="").order_by()
    counted = refused.values("source").annotate(dead=Count("id"))
    return Ask(counted, {"source": "source", "dead": "dead"})


def _open() -> Ask:
    return Ask(
        Circuit.objects.filter(opened_at__isnull=False), {"connector": "connector", "opened_at": "opened_at"}
    )


def _last_successes() -> dict[str, Ask]:
    """Return the last delivery of each topic: one index look-up per topic."""
    delivered = OutboxMessage.objects.filter(delivered_at__isnull=False).order_by("-delivered_at")
    return {
        f"done {topic}": Ask(delivered.filter(topic=topic), {"topic": "topic", "at": "delivered_at"}, limit=1)
        for topic in settings.OUTBOX_HANDLERS
    }


def _tallies(found: Mapping[str, list[Row]]) -> dict[str, _Tally]:
    tallies: dict[str, _Tally] = defaultdict(_Tally)
    for row in found["sent"]:
        tally = tallies[connector_of(row["topic"])]
        tally.waiting += row["waiting"]
        tally.dead += row["dead"]
        tally.oldest = min(filter(None, (tally.oldest, moment(row["oldest"]))), default=None)
    for arrival in found["refused"]:
        tallies[connector_of(arrival["source"])].dead += arrival["dead"]
    for row in (row for name, rows in found.items() if name.startswith("done ") for row in rows):
        tally = tallies[connector_of(row["topic"])]
        tally.last_success = max(filter(None, (tally.last_success, moment(row["at"]))))
    return tallies


def _state(
    code: str, label: str, switch: str, tally: _Tally, failing_since: dt.datetime | None
) -> ConnectorState:
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


def dead_letters(cursor: str = "") -> KeysetPage[Letter]:
    """Return a page of the messages given up, the newest first, with what they are about: two queries."""
    dead = OutboxMessage.objects.dead()
    page = keyset_page(dead, Order.by("dead_at", descending=True), cursor, size=LISTED)
    names = _names({(row.aggregate, row.aggregate_id) for row in page})
    letters = [
        Letter(
            row.pk,
            _label(row.topic),
            names.get((row.aggregate, row.aggregate_id), f"{row.aggregate} {row.aggregate_id}"),
            row.dead_at or row.created_at,
            plain_reason(row.error),
            row.error,
        )
        for row in page
    ]
    return KeysetPage(letters, page.after, page.before)


def refused_arrivals(cursor: str = "") -> KeysetPage[Letter]:
    """Return a page of the messages received that could not be taken, the newest first: one query."""
    refused = InboxMessage.objects.filter(processed_at__isnull=True).exclude(error="")
    page = keyset_page(refused, Order.by(descending=True), cursor, size=LISTED)
    letters = [
        Letter(row.pk, _label(row.source), row.external_id, row.received_at, row.error, row.error)
        for row in page
    ]
    return KeysetPage(letters, page.after, page.before)


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
    """Return what each object is called: 'mission M-2026-000123'; one query whatever the kinds."""
    by_model: dict[str, list[int]] = defaultdict(list)
    for aggregate, pk in objects:
        by_model[aggregate].append(pk)
    asks, words = {}, {}
    for aggregate, ids in by_model.items():
        model = _model(aggregate)
        column = model and next((name for name in NAMED_BY if name in _columns(model)), None)
        if model and column:
            words[aggregate] = model._meta.verbose_name
            asks[aggregate] = Ask(
                model._default_manager.filter(pk__in=ids).order_by(), {"pk": "pk", "name": column}
            )
    return {
        (aggregate, row["pk"]): f"{words[aggregate]} {row['name']}"
        for aggregate, rows in read_all(asks).items()
        for row in rows
    }


def _model(aggregate: str) -> type[Model] | None:
    try:
        return apps.get_model(aggregate)
    except LookupError:
        return None


def _columns(model: type[Model]) -> set[str]:
    return {field.name for field in model._meta.concrete_fields}
