"""A mission on the phone: read it, start it, report a visit without access or a call."""

import datetime as dt
import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from field import selectors
from field.forms import AttemptForm, KmForm, UnproductiveForm
from field.permissions import signed_in_agent
from field.rules.definition import read_definition
from field.services import NoDefinition, definition_for, finish_day, record_attempt_once, start_mission
from field.views.answers import error_text, from_outbox, invalid, kept, refused
from missions.enums import ContactMeans, ContactOutcome, MissionStatus, UnproductiveReason
from missions.models import Mission, UnproductiveVisit
from missions.services import record_unproductive_visit, stop_visit
from spekty.core.engine import TransitionRefused
from spekty.core.enums import Channel, Source

STARTABLE = (MissionStatus.TO_CONTACT, MissionStatus.FIXED, MissionStatus.CONFIRMED)


@require_safe
def mission(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a mission: the essentials, then what to look at, then its past."""
    _, agent = signed_in_agent(request)
    found = get_object_or_404(selectors.missions_of(agent).select_related("reinspection_of"), pk=pk)
    is_contact = found.channel == Channel.CONTACT
    context = {
        "mission": found,
        "operation": found.operation,
        "is_contact": is_contact,
        "can_start": found.status in STARTABLE,
        "can_read": found.is_open or found.status == MissionStatus.TO_COMPLETE,
        "points": _points_to_check(found),
        "past": selectors.past_of(found),
        "reading": selectors.current_reading(found),
        "sent_back": selectors.sent_back_reason(found),
        "attempt_form": AttemptForm(initial={"key": uuid.uuid4()}) if is_contact else None,
        "key": uuid.uuid4(),
    }
    return render(request, "field/mission.html", context)


def _points_to_check(found: Mission) -> list[str]:
    try:
        form = read_definition(definition_for(found, timezone.localdate()).content)
    except NoDefinition:
        return []
    return [question.label for question in form.asked() if question.effect in ("decisive", "nv_forcing")]


@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Start the visit, then go to its reading."""
    user, agent = signed_in_agent(request)
    found = get_object_or_404(selectors.missions_of(agent), pk=pk)
    try:
        start_mission(mission_id=found.pk, by=user.acting(Source.FIELD))
    except TransitionRefused as refusal:
        return refused(request, refusal, back=reverse("field:mission", args=[pk]))
    created = found.status != MissionStatus.IN_PROGRESS
    return kept(request, created=created, text="Visite démarrée.", back=reverse("field:reading", args=[pk]))


@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo a start made by mistake."""
    user, agent = signed_in_agent(request)
    found = get_object_or_404(selectors.missions_of(agent), pk=pk)
    back = reverse("field:mission", args=[pk])
    try:
        stop_visit(mission_id=found.pk, by=user.acting(Source.FIELD))
    except TransitionRefused as refusal:
        return refused(request, refusal, back=back)
    return kept(request, created=True, text="Le démarrage est annulé.", back=back)


@require_http_methods(["GET", "HEAD", "POST"])
def unproductive(request: HttpRequest, pk: int) -> HttpResponse:
    """Report a visit without access."""
    user, agent = signed_in_agent(request)
    missions = selectors.missions_once_of(agent) if request.method == "POST" else selectors.missions_of(agent)
    found = get_object_or_404(missions.select_related("operation"), pk=pk)
    form = UnproductiveForm(request.POST or None, initial={"key": uuid.uuid4()})
    if request.method != "POST" or not form.is_valid():
        if form.is_bound and from_outbox(request):
            return invalid(request, form)
        return render(request, "field/unproductive.html", {"mission": found, "form": form})
    sent = form.cleaned_data
    known = UnproductiveVisit.objects.filter(key=sent["key"]).exists()
    try:
        record_unproductive_visit(
            mission_id=found.pk,
            agent=agent,
            at=min(sent["at"] or timezone.now(), timezone.now()),
            reason=UnproductiveReason(sent["reason"]),
            note=sent["note"],
            key=sent["key"],
            by=user.acting(Source.FIELD),
        )
    except TransitionRefused as refusal:
        return refused(request, refusal, back=reverse("field:day"))
    text = "Visite improductive enregistrée : la mission revient au bureau."
    return kept(request, created=not known, text=text, back=reverse("field:day"))


@require_POST
def attempt(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a try at reaching the beneficiary."""
    user, agent = signed_in_agent(request)
    found = get_object_or_404(selectors.missions_of(agent), pk=pk)
    back = reverse("field:mission", args=[pk])
    form = AttemptForm(request.POST)
    if not form.is_valid():
        if from_outbox(request):
            return invalid(request, form)
        return refused(request, TransitionRefused(error_text(form)), back=back)
    sent = form.cleaned_data
    try:
        created = record_attempt_once(
            key=sent["key"],
            mission_id=found.pk,
            outcome=ContactOutcome(sent["outcome"]),
            means=ContactMeans(sent["means"]),
            note=sent["note"],
            call_back_on=sent["call_back_on"],
            by=user.acting(Source.FIELD),
        )
    except TransitionRefused as refusal:
        return refused(request, refusal, back=back)
    return kept(request, created=created, text="Appel noté.", back=back)


@require_POST
def kilometres(request: HttpRequest, day: dt.date) -> HttpResponse:
    """Declare the day's kilometres and end it."""
    user, agent = signed_in_agent(request)
    back = f"{reverse('field:day')}?jour={day}"
    form = KmForm(request.POST)
    if not form.is_valid():
        if from_outbox(request):
            return invalid(request, form)
        return refused(request, TransitionRefused("Écrivez les kilomètres, par exemple 142,5."), back=back)
    try:
        finish_day(agent=agent, day=day, km=form.cleaned_data["km"], by=user.acting(Source.FIELD))
    except TransitionRefused as refusal:
        return refused(request, refusal, back=back)
    return kept(request, created=True, text="Kilomètres déclarés, journée terminée.", back=back)
