"""What comes back after a gesture: the lanes it touched, the list, the counts; the page without script."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import trigger_client_event

from planning.permissions import can_plan
from planning.selectors.board import DayBoard, day_board
from planning.selectors.waiting import Filters
from spekty.accounts.access import person
from spekty.core.enums import Family

DUES = {"late": "en retard", "7": "sous 7 jours", "30": "sous 30 jours"}


def day_of(value: str) -> dt.date:
    """Return the day of an address; a day that is none is 404."""
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise Http404("Ce jour n’existe pas.") from None


def filters_of(query: QueryDict) -> Filters:
    """Read ?zone=33&zone=40&type=ISO&echeance=7."""
    family, due = query.get("type", ""), query.get("echeance", "")
    return Filters(
        zones=tuple(zone for zone in query.getlist("zone") if zone.isalnum()),
        family=family if family in Family.values else "",
        due=due if due in DUES else "",
    )


def query_of(filters: Filters) -> str:
    """Write the filters back as a query, "" when there is none."""
    pairs = [("zone", zone) for zone in filters.zones]
    pairs += [(name, value) for name, value in (("type", filters.family), ("echeance", filters.due)) if value]
    return urlencode(pairs)


def context_of(request: HttpRequest, board: DayBoard, filters: Filters) -> dict[str, Any]:
    query = query_of(filters)
    suffix = f"?{query}" if query else ""
    return {
        "board": board,
        "filters": filters,
        "query": query,
        "suffix": suffix,
        "can_plan": can_plan(person(request)),
        "families": Family.values,
        "dues": DUES.items(),
        "due_word": DUES.get(filters.due, ""),
        "before": _url(board.day - dt.timedelta(1), suffix),
        "after": _url(board.day + dt.timedelta(1), suffix),
    }


def _url(day: dt.date, suffix: str = "") -> str:
    return reverse("planning:board", args=[day.isoformat()]) + suffix


def answer(
    request: HttpRequest,
    *,
    shown: dt.date | None,
    keys: Iterable[tuple[int, dt.date]],
    text: str = "",
    mission: int | None = None,
    refusal: str = "",
) -> HttpResponse:
    """Return the touched lanes out of band with a toast; a page without htmx is sent back to the day.

    A refusal is 422: every lane comes back as it is in the database.
    """
    keys = list(keys)
    day = shown or (keys[0][1] if keys else timezone.localdate())
    if refusal:
        messages.error(request, refusal)
    elif text:
        messages.success(request, text)
    filters = filters_of(QueryDict(request.POST.get("query", "")))
    if not getattr(request, "htmx", False):
        return redirect(_url(day, f"?{query_of(filters)}" if query_of(filters) else ""))
    board = day_board(day, filters=filters, user_id=person(request).pk)
    touched = {agent for agent, moved_on in keys if moved_on == day}
    context = context_of(request, board, filters) | {
        "lanes": [lane for lane in board.lanes if refusal or lane.agent.pk in touched],
        "oob": True,
    }
    response = render(request, "planning/_moved.html", context, status=422 if refusal else 200)
    event = {"mission": mission, "text": refusal or text, "refused": bool(refusal)}
    return trigger_client_event(response, "board-moved", event)
