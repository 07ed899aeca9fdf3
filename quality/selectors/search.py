"""The search box: Meilisearch for ids, rows and rights from PostgreSQL, which also stands in alone."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Concat

from lots.models import Client, Lot, Operation
from lots.models.lots import OPERATION_WORDS
from lots.models.reference import granted_client_ids
from missions.models import Mission
from spekty.accounts.models import Agent, User
from spekty.core.folding import Fold
from spekty.core.ports import Match, Scope, SearchUnavailable, search_engine

R = TypeVar("R", bound=models.Model)
Marks = Mapping[str, str]
# A reference has a digit and is no shorter; words and postcodes of a street aren't worth a query more.
REFERENCE = re.compile(r"^(?=.*\d).{4,}$")


@dataclass(frozen=True)
class MissionHit:
    row: Mission
    marks: Marks = field(default_factory=dict)


@dataclass(frozen=True)
class LotHit:
    row: Lot
    marks: Marks = field(default_factory=dict)


@dataclass(frozen=True)
class ClientHit:
    row: Client
    marks: Marks = field(default_factory=dict)


@dataclass(frozen=True)
class SearchResults:
    """What was found, best first in each group; `degraded` when PostgreSQL searched alone."""

    text: str
    missions: list[MissionHit] = field(default_factory=list)
    lots: list[LotHit] = field(default_factory=list)
    clients: list[ClientHit] = field(default_factory=list)
    agents: list[Agent] = field(default_factory=list)
    degraded: bool = False

    @property
    def count(self) -> int:
        return len(self.missions) + len(self.lots) + len(self.clients) + len(self.agents)


def search_everything(user: User, text: str, limit: int = 8) -> SearchResults:
    """Return at most `limit` missions, lots, clients and agents that match `text` and that `user` may see.

    A number typed exactly comes first and is read in PostgreSQL, so what one has just made is found; so are
    an invoice's number, which gives its missions, and a client's reference, which gives its lot though the
    operation was never drawn: papers of years ago bear nothing else.
    """
    text = " ".join(text.split())[:200]
    if not text:
        return SearchResults(text)
    found, degraded = _find(user, text, limit)
    return SearchResults(
        text=text,
        missions=[MissionHit(row, marks) for row, marks in _missions(user, text, found, limit)],
        lots=[LotHit(row, marks) for row, marks in _lots(user, text, found, limit)],
        clients=[ClientHit(row, marks) for row, marks in _clients(user, found, limit)],
        agents=_agents(user, text, limit),
        degraded=degraded,
    )


def _find(user: User, text: str, limit: int) -> tuple[Mapping[str, list[Match]], bool]:
    engine = search_engine()
    if engine is not None:
        try:
            return engine.find(text, scope=scope_of(user), limit=limit), False
        except SearchUnavailable:
            pass
    return _find_in_postgres(user, text, limit), True


def scope_of(user: User) -> Scope:
    """Return what `user` may find, as the engine filters it."""
    if user.sees_everything:
        return Scope(everything=True)
    return Scope(False, tuple(granted_client_ids(user)), user.agent_id_or_none)


def _missions(
    user: User, text: str, found: Mapping[str, list[Match]], limit: int
) -> list[tuple[Mission, Marks]]:
    rows = Mission.objects.visible_to(user).select_related(
        "lot__client", "lot__fiche", "operation__installer", "agent"
    )
    invoiced = Mission.objects.filter(invoice_lines__invoice__number=text.upper()).values("pk")
    return _reread(rows, text, found["missions"], limit, lambda mission: mission.number, invoiced)


def _lots(user: User, text: str, found: Mapping[str, list[Match]], limit: int) -> list[tuple[Lot, Marks]]:
    rows = Lot.objects.visible_to(user).select_related("client", "fiche")
    bearing = _with_words(Operation.objects.alias(words=OPERATION_WORDS), text)
    bearing = bearing.filter(reference__iexact=text)
    return _reread(rows, text, found["lots"], limit, lambda lot: lot.number, bearing.values("lot_id"))


def _reread(
    rows: models.QuerySet[R],
    text: str,
    matches: Sequence[Match],
    limit: int,
    number: Callable[[R], str],
    named: models.QuerySet[Any, Any],
) -> list[tuple[R, Marks]]:
    """Read the rows again under the person's right; drop those gone, put an exact number first.

    `named` are the keys of rows that the text names exactly in another way.
    """
    marks = {match.pk: match.marks for match in matches}
    ranks = {match.pk: rank for rank, match in enumerate(matches)}
    wanted = text.upper()
    kept = Q(pk__in=list(ranks)) | Q(number=wanted)
    if REFERENCE.search(text):
        kept |= Q(pk__in=named)
    found = list(rows.filter(kept).order_by("-pk")[: limit + len(ranks)])
    found.sort(key=lambda row: (number(row) != wanted, ranks.get(row.pk, len(ranks))))
    return [(row, marks.get(row.pk, {})) for row in found[:limit]]


def _clients(user: User, found: Mapping[str, list[Match]], limit: int) -> list[tuple[Client, Marks]]:
    matches = found["clients"]
    if not matches:
        return []
    rows = Client.objects.visible_to(user).in_bulk([match.pk for match in matches])
    return [(rows[match.pk], match.marks) for match in matches if match.pk in rows][:limit]


def _agents(user: User, text: str, limit: int) -> list[Agent]:
    """Find colleagues by name or code: the office only, an agent has no directory."""
    if not user.sees_everything or len(text) < 2:
        return []
    name = Fold(Concat("first_name", Value(" "), "last_name", Value(" "), "first_name", Value(" "), "code"))
    return list(_with_words(Agent.objects.alias(words=name), text)[:limit])


def _with_words(rows: "models.QuerySet[R]", text: str) -> "models.QuerySet[R]":
    for word in text.split():
        rows = rows.filter(words__contains=Fold(Value(word)))
    return rows


def _find_in_postgres(user: User, text: str, limit: int) -> dict[str, list[Match]]:
    """Find by the beginning of a number, or by words (trigram index) anywhere in what names an operation."""
    code = text.upper()
    operations = _with_words(Operation.objects.alias(words=OPERATION_WORDS), _without_phone_spaces(text))
    missions = Mission.objects.visible_to(user).filter(
        Q(number__startswith=code)
        | Q(lot__in=Lot.objects.filter(number__startswith=code))
        | Q(operation__in=operations)
    )
    name = Fold(Concat("name", Value(" "), "code", Value(" "), "siren"))
    clients = _with_words(Client.objects.visible_to(user).alias(words=name), text)
    lots = Lot.objects.visible_to(user).filter(
        Q(number__startswith=code) | Q(emmy_ref__startswith=code) | Q(client__in=clients)
    )
    return {
        "missions": _ids(missions.order_by("-id"), limit),
        "lots": _ids(lots.order_by("-id"), limit),
        "clients": _ids(clients.order_by("name"), limit),
    }


def _without_phone_spaces(text: str) -> str:
    squeezed = text.translate(str.maketrans("", "", " .-"))
    return squeezed if squeezed.isdigit() and squeezed.startswith("0") else text


def _ids(rows: "models.QuerySet[R]", limit: int) -> list[Match]:
    return [Match(pk) for pk in rows.values_list("pk", flat=True)[:limit]]
