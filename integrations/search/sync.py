"""From the outbox to Meilisearch: the present row is pushed, so repeats and disorder are harmless."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from django.apps import apps
from django.conf import settings
from django.db import models, transaction

from integrations.search.client import Document, Meilisearch, SearchRefused
from integrations.search.index import INDEXES
from integrations.search.mapping import documents
from spekty.core.models import OutboxMessage
from spekty.core.outbox import Undeliverable, batched

BATCH = 1000
REINDEX_BATCH = 5000
KINDS = {
    "missions": ("search.mission", "missions.mission"),
    "lots": ("search.lot", "lots.lot"),
    "clients": ("search.client", "lots.client"),
}


def connect(timeout: float = 10.0) -> Meilisearch:
    """Return a connection to the engine of the settings."""
    return Meilisearch(settings.MEILI_URL, settings.MEILI_KEY, settings.MEILI_PREFIX, timeout=timeout)


@batched(size=BATCH)
def push_missions(messages: Sequence[OutboxMessage]) -> None:
    """Index the missions as they now are."""
    _push("missions", messages)


@batched(size=BATCH)
def push_lots(messages: Sequence[OutboxMessage]) -> None:
    """Index the lots as they now are."""
    _push("lots", messages)


@batched(size=BATCH)
def push_clients(messages: Sequence[OutboxMessage]) -> None:
    """Index the clients as they now are."""
    _push("clients", messages)


def _push(kind: str, messages: Sequence[OutboxMessage]) -> None:
    engine = connect()
    ids = {message.aggregate_id for message in messages}
    present = list(documents(kind, ids))
    gone = sorted(ids - {document["id"] for document in present})
    try:
        engine.ensure_index(kind, INDEXES[kind])
        _write(engine, kind, present, gone)
    except SearchRefused as refusal:
        raise Undeliverable(f"Recherche : document refusé ({refusal}).") from refusal


def _write(engine: Meilisearch, kind: str, present: list[Document], gone: list[int]) -> None:
    if present:
        engine.put(kind, present)
    if gone:
        engine.remove(kind, gone)


def reindex(kind: str) -> int:
    """Rebuild the index of `kind` beside the live one, then swap; return the number of documents.

    Changes made meanwhile are pushed to the live index by the outbox; the reconciliation that follows
    the swap finds those that the new one missed.
    """
    engine = connect()
    building = f"{kind}_building"
    engine.make_index(building, INDEXES[kind])
    total, last_task = 0, None
    for batch in _batches(documents(kind), REINDEX_BATCH):
        last_task = engine.put(building, batch, wait=False)
        total += len(batch)
    if last_task is not None:
        engine.wait_for(last_task)
    engine.ensure_index(kind, INDEXES[kind])
    engine.swap(building, kind)
    engine.drop_index(building)
    reconcile(kind)
    return total


def _batches(rows: Iterable[Document], size: int) -> Iterable[list[Document]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, size)):
        yield batch


@dataclass(frozen=True)
class Drift:
    """What the index had wrong: ids missing, stale, or of rows that no longer exist."""

    missing: int
    stale: int
    ghosts: int

    @property
    def total(self) -> int:
        return self.missing + self.stale + self.ghosts


def reconcile(kind: str) -> Drift:
    """Compare every document's digest with its row; what differs becomes outbox messages.

    An index with other settings than ours (a new version was deployed) is rebuilt first.
    """
    engine = connect()
    engine.ensure_index(kind, INDEXES[kind])
    if not engine.has_settings(kind, INDEXES[kind]):
        reindex(kind)
        return Drift(0, 0, 0)
    indexed = dict(engine.digests(kind))
    missing: list[int] = []
    stale: list[int] = []
    for document in documents(kind):
        known = indexed.pop(document["id"], None)
        if known is None:
            missing.append(document["id"])
        elif known != document["digest"]:
            stale.append(document["id"])
    _promise(kind, [*missing, *stale, *indexed])
    return Drift(len(missing), len(stale), len(indexed))


@transaction.atomic
def _promise(kind: str, ids: list[int]) -> None:
    topic, aggregate = KINDS[kind]
    model: type[models.Model] = apps.get_model(aggregate)
    OutboxMessage.objects.bulk_create(
        [OutboxMessage(topic=topic, aggregate=model._meta.label_lower, aggregate_id=pk) for pk in ids],
        batch_size=1000,
    )
