"""The beneficiary's page, reached by the link of their message: confirm, ask to move, refuse. No sign-in."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from missions.enums import AppointmentState
from missions.forms.invitation import CONFIRM, REFUSE, AnswerForm
from missions.models import Appointment
from missions.services import answer_appointment
from spekty.core.agenda import Entry, invitation
from spekty.core.engine import TransitionRefused
from spekty.core.tables import download

LIVE = (AppointmentState.FIXED, AppointmentState.CONFIRMED)


def _slot(token: str) -> Appointment:
    related = ("mission__operation", "mission__lot__fiche", "agent")
    return get_object_or_404(Appointment.objects.select_related(*related), token=token)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Show the slot and take the answer; what is past or cancelled can't be answered any more."""
    slot = _slot(token)
    refusal = ""
    if request.method == "POST":
        form = AnswerForm(request.POST)
        refusal = _take(slot, form) if form.is_valid() else "Choisissez une réponse."
        if not refusal:
            return redirect("missions:invitation", token=token)
    context = {
        "slot": slot,
        "body": settings.INSPECTION_BODY,
        "is_open": _is_open(slot),
        "is_confirmed": slot.state == AppointmentState.CONFIRMED,
        "is_refused": slot.mission.status == "refused",
        "refusal": refusal,
    }
    response = render(request, "missions/invitation.html", context, status=422 if refusal else 200)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _is_open(slot: Appointment) -> bool:
    return slot.state in LIVE and slot.starts_at > timezone.now()


def _take(slot: Appointment, form: AnswerForm) -> str:
    """Take the answer; return why it can't be taken, or ""."""
    if not _is_open(slot):
        return "Ce rendez-vous ne peut plus être modifié ici."
    chosen, note = form.cleaned_data["answer"], form.cleaned_data["note"]
    try:
        answer_appointment(token=slot.token, accepts=chosen == CONFIRM, refuses=chosen == REFUSE, note=note)
    except (TransitionRefused, Appointment.DoesNotExist):
        return "Ce rendez-vous a changé entre-temps : appelez-nous."
    return ""


@login_not_required
@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """Give the appointment as a calendar file."""
    slot = _slot(token)
    site = slot.mission.operation
    entry = Entry(
        uid=f"rdv-{slot.pk}@spekty",
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        summary=f"Visite de contrôle {settings.INSPECTION_BODY['name']}",
        place=f"{site.address}, {site.place}",
        note=f"Mission {slot.mission.number}",
        cancelled=slot.state == AppointmentState.CANCELLED,
    )
    content = invitation(entry, organizer=settings.DEFAULT_FROM_EMAIL)
    return download("rendez-vous.ics", "text/calendar; charset=utf-8", content)
