"""Outside collaborators that selectors and views may ask, resolved by settings; None when switched off."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

# Around what matched: characters of the private use area, so that no text can hold them by accident.
MARK_START, MARK_END = "\ue000", "\ue001"


@dataclass(frozen=True)
class Scope:
    """What a person may find; the rows are read again under the same right in PostgreSQL."""

    everything: bool
    client_ids: tuple[int, ...] = ()
    agent_id: int | None = None


@dataclass(frozen=True)
class Match:
    """A row found; `marks` gives, per field that matched, its text between MARK_START and MARK_END."""

    pk: int
    marks: Mapping[str, str] = field(default_factory=dict)


class SearchUnavailable(Exception):
    """The engine doesn't answer: search in PostgreSQL and say so."""


class SearchEngine(Protocol):
    """Full-text search over missions, lots and clients."""

    def find(self, text: str, *, scope: Scope, limit: int) -> dict[str, list[Match]]:
        """Return the best `limit` matches of each kind ("missions", "lots", "clients"), best first.

        Raises SearchUnavailable.
        """


class DocumentUnavailable(Exception):
    """The document store doesn't answer, or doesn't hold the file."""


class DocumentStore(Protocol):
    """Where files are kept for good."""

    def read(self, path: str) -> bytes:
        """Return the content of the file at `path`, or raise DocumentUnavailable."""


def search_engine() -> SearchEngine | None:
    """Return the engine that the settings name, None when it is switched off."""
    if not settings.MEILI_URL:
        return None
    return cast(SearchEngine, import_string(settings.SEARCH_ENGINE)())


def document_store() -> DocumentStore | None:
    """Return the document store that the settings name, None when it is switched off."""
    if not settings.GED_URL:
        return None
    return cast(DocumentStore, import_string(settings.DOCUMENT_STORE)())
