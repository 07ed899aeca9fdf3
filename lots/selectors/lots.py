"""Reads of the lots' pages: the list under its filters, one lot, its papers and its history."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import (
    Count,
    DateField,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce
from django.http import QueryDict

from lots.enums import LotStatus
from lots.models import Client, Draw, Fiche, ImportBatch, Lot, LotDocument, Operation
from lots.rules.blockers import Kind
from spekty.accounts.models import User
from spekty.core.keyset import KeysetPage, Order, capped_counts, keyset_page
from spekty.core.memo import remembered
from spekty.core.models import Parameter, StateChange

PAGE = 50
NEVER = dt.date(9999, 12, 31)
# Column of the list -> annotation it sorts on, and whether the first click falls.
SORTS = {"recu": "received_on", "lot": "number", "depot": "filing_key", "client": "client_name"}
# Sorts on what the rules say of a lot: its line is needed before its place.
RULED_SORTS = ("montant", "blocage", "ns")


@dataclass(frozen=True)
class LotFilters:
    """The list's filters, read from the address."""

    view: str = "ouverts"
    client: str = ""
    fiche: str = ""
    status: str = ""
    text: str = ""
    before: dt.date | None = None
    sort: str = "-recu"
    cursor: str = ""
    blocker: str = ""
    today: dt.date = field(default_factory=dt.date.today)

    @classmethod
    def read(cls, query: QueryDict, today: dt.date) -> "LotFilters":
        """Read the filters; what isn't known counts for nothing."""

        def word(name: str, default: str = "") -> str:
            return query.get(name, default).replace("\0", "")[:100]

        view, sort = word("vue", "ouverts"), word("tri", "-recu")
        try:
            before = dt.date.fromisoformat(word("avant"))
        except ValueError:
            before = None
        return cls(
            view=view if view in VIEWS else "ouverts",
            client=word("client"),
            fiche=word("fiche"),
            status=word("statut") if word("statut") in LotStatus.values else "",
            text=word("q"),
            before=before,
            sort=sort if sort.removeprefix("-") in (*SORTS, *RULED_SORTS) else "-recu",
            blocker=word("blocage") if word("blocage") in set(Kind) else "",
            cursor=query.get("page", ""),
            today=today,
        )

    @property
    def needs_lines(self) -> bool:
        """Whether the place of a lot depends on what the rules say of it."""
        return bool(self.blocker) or self.sort.removeprefix("-") in RULED_SORTS

    @property
    def is_empty(self) -> bool:
        """Whether nothing but the view is asked for."""
        return not (self.client or self.fiche or self.status or self.text or self.before or self.blocker)


def _soon(today: dt.date) -> Q:
    return ~Q(status=LotStatus.CLOSED) & Q(filing_on__lte=today + dt.timedelta(days=45))


VIEWS: dict[str, str] = {
    "tous": "Tous",
    "ouverts": "Ouverts",
    "a-tirer": "À tirer",
    "depot": "Dépôt sous 45 j",
    "clos": "Clos",
}


def view_filter(view: str, today: dt.date) -> Q:
    """Return what a view keeps."""
    return {
        "tous": Q(),
        "ouverts": ~Q(status=LotStatus.CLOSED),
        "a-tirer": Q(status=LotStatus.RECEIVED),
        "depot": _soon(today),
        "clos": Q(status=LotStatus.CLOSED),
    }[view]


def filtered_lots(user: User, filters: LotFilters) -> QuerySet[Lot]:
    """Return the lots that the filters keep, among those that `user` may see."""
    lots = Lot.objects.visible_to(user).filter(view_filter(filters.view, filters.today))
    if filters.client:
        lots = lots.filter(client__code=filters.client)
    if filters.fiche:
        lots = lots.filter(fiche__code=filters.fiche)
    if filters.status:
        lots = lots.filter(status=filters.status)
    if filters.before:
        lots = lots.filter(filing_on__lte=filters.before)
    if filters.text:
        words = Q(number__icontains=filters.text) | Q(client__name__icontains=filters.text)
        lots = lots.filter(words | Q(emmy_ref__icontains=filters.text))
    return lots


_DRAW_DAYS = Parameter.objects.filter(code="delay-draw").values("value")[:1]


def with_facts(lots: QuerySet[Lot]) -> QuerySet[Lot]:
    """Annotate each lot with the dates and the stock of its operations, for the rows that are shown."""
    return lots.select_related("client", "fiche").annotate(
        latest_engaged=_of_operations(Max("engaged_on"), DateField()),
        first_completed=_of_operations(Min("completed_on"), DateField()),
        draw_days=Coalesce(Subquery(_DRAW_DAYS), Value(Decimal(0))),
        available=Coalesce(_of_operations(Count("id", filter=Q(selected="")), IntegerField()), Value(0)),
    )


def _of_operations(what: Any, output: Any) -> Subquery:
    kept = Operation.objects.filter(lot=OuterRef("pk"), is_withdrawn=False).order_by().values("lot")
    return Subquery(kept.annotate(found=what).values("found"), output_field=output)


def lots_page(user: User, filters: LotFilters) -> KeysetPage[Lot]:
    """Return a page of lots, in one query."""
    lots = with_facts(filtered_lots(user, filters)).annotate(
        filing_key=Coalesce("filing_on", Value(NEVER)), client_name=F("client__name")
    )
    falling = filters.sort.startswith("-")
    order = Order.by(SORTS[filters.sort.removeprefix("-")], descending=falling)
    return keyset_page(lots, order, filters.cursor, size=PAGE)


def view_counts(user: User, today: dt.date) -> dict[str, int]:
    """Return how many lots each view holds, 1 001 for any number beyond 1 000, in one query."""
    lots = Lot.objects.visible_to(user)
    return capped_counts({view: lots.filter(view_filter(view, today)) for view in VIEWS})


def filter_choices(user: User) -> list[tuple[str, str, str]]:
    """Return (client code, name, fiche code) met in the visible lots: choices of filters, kept a minute."""
    lots = Lot.objects.visible_to(user).order_by()
    met = lots.values_list("client__code", "client__name", "fiche__code").distinct()
    return remembered(f"lots:choices:{user.pk}", settings.LIST_MEMORY, lambda: list(met[:2_000]))


def timeline(lot: Lot) -> list[StateChange]:
    """Return the lot's transitions, the latest first."""
    label = Lot._meta.label_lower
    return list(StateChange.objects.filter(aggregate=label, aggregate_id=lot.pk).order_by("-at", "-id")[:50])


def documents_of(lot: Lot) -> list[LotDocument]:
    """Return the lot's papers, the latest first."""
    return list(lot.documents.select_related("file").order_by("-id")[:100])


def imports_of(lot: Lot) -> list[ImportBatch]:
    """Return the imports that touched the lot, the latest first."""
    return list(lot.imports.select_related("file").order_by("-id")[:20])


def visible_documents(user: User) -> QuerySet[LotDocument]:
    """Return the papers of the lots that `user` may see, the latest first."""
    documents = LotDocument.objects.select_related("file", "lot__client").order_by("-id")
    if user.sees_everything:
        return documents
    return documents.filter(lot__client__in=Client.objects.visible_to(user))


def visible_draws(user: User) -> QuerySet[Draw]:
    """Return the draws of the lots that `user` may see."""
    return Draw.objects.select_related("lot").filter(lot__in=Lot.objects.visible_to(user))


def fiche_choices() -> list[tuple[str, str]]:
    """Return (code, label) of every fiche in scope."""
    return [(code, f"{code} {label}".strip()) for code, label in Fiche.objects.values_list("code", "label")]


def clients_page(user: User, text: str, cursor: str) -> KeysetPage[Client]:
    """Return a page of clients with how many lots and open lots they have."""
    clients = Client.objects.visible_to(user).annotate(
        lots_count=Count("lots", distinct=True),
        open_count=Count("lots", filter=~Q(lots__status=LotStatus.CLOSED), distinct=True),
    )
    if text:
        clients = clients.filter(
            Q(name__icontains=text) | Q(code__icontains=text) | Q(siren__startswith=text)
        )
    return keyset_page(clients, Order.by("name"), cursor, size=PAGE, counted=True)
