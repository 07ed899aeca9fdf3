"""Conditions, freeze, the go, and the teams' own tests."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from integrations.cutover.conditions import gather, lines
from integrations.cutover.crosscheck import PATHS, cases_of, last_results, paths_progress
from integrations.cutover.decisions import (
    DecisionRefused,
    add_condition,
    freeze,
    play_step,
    pronounce,
    set_condition,
    unfreeze,
)
from integrations.cutover.forms import ConditionForm, NewConditionForm, ReasonForm, StepForm
from integrations.cutover.permissions import can_decide, can_play, can_prepare, can_test
from integrations.cutover.selectors import current_freeze
from integrations.enums import Outcome
from integrations.models import Condition, LegacyWorkbook
from spekty.accounts.access import only, person


@require_POST
@only(can_prepare)
def add(request: HttpRequest) -> HttpResponse:
    """Add a condition to the list."""
    form = NewConditionForm(request.POST)
    if form.is_valid():
        add_condition(label=form.cleaned_data["label"], by=person(request).acting())
    else:
        messages.error(request, "Écrivez la condition.")
    return redirect("cutover:cockpit")


@require_http_methods(["GET", "POST"])
@only(can_prepare)
def condition(request: HttpRequest, code: str) -> HttpResponse:
    """Show a condition and keep its owner, its date, its evidence."""
    line = next((line for line in lines(gather()) if line.code == code), None)
    if line is None:
        raise Http404
    row = Condition.objects.filter(code=code).first()
    kept = (
        {"owner": row.owner, "due_on": row.due_on, "evidence": row.evidence, "is_met": row.is_met}
        if row
        else {}
    )
    form = ConditionForm(request.POST or None, initial=kept)
    if line.is_automatic:
        del form.fields["evidence"], form.fields["is_met"]
    if request.method == "POST" and form.is_valid():
        try:
            set_condition(code=code, changes=form.cleaned_data, by=person(request).acting())
            return redirect("cutover:cockpit")
        except DecisionRefused as refusal:
            form.add_error(None, str(refusal))
    context = {"line": line, "form": form}
    return render(request, "cutover/condition.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@only(can_prepare)
def freeze_workbook(request: HttpRequest) -> HttpResponse:
    """Make one workbook the only one that counts."""
    asked = (request.POST if request.method == "POST" else request.GET).get("classeur", "")
    workbook = get_object_or_404(LegacyWorkbook, pk=int(asked) if asked.isdecimal() else 0)
    if request.method == "POST":
        try:
            freeze(workbook=workbook, by=person(request).acting())
            messages.success(
                request, f"« {workbook.name} » est gelé : aucun autre fichier ne se charge plus."
            )
        except DecisionRefused as refusal:
            messages.error(request, str(refusal))
        return redirect("cutover:cockpit")
    return render(request, "cutover/freeze.html", {"workbook": workbook})


@require_http_methods(["GET", "POST"])
@only(can_prepare)
def lift(request: HttpRequest) -> HttpResponse:
    """Lift the freeze, with a reason."""
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            unfreeze(reason=form.cleaned_data["reason"], by=person(request).acting())
            messages.success(request, "Le gel est levé.")
            return redirect("cutover:cockpit")
        except DecisionRefused as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "freeze": current_freeze()}
    return render(request, "cutover/unfreeze.html", context, status=422 if form.errors else 200)


@require_POST
@only(can_decide)
def go(request: HttpRequest) -> HttpResponse:
    """Pronounce the cut-over."""
    try:
        pronounce(by=person(request).acting())
        messages.success(request, "La bascule est prononcée.")
    except DecisionRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("cutover:cockpit")


@require_safe
@only(can_test)
def paths(request: HttpRequest) -> HttpResponse:
    """Show how far the tests are: every team's to the cockpit, one's own to the others."""
    user = person(request)
    mine = [path for path in PATHS.values() if can_play(user, path)]
    return render(request, "cutover/paths.html", {"paths": paths_progress(mine), "all": can_prepare(user)})


@require_http_methods(["GET", "POST"])
@only(can_test)
def script(request: HttpRequest, code: str) -> HttpResponse:
    """Show one team's script with real cases, and keep the result of a step."""
    path = PATHS.get(code)
    if path is None:
        raise Http404
    if not can_play(person(request), path):
        raise PermissionDenied
    if request.method == "POST":
        return _played(request, code)
    results = last_results()
    steps = [
        (step, cases_of(step.cases, person(request)), results.get((code, step.code))) for step in path.steps
    ]
    context = {"path": path, "steps": steps, "entry": _address(path.entry), "outcomes": Outcome.choices}
    return render(request, "cutover/script.html", context)


def _played(request: HttpRequest, code: str) -> HttpResponse:
    form = StepForm(request.POST)
    if form.is_valid():
        values = form.cleaned_data | {"outcome": Outcome(form.cleaned_data["outcome"])}
        try:
            play_step(path=code, by=person(request).acting(), **values)
            messages.success(request, "Résultat gardé.")
        except DecisionRefused as refusal:
            messages.error(request, str(refusal))
    else:
        messages.error(request, "Choisissez conforme ou écart.")
    return redirect("cutover:script", code=code)


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
