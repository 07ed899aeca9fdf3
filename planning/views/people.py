"""Absences and rights of agents."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from planning.forms.people import (
    AbsenceForm,
    AuthorisationForm,
    ConditionsForm,
    EndForm,
    LinkForm,
)
from planning.permissions import can_plan, can_see_plan
from planning.selectors.team import PAGE, absences_from, team_page
from planning.services import people
from spekty.accounts.access import only, person
from spekty.accounts.enums import LinkKind
from spekty.accounts.models import Absence, Agent, Authorisation
from spekty.core import french
from spekty.core.engine import TransitionRefused
from spekty.core.enums import Family
from spekty.core.keyset import Order, keyset_page


@require_http_methods(["GET", "HEAD", "POST"])
@only(can_see_plan)
def absences(request: HttpRequest) -> HttpResponse:
    """List absences to come, and note one."""
    user = person(request)
    form = AbsenceForm(request.POST or None)
    if request.method == "POST":
        if not can_plan(user):
            raise PermissionDenied
        if form.is_valid() and _note(request, form):
            return redirect("planning:absences")
    rows = absences_from(timezone.localdate())
    page = keyset_page(rows, Order.by("first_day"), request.GET.get("page", ""), size=PAGE, counted=True)
    context = {"page": page, "form": form, "can_plan": can_plan(user)}
    return render(request, "planning/absences.html", context, status=422 if form.is_bound else 200)


def _note(request: HttpRequest, form: AbsenceForm) -> bool:
    try:
        noted = people.add_absence(**form.cleaned_data, by=person(request).acting())
    except TransitionRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, f"Absence de {noted.absence.agent} notée.")
    if noted.stops_to_move:
        visits = french.plural(noted.stops_to_move, "visite")
        messages.warning(request, f"{visits} sur ces jours : « Replacer » propose où les mettre.")
    return True


@require_POST
@only(can_plan)
def remove_absence(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an absence back."""
    absence = get_object_or_404(Absence.objects.select_related("agent"), pk=pk)
    people.remove_absence(absence=absence, by=person(request).acting())
    messages.success(request, f"Absence de {absence.agent} retirée.")
    return redirect("planning:absences")


@require_safe
@only(can_see_plan)
def skills(request: HttpRequest) -> HttpResponse:
    """Show who may inspect what, until when, where and at which hours."""
    page = team_page(timezone.localdate(), request.GET.get("page", ""))
    context = {"page": page, "families": Family.choices, "can_plan": can_plan(person(request))}
    return render(request, "planning/skills.html", context)


@require_safe
@only(can_see_plan)
def member(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one agent's rights, links, areas and hours, each editable."""
    return _member(request, _agent(pk))


def _agent(pk: int) -> Agent:
    return get_object_or_404(Agent.objects.prefetch_related("authorisations", "links"), pk=pk)


def _member(
    request: HttpRequest, agent: Agent, bound: AuthorisationForm | ConditionsForm | LinkForm | None = None
) -> HttpResponse:
    forms = {
        "conditions": ConditionsForm(initial=ConditionsForm.of(agent), prefix="c"),
        "right": AuthorisationForm(prefix="h"),
        "link": LinkForm(prefix="l"),
    }
    if isinstance(bound, ConditionsForm):
        forms["conditions"] = bound
    elif isinstance(bound, AuthorisationForm):
        forms["right"] = bound
    elif bound is not None:
        forms["link"] = bound
    today = timezone.localdate()
    rights = [(a, a.covers(today)) for a in agent.authorisations.all()]
    context = {"agent": agent, "rights": rights, "can_plan": can_plan(person(request)), **forms}
    return render(request, "planning/member.html", context, status=422 if bound else 200)


@require_POST
@only(can_plan)
def save_conditions(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep areas, hours and limits."""
    agent = _agent(pk)
    form = ConditionsForm(request.POST, prefix="c")
    if not form.is_valid():
        return _member(request, agent, form)
    people.set_working_conditions(agent=agent, **form.cleaned_data, by=person(request).acting())
    messages.success(request, f"Horaires et secteurs de {agent} enregistrés.")
    return redirect("planning:member", pk)


@require_POST
@only(can_plan)
def add_right(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a right."""
    agent = _agent(pk)
    form = AuthorisationForm(request.POST, prefix="h")
    if form.is_valid():
        try:
            people.grant_authorisation(agent=agent, **form.cleaned_data, by=person(request).acting())
        except TransitionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Habilitation de {agent} ajoutée.")
            return redirect("planning:member", pk)
    return _member(request, agent, form)


@require_POST
@only(can_plan)
def end_right(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the last day of a right."""
    right = get_object_or_404(Authorisation.objects.select_related("agent"), pk=pk)
    form = EndForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Cette date n’est pas lisible.")
        return redirect("planning:member", right.agent_id)
    try:
        people.end_authorisation(
            authorisation=right, last_day=form.cleaned_data["last_day"], by=person(request).acting()
        )
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Fin de l’habilitation enregistrée.")
    return redirect("planning:member", right.agent_id)


@require_POST
@only(can_plan)
def add_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a declared link."""
    agent = _agent(pk)
    form = LinkForm(request.POST, prefix="l")
    if not form.is_valid():
        return _member(request, agent, form)
    data = form.cleaned_data | {"kind": LinkKind(form.cleaned_data["kind"])}
    people.declare_link(agent=agent, **data, by=person(request).acting())
    messages.success(request, "Lien déclaré : ces affectations sont bloquées.")
    return redirect("planning:member", pk)
