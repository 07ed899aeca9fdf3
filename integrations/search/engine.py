"""The SearchEngine port over Meilisearch: ids and marks only, under the person's scope."""

import re
import time
from typing import Any

from integrations.search.client import SearchDown, SearchRefused
from integrations.search.index import INDEXES
from integrations.search.sync import connect
from spekty.core.ports import MARK_END, MARK_START, Match, Scope, SearchUnavailable

TIMEOUT_SECONDS = 0.5
# After a timeout, answer from PostgreSQL at once for so long, rather than wait at each keystroke.
PAUSE_SECONDS = 5.0

MARKED = {
    "missions": ["reference", "beneficiary", "address", "installer", "phone"],
    "lots": ["emmy_ref", "client"],
    "clients": ["name"],
}
_PHONE = re.compile(r"^\s*(?:\+|0)[\d\s.()/-]{3,}$")
_down_until = 0.0


class MeilisearchEngine:
    """Asks the three indexes in one round trip."""

    def find(self, text: str, *, scope: Scope, limit: int) -> dict[str, list[Match]]:
        """Return the best matches per kind; raise SearchUnavailable when the engine is away or slow."""
        global _down_until
        if time.monotonic() < _down_until:
            raise SearchUnavailable("paused after a failure")
        asked = clean(text)
        queries = [query(kind, asked, scope, limit) for kind in INDEXES]
        try:
            answers = connect(timeout=TIMEOUT_SECONDS).search(queries)
        except SearchDown as fault:
            _down_until = time.monotonic() + PAUSE_SECONDS
            raise SearchUnavailable(str(fault)) from fault
        except SearchRefused as fault:
            raise SearchUnavailable(str(fault)) from fault
        return {kind: _matches(kind, answer) for kind, answer in zip(INDEXES, answers, strict=True)}


def clean(text: str) -> str:
    """Return the text as the index knows it: a phone number in one block, without its country code."""
    if not _PHONE.match(text):
        return text.strip()
    digits = re.sub(r"\D", "", text)
    for code in ("0033", "33"):
        if digits.startswith(code) and (text.strip().startswith("+") or code == "0033"):
            return f"0{digits.removeprefix(code).removeprefix('0')}"
    return digits


def query(kind: str, text: str, scope: Scope, limit: int) -> dict[str, Any]:
    """Return Meilisearch's query for one kind.

    As soon as a figure is typed all the words must match: a reference, a postcode, a phone is right or wrong.
    """
    return {
        "indexUid": kind,
        "q": text,
        "limit": limit,
        "matchingStrategy": "all" if any(c.isdigit() for c in text) else "last",
        "attributesToRetrieve": ["id"],
        "attributesToHighlight": MARKED[kind],
        "highlightPreTag": MARK_START,
        "highlightPostTag": MARK_END,
        **({} if scope.everything else {"filter": _filter(kind, scope)}),
    }


def _filter(kind: str, scope: Scope) -> str:
    clients = ", ".join(str(pk) for pk in scope.client_ids)
    mine = f" OR agent_id = {scope.agent_id}" if kind == "missions" and scope.agent_id is not None else ""
    return f"client_id IN [{clients}]{mine}"


def _matches(kind: str, answer: dict[str, Any]) -> list[Match]:
    return [Match(int(hit["id"]), _marks(kind, hit.get("_formatted", {}))) for hit in answer["hits"]]


def _marks(kind: str, formatted: dict[str, Any]) -> dict[str, str]:
    marks = {}
    for name in MARKED[kind]:
        value = formatted.get(name, "")
        values = value if isinstance(value, list) else [value]
        marked = next((text for text in values if MARK_START in str(text)), None)
        if marked is not None:
            marks[name] = str(marked)
    return marks
