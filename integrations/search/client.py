"""Meilisearch's own language: indexes, settings, documents, tasks, queries."""

from collections.abc import Iterator, Sequence
from typing import Any

import meilisearch
from meilisearch.errors import (
    MeilisearchApiError,
    MeilisearchCommunicationError,
    MeilisearchTimeoutError,
)

Document = dict[str, Any]


class SearchDown(Exception):
    """Meilisearch doesn't answer, or not in time."""


class SearchRefused(Exception):
    """Meilisearch refuses the request or failed the task: trying again won't help."""


class Meilisearch:
    """One connection; `prefix` keeps the indexes of several installations apart."""

    def __init__(self, url: str, key: str, prefix: str, *, timeout: float = 10.0) -> None:
        # The SDK types its timeout as an int but hands it to requests, which takes fractions.
        self._client = meilisearch.Client(url, key or None, timeout=timeout)  # type: ignore[arg-type]
        self._prefix = prefix

    def uid(self, name: str) -> str:
        """Return the full name of the index `name`."""
        return f"{self._prefix}{name}"

    def make_index(self, name: str, settings: dict[str, Any]) -> None:
        """Make an empty index with its settings; one of that name is dropped first."""
        self.drop_index(name)
        self._done(self._call("create_index", self.uid(name), {"primaryKey": "id"}))
        self._done(self._on(name, "update_settings", settings))

    def ensure_index(self, name: str, settings: dict[str, Any]) -> None:
        """Make the index with its settings unless it is there; several processes may ask at once.

        To be called before the first document: Meilisearch itself would make an index without settings.
        """
        if self.has_index(name):
            return
        # The other process was faster: its index is as good as ours.
        self._wait(self._call("create_index", self.uid(name), {"primaryKey": "id"}).task_uid)
        self._done(self._on(name, "update_settings", settings))

    def has_settings(self, name: str, settings: dict[str, Any]) -> bool:
        """Tell whether the index follows these settings."""
        present: dict[str, Any] = self._on(name, "get_settings")
        return all(_holds(present.get(key), wanted) for key, wanted in settings.items())

    def drop_index(self, name: str) -> None:
        """Drop an index; none is fine."""
        task = self._call("delete_index", self.uid(name))
        outcome = self._wait(task.task_uid)
        if outcome.status == "failed" and (outcome.error or {}).get("code") != "index_not_found":
            raise SearchRefused(str(outcome.error))

    def has_index(self, name: str) -> bool:
        """Tell whether the index exists."""
        try:
            self._call("get_raw_index", self.uid(name))
        except SearchRefused:
            return False
        return True

    def swap(self, one: str, other: str) -> None:
        """Exchange two indexes in one step, then wait until it is done."""
        self._done(self._call("swap_indexes", [{"indexes": [self.uid(one), self.uid(other)]}]))

    def put(self, name: str, documents: Sequence[Document], *, wait: bool = True) -> int:
        """Add or replace whole documents; return the task's number. A task accepted isn't yet a document."""
        task = self._on(name, "add_documents", list(documents), "id")
        if wait:
            self._done(task)
        return int(task.task_uid)

    def remove(self, name: str, ids: Sequence[int]) -> None:
        """Delete documents; unknown ids are fine."""
        listed = ", ".join(str(pk) for pk in ids)
        self._done(self._on(name, "delete_documents", filter=f"id IN [{listed}]"))

    def wait_for(self, task_uid: int) -> None:
        """Wait until a task is done; raise SearchRefused when it failed."""
        outcome = self._wait(task_uid)
        if outcome.status != "succeeded":
            raise SearchRefused(str(outcome.error))

    def digests(self, name: str, *, page: int = 10_000) -> Iterator[tuple[int, str]]:
        """Yield (id, digest) of every document."""
        offset = 0
        while True:
            found = self._on(
                name, "get_documents", {"fields": ["id", "digest"], "limit": page, "offset": offset}
            )
            for row in found.results:
                yield int(row.id), str(getattr(row, "digest", ""))
            offset += page
            if offset >= found.total:
                return

    def search(self, queries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Run several queries in one round trip; `indexUid` is the short name."""
        full = [{**query, "indexUid": self.uid(query["indexUid"])} for query in queries]
        answer = self._call("multi_search", full)
        return list(answer["results"])

    def _on(self, name: str, method: str, *args: Any, **named: Any) -> Any:
        return self._guard(getattr(self._client.index(self.uid(name)), method), *args, **named)

    def _call(self, method: str, *args: Any) -> Any:
        return self._guard(getattr(self._client, method), *args)

    def _guard(self, call: Any, *args: Any, **named: Any) -> Any:
        try:
            return call(*args, **named)
        except MeilisearchApiError as fault:
            if fault.status_code >= 500 or fault.status_code in (408, 429):
                raise SearchDown(str(fault)) from fault
            raise SearchRefused(str(fault)) from fault
        except (MeilisearchCommunicationError, MeilisearchTimeoutError) as fault:
            raise SearchDown(str(fault)) from fault

    def _wait(self, task_uid: int) -> Any:
        return self._guard(self._client.wait_for_task, task_uid, 50_000, 10)

    def _done(self, task: Any) -> None:
        self.wait_for(task.task_uid)


def _holds(present: Any, wanted: Any) -> bool:
    """Compare a setting; Meilisearch sorts some lists and adds keys of its own to some groups."""
    if isinstance(wanted, dict) and isinstance(present, dict):
        return all(_holds(present.get(key), value) for key, value in wanted.items())
    if isinstance(wanted, list) and isinstance(present, list):
        return sorted(map(str, present)) == sorted(map(str, wanted))
    return bool(present == wanted)
