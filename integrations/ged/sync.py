"""Files of the outbox to the document store, and the comparison of both."""

import hashlib
from dataclasses import dataclass, field

import httpx
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from integrations.ged.client import Remote, WebDav
from integrations.http import Unavailable
from spekty.core.models import OutboxMessage, StoredFile
from spekty.core.outbox import RetryLater, Undeliverable
from spekty.core.ports import DocumentUnavailable

TOPIC = "ged.file"


def connect() -> WebDav:
    """Return the store of the settings."""
    return WebDav(settings.GED_URL, settings.GED_USER, settings.GED_PASSWORD)


class GedStore:
    """The DocumentStore port over WebDAV."""

    def read(self, path: str) -> bytes:
        """Return a file's content; raise DocumentUnavailable when the store is away or hasn't it."""
        try:
            with connect() as dav:
                content = dav.read(path)
        except (httpx.HTTPError, Unavailable, Undeliverable, RetryLater) as fault:
            raise DocumentUnavailable(str(fault)) from fault
        if content is None:
            raise DocumentUnavailable(f"{path}: not in the store")
        return content


def store(message: OutboxMessage) -> None:
    """Put the file at its path and check what the store then says of it; twice is as good as once."""
    file = StoredFile.objects.filter(pk=message.aggregate_id).first()
    if file is None:
        return
    content = _local_copy(file)
    with connect() as dav:
        dav.put(file.store_path, content, file.mime)
        remote = dav.describe(file.store_path)
    if remote is None or remote.size != file.size:
        raise Unavailable(f"Dépôt en GED : {file.store_path} n’y est pas entier.")
    StoredFile.objects.filter(pk=file.pk).update(stored_at=timezone.now(), etag=remote.etag[:100])


def _local_copy(file: StoredFile) -> bytes:
    try:
        with file.content.open("rb") as source:
            content: bytes = source.read()
    except FileNotFoundError:
        raise Undeliverable(
            f"« {file.name} » n’est plus sur ce serveur : il ne peut pas être déposé."
        ) from None
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise Undeliverable(f"« {file.name} » a été altéré sur ce serveur : il n’est pas déposé.")
    return content


@dataclass
class Drift:
    """Paths that the store misses, holds altered, or holds without our knowing."""

    missing: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)


def reconcile() -> Drift:
    """Compare the whole store with our table; what is missing or altered becomes outbox messages.

    Foreign files are reported and left alone: people may use the store too.
    """
    drift, again = Drift(), []
    with connect() as dav:
        remote = {found.path: found for found in dav.walk()}
        for file in StoredFile.objects.order_by("pk").iterator(chunk_size=2000):
            found = remote.pop(file.store_path.strip("/"), None)
            if found is None:
                drift.missing.append(file.store_path)
            elif _is_altered(dav, file, found):
                drift.altered.append(file.store_path)
            else:
                continue
            again.append(file.pk)
    drift.foreign.extend(sorted(remote))
    _promise(again)
    return drift


def _is_altered(dav: WebDav, file: StoredFile, found: Remote) -> bool:
    if found.size != file.size:
        return True
    if file.etag and found.etag:
        return found.etag != file.etag
    content = dav.read(file.store_path)
    return content is None or hashlib.sha256(content).hexdigest() != file.sha256


@transaction.atomic
def _promise(ids: list[int]) -> None:
    waiting = set(
        OutboxMessage.objects.waiting()
        .filter(topic=TOPIC, aggregate_id__in=ids)
        .values_list("aggregate_id", flat=True)
    )
    label = StoredFile._meta.label_lower
    OutboxMessage.objects.bulk_create(
        [OutboxMessage(topic=TOPIC, aggregate=label, aggregate_id=pk) for pk in ids if pk not in waiting]
    )
