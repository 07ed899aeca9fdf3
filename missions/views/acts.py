"""Every act on a mission: asked in the dialog, or on a page of its own without script."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from missions import services
from missions.enums import ContactMeans, ContactOutcome, UnproductiveReason
from missions.forms import acts as forms
from missions.models import Mission
from missions.permissions import can_plan
from missions.selectors.detail import find_mission
from missions.services.documents import add_mission_document
from missions.services.due import set_due
from missions.workflow import MISSION, OPEN
from spekty.accounts.access import person
from spekty.core.actors import Actor
from spekty.core.engine import NotAllowed, TransitionRefused

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """One act: its words, its form, the states that it leaves, what it does and what is said after."""

    title: str
    button: str
    form: type[forms.ActForm]
    sources: tuple[str, ...]
    carry_out: Callable[[Mission, Data, Actor], object]
    done: str
    help: str = ""
    danger: bool = False


def _from(transition: str) -> tuple[str, ...]:
    return MISSION.get(transition).sources


def _assign(mission: Mission, data: Data, by: Actor) -> object:
    return services.assign_mission(mission_id=mission.pk, agent=data["agent"], day=data["day"], by=by)


def _fix(mission: Mission, data: Data, by: Actor) -> object:
    return services.fix_appointment(
        mission_id=mission.pk, agent=data["agent"], starts_at=data["starts_at"], by=by
    )


def _attempt(mission: Mission, data: Data, by: Actor) -> object:
    return services.record_attempt(
        mission_id=mission.pk,
        outcome=ContactOutcome(data["outcome"]),
        means=ContactMeans(data["means"]),
        note=data["note"],
        call_back_on=data["call_back_on"],
        by=by,
    )


def _unproductive(mission: Mission, data: Data, by: Actor) -> object:
    return services.record_unproductive_visit(
        mission_id=mission.pk,
        agent=data["agent"],
        at=data["at"],
        reason=UnproductiveReason(data["reason"]),
        note=data["note"],
        by=by,
    )


def _with_reason(service: Callable[..., object]) -> Callable[[Mission, Data, Actor], object]:
    def carry_out(mission: Mission, data: Data, by: Actor) -> object:
        return service(mission_id=mission.pk, by=by, reason=data["reason"])

    return carry_out


def _confirm(mission: Mission, data: Data, by: Actor) -> object:
    return services.confirm_appointment(mission_id=mission.pk, by=by)


def _document(mission: Mission, data: Data, by: Actor) -> object:
    sent = data["file"]
    return add_mission_document(
        mission=mission, content=sent.read(), name=sent.name, title=data["title"], by=by
    )


def _due(mission: Mission, data: Data, by: Actor) -> object:
    return set_due(mission_id=mission.pk, due_on=data["due_on"], by=by)


BEFORE_VISIT = ("to_plan", "to_contact", "fixed", "confirmed")
ACTS: dict[str, Act] = {
    "contacter": Act(
        "Noter un contact", "Noter le contact", forms.AttemptForm, OPEN, _attempt, "Contact noté.",
        "Chaque tentative est gardée ; un refus arrête la mission.",
    ),
    "rendez-vous": Act(
        "Fixer le rendez-vous", "Fixer le rendez-vous", forms.AppointmentForm, BEFORE_VISIT, _fix,
        "Rendez-vous fixé.", "Un rendez-vous déjà pris est remplacé.",
    ),
    "confirmer": Act(
        "Confirmer le rendez-vous", "Confirmer le rendez-vous", forms.PlainForm, _from("confirm"), _confirm,
        "Rendez-vous confirmé.", "Le bénéficiaire a confirmé sa présence.",
    ),
    "affecter": Act(
        "Affecter à un intervenant", "Affecter la mission", forms.AssignForm, BEFORE_VISIT, _assign,
        "Mission affectée.",
    ),
    "liberer": Act(
        "Annuler le rendez-vous", "Annuler le rendez-vous", forms.ReasonForm, _from("release"),
        _with_reason(services.release_appointment), "Rendez-vous annulé.",
        "L’intervenant garde la mission, à recontacter.",
    ),
    "retirer": Act(
        "Retirer l’affectation", "Retirer l’affectation", forms.ReasonForm, _from("unassign"),
        _with_reason(services.unassign_mission), "Affectation retirée.",
        "La mission revient à planifier, sans rendez-vous.",
    ),
    "improductive": Act(
        "Signaler une visite improductive", "Signaler la visite", forms.UnproductiveForm,
        _from("unproductive"), _unproductive, "Visite improductive notée.",
        "Elle est gardée et payée ; la mission revient à contacter.",
    ),
    "echeance": Act("Fixer l’échéance", "Fixer l’échéance", forms.DueForm, OPEN, _due, "Échéance fixée."),
    "document": Act(
        "Déposer un document", "Déposer le document", forms.DocumentForm, MISSION.states, _document,
        "Document déposé.", "Il est gardé ici et envoyé à la GED.",
    ),
    "injoignable": Act(
        "Déclarer injoignable", "Déclarer injoignable", forms.ReasonForm, _from("give_up"),
        _with_reason(services.give_up_mission), "Bénéficiaire déclaré injoignable.",
        "L’opération reste sélectionnée.",
    ),
    "refus": Act(
        "Enregistrer un refus", "Enregistrer le refus", forms.ReasonForm, _from("refuse"),
        _with_reason(services.refuse_mission), "Refus enregistré.", "L’opération reste sélectionnée.", True,
    ),
    "annuler": Act(
        "Annuler la mission", "Annuler la mission", forms.CompulsoryReasonForm, _from("cancel"),
        _with_reason(services.cancel_mission), "Mission annulée.", "Elle pourra être rouverte.", True,
    ),
    "rouvrir": Act(
        "Rouvrir la mission", "Rouvrir la mission", forms.ReasonForm, _from("reopen"),
        _with_reason(services.reopen_mission), "Mission rouverte.",
        "Elle revient à planifier, sans intervenant.",
    ),
}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Ask what an act needs, then do it; a refusal is said in the form."""
    user = person(request)
    mission = find_mission(user, number)
    if mission is None or verb not in ACTS:
        raise Http404
    if not can_plan(user):
        raise PermissionDenied("Planifier les missions ne fait pas partie de vos droits.")
    asked = ACTS[verb]
    sent = request.POST if request.method == "POST" else None
    form = asked.form(sent, request.FILES or None, mission=mission, today=timezone.localdate())
    if request.method != "POST":
        return _draw(request, mission, asked, form)
    if not form.is_valid():
        return _draw(request, mission, asked, form, status=422)
    try:
        asked.carry_out(mission, form.cleaned_data, user.acting())
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except TransitionRefused as refusal:
        form.add_error(None, str(refusal))
        return _draw(request, mission, asked, form, status=422)
    messages.success(
        request, f"{mission.number} : {asked.done[0].lower()}{asked.done[1:]}".replace(" :", "\u00a0:")
    )
    url = reverse("missions:detail", args=[mission.number])
    if request.htmx:  # type: ignore[attr-defined]
        return cast(HttpResponse, HttpResponseClientRedirect(url))
    return redirect(url)


def _draw(
    request: HttpRequest, mission: Mission, asked: Act, form: forms.ActForm, status: int = 200
) -> HttpResponse:
    template = "missions/detail/_act.html" if request.htmx else "missions/detail/act.html"  # type: ignore[attr-defined]
    refusal = ""
    if mission.status not in asked.sources and request.method != "POST":
        refusal = f"« {asked.title} » n’est pas possible : la mission est « {mission.get_status_display()} »."
    context = {"mission": mission, "act": asked, "form": form, "refusal": refusal, "path": request.path}
    return render(request, template, context, status=status)
