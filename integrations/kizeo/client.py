"""Kizeo Forms v3: read what is new, acknowledge it, read one record and its media, push."""

from collections.abc import Sequence
from typing import Any, Self

import httpx

from integrations.http import TIMEOUT, Unavailable, check, tls
from spekty.core.outbox import Undeliverable

Json = dict[str, Any]
ACK_BATCH = 50


class Kizeo:
    """One form of one account, to be used in a `with` block; `action` is our name as a reader."""

    def __init__(self, url: str, token: str, form_id: str, action: str) -> None:
        # The bare token: Kizeo wants no « Bearer ».
        self._http = httpx.Client(
            base_url=url.rstrip("/"),
            headers={"Authorization": token, "Accept": "application/json"},
            timeout=TIMEOUT,
            follow_redirects=False,
            trust_env=False,
            verify=tls(),
        )
        self._form, self._action = form_id, action

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        self._http.close()

    def unread(self, limit: int = 50) -> list[Json]:
        """Return records never acknowledged, or changed since; the same ones until they are."""
        path = f"/forms/{self._form}/data/unread/{self._action}/{limit}"
        return _rows(self._get(path, params={"includeupdated": "", "format": "basic"}))

    def acknowledge(self, ids: Sequence[str]) -> None:
        """Mark records as read by us; twice is harmless."""
        for start in range(0, len(ids), ACK_BATCH):
            body = {"data_ids": list(ids[start : start + ACK_BATCH])}
            self._post(f"/forms/{self._form}/markasreadbyaction/{self._action}", body)

    def record(self, data_id: str) -> Json:
        """Return one record with typed fields."""
        answer = self._get(f"/forms/{self._form}/data/{data_id}")
        data = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(data, dict):
            raise Unavailable("Kizeo : enregistrement illisible.")
        return data

    def media(self, data_id: str, name: str) -> bytes:
        """Return a photo or a signature of a record."""
        answer = self._http.get(f"/forms/{self._form}/data/{data_id}/medias/{name}")
        return check(answer, what="Kizeo").content

    def push(self, body: Json) -> str:
        """Send a prefilled form to a user's phone; return Kizeo's number for it, empty if it gives none."""
        answer = self._post(f"/forms/{self._form}/push", body)
        data = answer.get("data") if isinstance(answer, dict) else None
        return str(data.get("data_id", "")) if isinstance(data, dict) else ""

    def _get(self, path: str, **options: Any) -> Any:
        return _opened(self._http.get(path, **options))

    def _post(self, path: str, body: Json) -> Any:
        return _opened(self._http.post(path, json=body))


def _opened(response: httpx.Response) -> Any:
    """Return the answer's JSON; an envelope may say « error » under a good status."""
    check(response, what="Kizeo")
    try:
        content = response.json()
    except ValueError as fault:
        raise Unavailable("Kizeo : réponse illisible.") from fault
    if isinstance(content, dict) and content.get("status") == "error":
        raise Undeliverable(f"Kizeo : {content.get('message') or 'refusé'}.")
    return content


def _rows(content: Any) -> list[Json]:
    """Return the records of an answer: a bare list or an envelope, Kizeo does both."""
    rows = content.get("data", []) if isinstance(content, dict) else content
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
