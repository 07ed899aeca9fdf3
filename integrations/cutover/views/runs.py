"""Runs: a workbook handed over, a run launched, watched, read, compared, taken back."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from integrations.cutover.conditions import balanced
from integrations.cutover.forms import LaunchForm, ReasonForm, UploadForm
from integrations.cutover.permissions import can_prepare
from integrations.cutover.rollback import RollbackRefused, obstacles, roll_back
from integrations.cutover.runs import is_lost, launch
from integrations.cutover.uploads import MAX_BYTES, WorkbookRefused, take_workbook
from integrations.cutover.words import FATES, FIGURES
from integrations.enums import RunKind, RunStatus
from integrations.models import Discrepancy, LegacyWorkbook, WorkbookRun
from integrations.workbook.loading.run import LoadingUnderWay, WorkbookFrozen, written
from spekty.accounts.access import only, person
from spekty.core.keyset import Order, keyset_page

PAGE = 50
STOP_POLLING = 286


@require_POST
@only(can_prepare)
def upload(request: HttpRequest) -> HttpResponse:
    """Keep the workbook that was handed over."""
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, "Choisissez le fichier du classeur.")
        return redirect("cutover:cockpit")
    file = form.cleaned_data["file"]
    if file.size > MAX_BYTES:
        messages.error(request, "Le fichier dépasse 100 Mo.")
        return redirect("cutover:cockpit")
    try:
        kept = take_workbook(content=file.read(), name=file.name, by=person(request).acting())
        messages.success(request, f"Classeur gardé : {kept.name}, empreinte {kept.sha256[:12]}…")
    except WorkbookRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("cutover:cockpit")


@require_POST
@only(can_prepare)
def launch_run(request: HttpRequest) -> HttpResponse:
    """Launch a load, a replay or a rehearsal of a kept workbook."""
    form = LaunchForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choisissez un classeur et un traitement.")
        return redirect("cutover:cockpit")
    workbook = get_object_or_404(LegacyWorkbook, pk=form.cleaned_data["workbook"])
    try:
        launch(workbook=workbook, kind=RunKind(form.cleaned_data["kind"]), by=person(request).acting())
    except (WorkbookFrozen, LoadingUnderWay) as refusal:
        messages.error(request, str(refusal))
    return redirect("cutover:cockpit")


@require_safe
@only(can_prepare)
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the progress bar of a run; when it has ended, ask the page to be drawn again."""
    run = get_object_or_404(WorkbookRun, pk=pk)
    context = {"run": run, "lost": is_lost(run, timezone.now())}
    response = render(request, "cutover/_progress.html", context)
    if not run.is_running:
        response.status_code = STOP_POLLING
        response["HX-Refresh"] = "true"
    return response


@require_safe
@only(can_prepare)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one run: the rows equation of each sheet, what was written, every row that has a reason."""
    run = get_object_or_404(WorkbookRun, pk=pk)
    rows = run.rows.all()
    sheet, fate = request.GET.get("feuille", ""), request.GET.get("sort", "")
    rows = rows.filter(sheet=sheet) if sheet else rows
    rows = rows.filter(fate=fate) if fate in FATES else rows
    context = {
        "run": run,
        "sheets": [
            (name, counts["read"], [counts.get(f, 0) for f in FATES if f != "kept"], balanced(counts))
            for name, counts in run.counts.items()
        ],
        "fates": [(code, word) for code, word in FATES.items()],
        "heads": [word.capitalize() for code, word in FATES.items() if code != "kept"],
        "page": keyset_page(
            rows, Order.by("sheet", "row"), request.GET.get("page", ""), size=PAGE, counted=True
        ),
        "sheet": sheet,
        "fate": fate,
        "written": written(run) if run.kind == RunKind.IMPORT else None,
        "can_undo": run.kind == RunKind.IMPORT and run.status == RunStatus.DONE,
    }
    template = "cutover/_rows.html" if request.htmx else "cutover/run.html"  # type: ignore[attr-defined]
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
@only(can_prepare)
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what a load wrote, after showing what stands in the way."""
    run = get_object_or_404(WorkbookRun, pk=pk, kind=RunKind.IMPORT, status=RunStatus.DONE)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            roll_back(run=run, reason=form.cleaned_data["reason"], by=person(request).acting())
            messages.success(request, "Chargement annulé : la base est comme avant lui.")
            return redirect("cutover:run", pk=pk)
        except RollbackRefused as refusal:
            form.add_error(None, str(refusal))
    context = {"run": run, "form": form, "obstacles": obstacles(run)}
    return render(request, "cutover/rollback.html", context, status=422 if form.errors else 200)


@require_safe
@only(can_prepare)
def compare(request: HttpRequest) -> HttpResponse:
    """Show two rehearsals side by side: digest, duration, counts, figures and discrepancies that differ."""
    done = WorkbookRun.objects.filter(kind__in=[RunKind.REHEARSAL, RunKind.REPLAY], status=RunStatus.DONE)
    runs = list(done.select_related("workbook")[:30])
    after, before = _picked(runs, request.GET.get("b", ""), 0), _picked(runs, request.GET.get("a", ""), 1)
    picks = [("a", "Avant", before), ("b", "Après", after)]
    context: dict[str, Any] = {"runs": runs, "before": before, "after": after, "picks": picks}
    if before and after:
        mine, other = _keys(before), _keys(after)
        context |= {
            "gone": sorted(mine - other),
            "fresh": sorted(other - mine),
            "common": len(mine & other),
            "figures": list(_changed(before, after)),
            "sheets": list(_changed_sheets(before, after)),
        }
    return render(request, "cutover/compare.html", context)


def _picked(runs: list[WorkbookRun], asked: str, rank: int) -> WorkbookRun | None:
    if asked.isdecimal():
        return next((run for run in runs if run.pk == int(asked)), None)
    return runs[rank] if len(runs) > rank else None


def _keys(run: WorkbookRun) -> set[tuple[str, str, str]]:
    return set(Discrepancy.objects.filter(run=run).values_list("kind", "ref", "found"))


def _figures(run: WorkbookRun) -> dict[tuple[str, str, str], str]:
    return {(f["axis"], f["key"], f["figure"]): str(f["application"]) for f in run.control.get("figures", [])}


def _changed(before: WorkbookRun, after: WorkbookRun) -> Iterator[tuple[str, str, str, str]]:
    one, two = _figures(before), _figures(after)
    if not one or not two:
        return
    for key in sorted(one.keys() | two.keys()):
        if one.get(key) != two.get(key):
            yield key[1] or "Ensemble", FIGURES[key[2]], one.get(key, "—"), two.get(key, "—")


def _changed_sheets(before: WorkbookRun, after: WorkbookRun) -> Iterator[tuple[str, int, int]]:
    for name in sorted(before.counts.keys() | after.counts.keys()):
        reads = [run.counts.get(name, {}).get("read", 0) for run in (before, after)]
        if reads[0] != reads[1]:
            yield name, reads[0], reads[1]
