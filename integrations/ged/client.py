"""WebDAV (RFC 4918): put, read, describe, list."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Self

import httpx
from webdav4.client import Client, HTTPError, ResourceNotFound

from integrations.http import TIMEOUT, check, tls

# A PUT of 25 MB on a slow line; the outbox lease is longer.
UPLOAD_TIMEOUT = httpx.Timeout(45.0, connect=3.0)


@dataclass(frozen=True)
class Remote:
    """What the store says of a file."""

    path: str
    size: int
    etag: str


class WebDav:
    """One store, to be used in a `with` block; paths are relative to its URL."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self._dav = Client(
            url,
            auth=(user, password),
            timeout=TIMEOUT,
            retry=False,
            follow_redirects=False,
            trust_env=False,
            verify=tls(),
        )
        self._http: httpx.Client = self._dav.http

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        self._http.close()

    def put(self, path: str, content: bytes, mime: str) -> None:
        """Write a file, making its folders; writing it again is harmless."""
        answer = self._send("PUT", path, content=content, headers={"Content-Type": mime})
        # A missing folder is 409 (RFC 4918, 9.7.1); some stores say 404.
        if answer.status_code in (404, 409):
            self._make_folders(PurePosixPath(path).parent)
            answer = self._send("PUT", path, content=content, headers={"Content-Type": mime})
        check(answer, what="Dépôt en GED")

    def _make_folders(self, folder: PurePosixPath) -> None:
        for ancestor in [*reversed(folder.parents), folder]:
            if str(ancestor) not in (".", "/"):
                answer = self._http.request(
                    "MKCOL", self._dav.join_url(str(ancestor), add_trailing_slash=True)
                )
                # 405: it exists.
                if answer.status_code != 405:
                    check(answer, what="Création d’un dossier en GED")

    def read(self, path: str) -> bytes | None:
        """Return a file's content, None when it isn't there."""
        answer = self._send("GET", path)
        if answer.status_code == 404:
            return None
        return check(answer, what="Lecture en GED").content

    def describe(self, path: str) -> Remote | None:
        """Return what the store says of a file, None when it isn't there."""
        try:
            return _remote(path, self._dav.info(path))
        except ResourceNotFound:
            return None
        except HTTPError as fault:
            check(fault.response, what="Lecture en GED")
            raise

    def walk(self, folder: str = "") -> Iterator[Remote]:
        """Yield every file under `folder`, one PROPFIND per folder."""
        try:
            rows: list[dict[str, Any]] = self._dav.ls(folder or "/", detail=True)
        except ResourceNotFound:
            return
        for row in rows:
            name = str(row["name"]).strip("/")
            if row["type"] == "directory":
                yield from self.walk(name)
            else:
                yield _remote(name, row)

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self._http.request(method, self._url(path), timeout=UPLOAD_TIMEOUT, **options)

    def _url(self, path: str) -> httpx.URL:
        return httpx.URL(self._dav.join_url(path))


def _remote(path: str, row: dict[str, Any]) -> Remote:
    return Remote(path, int(row.get("content_length") or 0), str(row.get("etag") or ""))
