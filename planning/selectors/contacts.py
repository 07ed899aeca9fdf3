"""The contact list: whom to call, who to call back, who must still confirm."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from missions.enums import ContactOutcome, MissionStatus
from missions.models import ContactAttempt, Mission
from spekty.core.enums import Channel
from spekty.core.keyset import Order

TO_CALL = (MissionStatus.TO_PLAN, MissionStatus.TO_CONTACT)
NEVER = dt.date(9999, 12, 31)
ORDER = Order.by("call_key", "due_key")
VIEWS = {
    "appeler": "À appeler",
    "rappels": "Rappels du jour",
    "insister": "Sans réponse",
    "confirmer": "À confirmer",
}


@dataclass(frozen=True, slots=True)
class View:
    """A saved view with its count, as the component of views wants it."""

    code: str
    label: str
    url: str
    count: int
    on: bool


def contact_list(view: str, today: dt.date) -> QuerySet[Mission]:
    """Return the missions of a view with what was tried on each, call-backs first."""
    last = ContactAttempt.objects.filter(mission=OuterRef("pk")).order_by("-at", "-pk")
    rows = (
        Mission.objects.filter(channel=Channel.SITE)
        .select_related("operation", "agent", "lot__fiche", "stop__tour__agent")
        .annotate(
            tries=Count("attempts"),
            last_at=Max("attempts__at"),
            last_outcome=Subquery(last.values("outcome")[:1]),
            call_back=Subquery(last.values("call_back_on")[:1]),
            call_key=Coalesce(Subquery(last.values("call_back_on")[:1]), Value(NEVER)),
            due_key=Coalesce("due_on", Value(NEVER)),
        )
    )
    return rows.filter(_condition(view, today)).order_by(*ORDER.columns())


def _condition(view: str, today: dt.date) -> Q:
    to_call = Q(status__in=TO_CALL)
    if view == "rappels":
        return to_call & Q(last_outcome=ContactOutcome.CALL_BACK, call_back__lte=today)
    if view == "insister":
        return to_call & Q(tries__gte=1) & ~Q(last_outcome=ContactOutcome.CALL_BACK)
    if view == "confirmer":
        return Q(status=MissionStatus.FIXED)
    not_called_back = ~Q(last_outcome=ContactOutcome.CALL_BACK)
    return to_call & (Q(last_outcome=None) | not_called_back | Q(call_back__lte=today))


def outcome_word(code: str | None) -> str:
    """Return the word of an outcome, "" for none."""
    return str(ContactOutcome(code).label) if code else ""
