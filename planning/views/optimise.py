"""Optimise: choose the scope, watch the run, compare, accept all, part or none into the draft."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from planning.enums import RunStatus
from planning.forms.optimise import FREEDOMS, ScopeForm
from planning.models import PlanRun
from planning.permissions import can_plan, can_see_plan
from planning.ports import TravelUnknown
from planning.services.applying import apply_run
from planning.services.runs import LOST, MOST_DAYS, Freedom, Scope, ask_again, ask_run, is_lost
from spekty.accounts.access import only, person
from spekty.core.engine import TransitionRefused

UNDER_WAY = (RunStatus.QUEUED, RunStatus.RUNNING)
# A run that nobody took for so long waits for a worker.
PATIENCE = dt.timedelta(seconds=30)


@require_http_methods(["GET", "HEAD", "POST"])
@only(can_see_plan)
def ask(request: HttpRequest) -> HttpResponse:
    """Choose the days and what may change; the runs made lately are below."""
    user = person(request)
    form = ScopeForm(request.POST or None, initial=_asked(request))
    if request.method == "POST":
        if not can_plan(user):
            raise PermissionDenied
        if form.is_valid():
            data = form.cleaned_data
            scope = Scope(**(data | {"freedom": Freedom(data["freedom"])}))
            return redirect("planning:run", ask_run(scope=scope, by=user.acting()).pk)
    runs = PlanRun.objects.select_related("created_by")[:10]
    context = {"form": form, "runs": [(run, _scope(run)) for run in runs], "can_plan": can_plan(user)}
    return render(request, "planning/optimise.html", context, status=422 if form.is_bound else 200)


def _asked(request: HttpRequest) -> dict[str, Any]:
    """Read ?du=, ?au= and ?change=: a link from an absence says all three."""
    first = _next_day(request.GET.get("du", ""))
    last = _day(request.GET.get("au", "")) or _end_of_week(first)
    change = request.GET.get("change", "")
    freedom = change if change in dict(FREEDOMS) else Freedom.FULL.value
    longest = first + dt.timedelta(MOST_DAYS - 1)
    return {
        "first_day": first,
        "last_day": min(max(first, last), longest),
        "freedom": freedom,
        "with_waiting": freedom != Freedom.LEAST,
    }


def _next_day(text: str) -> dt.date:
    tomorrow = timezone.localdate() + dt.timedelta(1)
    wanted = max(_day(text) or tomorrow, tomorrow)
    return wanted if wanted.weekday() < 5 else wanted + dt.timedelta(7 - wanted.weekday())


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _end_of_week(day: dt.date) -> dt.date:
    return max(day, day + dt.timedelta(4 - day.weekday()))


def _scope(run: PlanRun) -> dict[str, Any]:
    scope = Scope.from_json(run.scope)
    return {"first": scope.first_day, "last": scope.last_day, "freedom": dict(FREEDOMS)[scope.freedom.value]}


@require_safe
@only(can_see_plan)
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a run: its progress while it works, then before and after."""
    found = get_object_or_404(PlanRun.objects.select_related("created_by"), pk=pk)
    lost = is_lost(found)
    is_under_way = found.status in UNDER_WAY and not lost
    context = {
        "run": found,
        "failure": LOST if lost else found.error,
        "is_late": found.status == RunStatus.QUEUED and timezone.now() - found.created_at > PATIENCE,
        "scope": _scope(found),
        "is_under_way": is_under_way,
        "can_plan": can_plan(person(request)),
        "rows": _compare(found) if found.result else [],
    }
    if request.headers.get("HX-Target") == "progress":
        if not is_under_way:
            return HttpResponseClientRefresh()
        return render(request, "planning/_progress.html", context)
    return render(request, "planning/run.html", context)


@require_POST
@only(can_plan)
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the same run again."""
    found = get_object_or_404(PlanRun, pk=pk)
    return redirect("planning:run", ask_again(run=found, by=person(request).acting()).pk)


def _compare(found: PlanRun) -> list[dict[str, Any]]:
    """Return (word, kind, before, after) of each figure."""
    before, after = found.result["before"], found.result["after"]
    names = [
        ("Visites placées", "count", "visits"),
        ("Kilomètres", "metres", "metres"),
        ("Conduite", "seconds", "driving"),
        ("Heures travaillées", "seconds", "worked"),
        ("Écart de charge entre intervenants", "seconds", "spread"),
        ("Missions laissées de côté", "count", "left_out"),
    ]
    return [
        {
            "word": word,
            "kind": kind,
            "before": before[key] // 60 if kind == "seconds" else before[key],
            "after": after[key] // 60 if kind == "seconds" else after[key],
        }
        for word, kind, key in names
    ]


@require_POST
@only(can_plan)
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Take all, the ticked part or none of a proposal into the draft."""
    found = get_object_or_404(PlanRun, pk=pk)
    take = request.POST.get("take")
    chosen = None if take == "all" else request.POST.getlist("move") if take == "part" else []
    if take == "part" and not chosen:
        messages.warning(request, "Cochez au moins un changement.")
        return redirect("planning:run", pk)
    try:
        made = apply_run(run_id=found.pk, by=person(request).acting(), chosen=chosen)
    except (TransitionRefused, TravelUnknown) as refusal:
        messages.error(request, str(refusal))
        return redirect("planning:run", pk)
    if made is None:
        messages.success(request, "Proposition écartée : rien n’a changé.")
        return redirect("planning:optimise")
    messages.success(
        request, f"{made.label}, en brouillon. Publiez quand c’est prêt ; « Annuler » revient en arrière."
    )
    return redirect("planning:board", Scope.from_json(found.scope).first_day.isoformat())
