"""Appointments: whom to call, which slots cost least, what was agreed."""

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from missions.models import Mission
from planning.permissions import can_plan, can_see_plan
from planning.ports import TravelUnknown
from planning.selectors.contacts import ORDER, VIEWS, View, contact_list, outcome_word
from planning.services.appointments import agree_slot, offered_slots
from spekty.accounts.access import only, person
from spekty.accounts.models import Agent
from spekty.core.engine import TransitionRefused
from spekty.core.keyset import capped_counts, keyset_page

PAGE = 40


@require_safe
@only(can_see_plan)
def contacts(request: HttpRequest) -> HttpResponse:
    """List the beneficiaries to call, with what was tried."""
    today = timezone.localdate()
    asked = request.GET.get("vue", "appeler")
    view = asked if asked in VIEWS else "appeler"
    counts = capped_counts({code: contact_list(code, today) for code in VIEWS})
    views = [View(code, label, f"?vue={code}", counts[code], code == view) for code, label in VIEWS.items()]
    page = keyset_page(contact_list(view, today), ORDER, request.GET.get("page", ""), size=PAGE)
    rows = [
        (mission, outcome_word(getattr(mission, "last_outcome", "")), getattr(mission, "stop", None))
        for mission in page
    ]
    context = {
        "views": views,
        "page": page,
        "rows": rows,
        "can_plan": can_plan(person(request)),
        "today": today,
    }
    return render(request, "planning/contacts.html", context)


@require_safe
@only(can_plan)
def slots(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer the cheapest slots for a mission."""
    mission = _mission(request, pk)
    first = timezone.localdate() + dt.timedelta(1)
    try:
        found, problem = offered_slots(mission_id=mission.pk, first_day=first), ""
    except TravelUnknown as unknown:
        found, problem = [], str(unknown)
    is_dialog = bool(getattr(request, "htmx", False))
    context = {"mission": mission, "slots": found, "problem": problem, "is_dialog": is_dialog}
    return render(request, "planning/_slots.html" if is_dialog else "planning/slots.html", context)


def _mission(request: HttpRequest, pk: int) -> Mission:
    rows = Mission.objects.visible_to(person(request)).open().select_related("operation")
    return get_object_or_404(rows, pk=pk)


@require_POST
@only(can_plan)
def agree(request: HttpRequest, pk: int) -> HttpResponse:
    """Fix the appointment that the beneficiary chose."""
    mission = _mission(request, pk)
    agent_id, _, moment = request.POST.get("slot", "").partition(":")
    try:
        starts_at, number = dt.datetime.fromisoformat(moment), int(agent_id)
    except ValueError:
        return HttpResponseBadRequest("Créneau illisible.")
    if timezone.is_naive(starts_at):
        return HttpResponseBadRequest("Créneau illisible.")
    agent = get_object_or_404(Agent.objects.active(), pk=number)
    try:
        agreed = agree_slot(
            mission_id=mission.pk,
            agent=agent,
            starts_at=starts_at,
            by=person(request).acting(),
            link=lambda token: request.build_absolute_uri(reverse("missions:invitation", args=[token])),
        )
    except (TransitionRefused, TravelUnknown) as refusal:
        messages.error(request, str(refusal))
    else:
        told = f" Confirmation envoyée par {agreed.told_by}." if agreed.told_by else ""
        messages.success(request, f"Rendez-vous fixé pour {mission.number}.{told}")
        if not told:
            messages.warning(request, "Ni e-mail ni mobile : confirmez le rendez-vous de vive voix.")
    if getattr(request, "htmx", False):
        return HttpResponseClientRefresh()
    return redirect("planning:contacts")
