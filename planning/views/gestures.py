"""Gestures of the board: dragged, by the keys or in the dialog, they are the same request."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from missions.models import Mission
from planning.forms.board import LockForm, MoveForm
from planning.models import BoardMove, Stop, Tour
from planning.permissions import can_plan
from planning.ports import TravelUnknown
from planning.services import (
    ReasonNeeded,
    move_stop,
    place_stop,
    remove_stop,
    set_stop_lock,
    set_tour_lock,
    undo_move,
)
from planning.services.preview import preview_move
from planning.services.sheets import Sheet
from planning.views.fragments import answer
from spekty.accounts.access import only, person
from spekty.accounts.models import Agent
from spekty.core.actors import Actor
from spekty.core.engine import TransitionRefused


@require_safe
@only(can_plan)
def dialog(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask where a mission goes: every agent with the cost, the day, the rank."""
    mission = get_object_or_404(
        Mission.objects.visible_to(person(request)).select_related("operation"), pk=pk
    )
    stop = Stop.objects.filter(mission=mission).select_related("tour__agent").first()
    try:
        day = dt.date.fromisoformat(request.GET.get("jour", ""))
    except ValueError:
        day = stop.tour.day if stop else timezone.localdate()
    return _ask(request, mission, day, _sent(request, stop))


def _sent(request: HttpRequest, stop: Stop | None) -> dict[str, Any]:
    source = f"{stop.tour.agent_id}:{stop.tour.day.isoformat()}" if stop else ""
    return {
        "source": source,
        "stop": stop,
        "query": request.GET.get("query", ""),
        "shown": request.GET.get("vu", ""),
        "target": "",
        "position": "",
        "reason": "",
    }


def _ask(
    request: HttpRequest,
    mission: Mission,
    day: dt.date,
    sent: dict[str, Any],
    needed: ReasonNeeded | None = None,
) -> HttpResponse:
    try:
        preview = preview_move(mission_id=mission.pk, day=day)
        choices = sorted(
            [c for c in (preview.chosen, *preview.others) if c is not None],
            key=lambda c: (bool(c.blocking), c.metres),
        )
        problem = ""
    except TravelUnknown as unknown:
        choices, problem = [], str(unknown)
    wanted = str(sent["target"])
    if not wanted and choices:
        first = next((c for c in choices if not c.blocking), None)
        wanted = f"{first.agent.pk}:{day.isoformat()}" if first else ""
    context = {
        "mission": mission,
        "day": day,
        "choices": [(f"{c.agent.pk}:{day.isoformat()}", c) for c in choices],
        "wanted": wanted,
        "sent": sent,
        "needed": needed,
        "problem": problem,
        "seen": _seen([c.agent.pk for c in choices], day, sent["stop"]),
        "is_dialog": bool(getattr(request, "htmx", False)),
    }
    template = "planning/_dialog.html" if context["is_dialog"] else "planning/dialog.html"
    return render(request, template, context, status=422 if needed else 200)


def _seen(agents: list[int], day: dt.date, stop: Stop | None) -> str:
    versions = dict.fromkeys(agents, 0)
    versions |= dict(Tour.objects.filter(agent__in=agents, day=day).values_list("agent_id", "version"))
    pairs = {f"{agent}:{day.isoformat()}": version for agent, version in versions.items()}
    if stop:
        pairs[f"{stop.tour.agent_id}:{stop.tour.day.isoformat()}"] = stop.tour.version
    return " ".join(f"{key}={version}" for key, version in pairs.items())


@require_POST
@only(can_plan)
def move(request: HttpRequest) -> HttpResponse:
    """Place, move or take off a mission."""
    form = MoveForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest("Geste illisible.")
    sent = form.cleaned_data
    mission = get_object_or_404(Mission.objects.visible_to(person(request)), pk=sent["mission"])
    if sent["target"]:
        get_object_or_404(Agent, pk=sent["target"][0])
    keys = [key for key in (sent["source"], sent["target"]) if key]
    shown = sent["shown"] or keys[0][1]
    try:
        made = _make(sent, person(request).acting())
    except ReasonNeeded as needed:
        return _ask_reason(request, mission, sent, needed)
    except (TransitionRefused, TravelUnknown) as refusal:
        return answer(request, shown=shown, keys=keys, mission=mission.pk, refusal=str(refusal))
    response = answer(request, shown=shown, keys=keys, mission=mission.pk, text=f"{made.label}.")
    if getattr(request, "htmx", False):
        response["HX-Trigger-After-Settle"] = "dialog-close"
    return response


def _make(sent: dict[str, Any], by: Actor) -> BoardMove:
    mission, source, target, seen = sent["mission"], sent["source"], sent["target"], sent["seen"]
    if not target:
        return remove_stop(mission_id=mission, source=source, seen=seen, by=by)
    position, reason = sent["position"], sent["reason"]
    if not source:
        return place_stop(
            mission_id=mission, target=target, position=position, seen=seen, reason=reason, by=by
        )
    return move_stop(
        mission_id=mission,
        source=source,
        target=target,
        position=position,
        seen=seen,
        reason=reason,
        by=by,
    )


def _ask_reason(
    request: HttpRequest, mission: Mission, sent: dict[str, Any], needed: ReasonNeeded
) -> HttpResponse:
    """Show the dialog with what the place breaks, and the field of the reason."""
    agent, day = sent["target"]
    stop = Stop.objects.filter(mission=mission).select_related("tour__agent").first()
    values = {
        "source": request.POST.get("source", ""),
        "stop": stop,
        "query": request.POST.get("query", ""),
        "shown": request.POST.get("shown", ""),
        "target": f"{agent}:{day.isoformat()}",
        "position": sent["position"] or "",
        "reason": sent["reason"],
    }
    response = _ask(request, mission, day, values, needed)
    if getattr(request, "htmx", False):
        response["HX-Retarget"] = "#dialog-body"
        response["HX-Reswap"] = "innerHTML"
    return response


@require_POST
@only(can_plan)
def lock(request: HttpRequest) -> HttpResponse:
    """Lock or free a tour, or one mission on it."""
    form = LockForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest("Geste illisible.")
    sent, by = form.cleaned_data, person(request).acting()
    get_object_or_404(Agent, pk=sent["key"][0])
    common = {"key": sent["key"], "is_locked": sent["is_locked"], "seen": sent["seen"], "by": by}
    try:
        if sent["mission"]:
            made = set_stop_lock(mission_id=sent["mission"], **common)
        else:
            made = set_tour_lock(**common)
    except (TransitionRefused, TravelUnknown) as refusal:
        return answer(request, shown=sent["shown"], keys=[sent["key"]], refusal=str(refusal))
    return answer(
        request, shown=sent["shown"], keys=[sent["key"]], mission=sent["mission"], text=f"{made.label}."
    )


@require_POST
@only(can_plan)
def undo(request: HttpRequest) -> HttpResponse:
    """Take back one's latest gesture."""
    try:
        shown: dt.date | None = dt.date.fromisoformat(request.POST.get("shown", ""))
    except ValueError:
        shown = None
    try:
        made = undo_move(by=person(request).acting())
    except (TransitionRefused, TravelUnknown) as refusal:
        return answer(request, shown=shown, keys=[], refusal=str(refusal))
    keys = [Sheet.from_json(sheet).key for sheet in made.before] if isinstance(made.before, list) else []
    return answer(request, shown=shown, keys=keys, text=f"Annulé : {made.label}.")
