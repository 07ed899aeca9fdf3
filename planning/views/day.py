"""The board of a day."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from missions.models import Mission
from planning.forms.board import SeenField
from planning.permissions import can_plan, can_see_plan
from planning.ports import TravelUnknown
from planning.selectors.board import changes_of, day_board
from planning.selectors.waiting import Filters
from planning.services import publish_tours, set_day_lock
from planning.services.preview import preview_move
from planning.services.publication import Published, drafts_of
from planning.views.fragments import context_of, day_of, filters_of
from spekty.accounts.access import only, person
from spekty.core.engine import TransitionRefused


@require_safe
@only(can_see_plan)
def today(request: HttpRequest) -> HttpResponse:
    """Show today, or the next working day at the end of the week."""
    return board(request, timezone.localdate().isoformat())


@require_safe
@only(can_see_plan)
def board(request: HttpRequest, value: str) -> HttpResponse:
    """Show the board of a day; the list alone when htmx asks for it."""
    day, filters = day_of(value), filters_of(request.GET)
    found = day_board(day, filters=filters, user_id=person(request).pk)
    fragment = request.headers.get("HX-Target") == "waiting"
    template = "planning/_waiting.html" if fragment else "planning/day.html"
    return render(request, template, context_of(request, found, filters))


@require_safe
@only(can_plan)
def preview(request: HttpRequest, value: str) -> HttpResponse:
    """Show what a move would do, before it is made."""
    day = day_of(value)
    try:
        mission, agent = int(request.GET.get("mission", "")), int(request.GET.get("agent") or 0)
        position = int(request.GET.get("position") or 0)
        found = preview_move(
            mission_id=mission, day=day, agent_id=agent or None, position=position if position > 0 else None
        )
    except (ValueError, Mission.DoesNotExist):
        raise Http404 from None
    except TravelUnknown as unknown:
        return render(request, "planning/_preview.html", {"preview": None, "problem": str(unknown)})
    context: dict[str, Any] = {"preview": found, "problem": "", "can_plan": True}
    return render(request, "planning/_preview.html", context)


@require_safe
@only(can_see_plan)
def compare(request: HttpRequest, value: str) -> HttpResponse:
    """Show what publishing would change for each agent."""
    found = day_board(day_of(value), filters=Filters(), user_id=person(request).pk)
    is_dialog = bool(getattr(request, "htmx", False))
    context = {
        "board": found,
        "changes": changes_of(found.drafts),
        "is_dialog": is_dialog,
        "can_plan": can_plan(person(request)),
    }
    return render(request, "planning/_compare.html" if is_dialog else "planning/compare.html", context)


@require_POST
@only(can_plan)
def publish(request: HttpRequest, value: str) -> HttpResponse:
    """Publish the drafts of the day."""
    day = day_of(value)
    try:
        seen = SeenField(required=False).clean(request.POST.get("seen", ""))
        found = publish_tours(keys=drafts_of(day), by=person(request).acting(), seen=seen)
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        _say(request, found)
    return redirect(f"{reverse('planning:board', args=[value])}?{request.POST.get('query', '')}".rstrip("?"))


def _say(request: HttpRequest, found: Published) -> None:
    count = len(found.tours)
    if not count:
        messages.warning(request, "Aucun brouillon à publier.")
        return
    plural = "s" if count > 1 else ""
    messages.success(
        request, f"{count} tournée{plural} publiée{plural}, intervenant{plural} prévenu{plural}."
    )
    if found.not_told:
        names = ", ".join(agent.short_name for agent in found.not_told)
        messages.warning(request, f"Sans adresse e-mail, à prévenir autrement : {names}.")


@require_POST
@only(can_plan)
def lock_day(request: HttpRequest, value: str) -> HttpResponse:
    """Lock the day, or open it."""
    is_locked = request.POST.get("is_locked") == "on"
    move = set_day_lock(
        day=day_of(value),
        is_locked=is_locked,
        reason=request.POST.get("reason", ""),
        by=person(request).acting(),
    )
    messages.success(request, f"{move.label}.")
    return redirect("planning:board", value)
