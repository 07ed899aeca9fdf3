"""The import wizard: file, columns, lines, import; each step has its address and its way back."""

import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lots.enums import ImportState, RowFate
from lots.forms import ColumnsForm, CommitForm, UploadForm
from lots.models import ImportBatch
from lots.permissions import can_read_lots, can_write_lots
from lots.rules.fields import BY_CODE, missing_fields
from lots.selectors.imports import is_lost, rows_page, target_of, visible_batches
from lots.services.imports import (
    CHECK_TASK,
    COMMIT_TASK,
    RECHECK_TASK,
    ImportChanged,
    check_batch,
    commit_batch,
    fix_row,
    leave_out_row,
    mark_step,
    open_import,
    set_columns,
    undo_batch,
)
from spekty.accounts.access import only, person
from spekty.core.actors import Actor
from spekty.core.dispatch import BROKER_FAULTS, run_later
from spekty.core.engine import TransitionRefused
from spekty.core.files import FileRefused, file_response
from spekty.core.keyset import Order, keyset_page
from spekty.core.ports import DocumentUnavailable
from spekty.core.sheets import SheetRefused

log = logging.getLogger(__name__)
PAGE = 50
# Beyond, a worker writes: no page waits minutes.
INLINE_ROWS = 5_000
SURE = 0.75
FATES = {
    RowFate.CREATED: ("Créées", "créée", "créées"),
    RowFate.UPDATED: ("Mises à jour", "mise à jour", "mises à jour"),
    RowFate.UNCHANGED: ("Inchangées", "inchangée", "inchangées"),
    RowFate.REJECTED: ("Refusées", "refusée", "refusées"),
    RowFate.IGNORED: ("Ignorées", "ignorée", "ignorées"),
}
REFUSALS = (TransitionRefused, SheetRefused, FileRefused)


@require_safe
@only(can_read_lots)
def history(request: HttpRequest) -> HttpResponse:
    """Show the imports, the latest first."""
    batches, newest = visible_batches(person(request)), Order.by(descending=True)
    page = keyset_page(batches, newest, request.GET.get("page", ""), size=PAGE, counted=True)
    return render(request, "lots/imports.html", {"page": page, "can_write": can_write_lots(person(request))})


@require_http_methods(["GET", "HEAD", "POST"])
@only(can_write_lots)
def upload(request: HttpRequest) -> HttpResponse:
    """Take a client's file: the first step."""
    user = person(request)
    posted = request.POST if request.method == "POST" else None
    initial = {"client": request.GET.get("client", ""), "lot": request.GET.get("lot", "")}
    form = UploadForm(posted, request.FILES or None, user=user, initial=initial)
    if posted is not None and form.is_valid():
        batch = _received(form, request)
        if batch is not None:
            return redirect(_next_step(batch))
    status = 422 if posted is not None else 200
    return render(request, "lots/import_upload.html", {"form": form, "step": 1}, status=status)


def _received(form: UploadForm, request: HttpRequest) -> ImportBatch | None:
    data, by = form.cleaned_data, person(request).acting()
    sent = data["file"]
    with tempfile.NamedTemporaryFile() as copy:
        for chunk in sent.chunks():
            copy.write(chunk)
        copy.flush()
        try:
            batch, plan = open_import(
                client=data["client"],
                path=Path(copy.name),
                name=sent.name,
                by=by,
                lot=data["lot"],
                fiche=data["fiche"],
            )
        except REFUSALS as refusal:
            form.add_error("file", str(refusal))
            return None
    if plan is None:
        _ask_worker(CHECK_TASK, batch, by)
    return batch


def _ask_worker(task: str, batch: ImportBatch, by: Actor, **options: object) -> None:
    """Give a large file to a worker; when no worker can be told, the page says so and offers to retry."""
    try:
        run_later(
            task, batch_id=batch.pk, name=by.name, roles=sorted(by.roles), user_id=by.user_id, **options
        )
    except BROKER_FAULTS:
        log.warning("no worker could be told of import %s", batch.pk)


@require_POST
@only(can_write_lots)
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a worker again to read a large file that waits."""
    found = _batch(request, pk)
    step = found.counts.get("step")
    if found.state == ImportState.UPLOADED and step == "rechecking":
        _ask_worker(RECHECK_TASK, found, person(request).acting())
    elif found.state == ImportState.UPLOADED and step != "ready":
        mark_step(found.pk, "reading")
        _ask_worker(CHECK_TASK, found, person(request).acting())
    return redirect("lots:import_rows", pk)


def _next_step(batch: ImportBatch) -> str:
    """Return the columns' page when something is missing or doubtful, else the lines'."""
    name = "import_columns" if batch.mapping and _doubts(batch) else "import_rows"
    return reverse(f"lots:{name}", args=[batch.pk])


def _doubts(batch: ImportBatch) -> bool:
    columns = batch.mapping.get("columns", [])
    unsure = [c for c in columns if c["field"] and c["confidence"] < SURE and BY_CODE[c["field"]].required]
    return bool(_missing(batch) or unsure)


def _missing(batch: ImportBatch) -> list[str]:
    given = {column["field"] for column in batch.mapping.get("columns", []) if column["field"]}
    if batch.fiche_id or batch.lot_id:
        given.add("fiche")
    return [BY_CODE[code].label for code in missing_fields(given)]


def _batch(request: HttpRequest, pk: int) -> ImportBatch:
    return get_object_or_404(visible_batches(person(request)), pk=pk)


@require_safe
@only(can_read_lots)
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """Send to the step where the import is."""
    found = _batch(request, pk)
    if found.state == ImportState.UPLOADED:
        return redirect(_next_step(found))
    return redirect("lots:import_rows", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@only(can_write_lots)
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Show which column fills which field, and take the person's corrections."""
    found = _batch(request, pk)
    if found.state != ImportState.UPLOADED or not found.mapping:
        return redirect("lots:import_rows", pk)
    listed = found.mapping.get("columns", [])
    posted = request.POST if request.method == "POST" else None
    form = ColumnsForm(posted, columns=listed)
    if posted is not None and form.is_valid():
        sheet = posted.get("sheet", "")
        try:
            set_columns(batch_id=pk, fields=form.chosen, by=person(request).acting(), sheet=sheet)
        except REFUSALS as refusal:
            form.add_error(None, str(refusal))
        else:
            same = sheet in ("", found.mapping.get("sheet", ""))
            return redirect("lots:import_rows" if same else "lots:import_columns", pk)
    context = {
        "batch": found,
        "form": form,
        "pairs": [(column, form[f"c{column['index']}"]) for column in listed],
        "missing": _missing(found),
        "sheets": found.options.get("sheets") or [],
        "step": 2,
    }
    return render(request, "lots/import_columns.html", context, status=200 if posted is None else 422)


@require_safe
@only(can_read_lots)
def rows(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the fate of every line, or how far the reading of a large file is."""
    found = _batch(request, pk)
    step = found.counts.get("step", "ready")
    if step not in ("ready", "rechecking"):
        template = "lots/_import_wait.html" if request.htmx else "lots/import_wait.html"  # type: ignore[attr-defined]
        lost = is_lost(found)
        context = {
            "batch": found,
            "lost": lost,
            "wait": step != "refused" and not lost,
            "is_writing": step == "committing",
            "is_taken": bool(found.counts.get("taken")),
            "step": 3,
            "can_write": can_write_lots(person(request)),
        }
        return render(request, template, context)
    if request.htmx and "attente" in request.GET:  # type: ignore[attr-defined]
        if step == "rechecking":
            return HttpResponse(status=204)
        return HttpResponse(headers={"HX-Redirect": _after_waiting(found)})
    return render(request, "lots/import_rows.html", _rows_context(request, found))


def _after_waiting(found: ImportBatch) -> str:
    if found.state == ImportState.COMMITTED and found.lot is not None:
        return reverse("lots:detail", args=[found.lot.number])
    return reverse("lots:import_batch", args=[found.pk])


def _rows_context(request: HttpRequest, found: ImportBatch) -> dict[str, Any]:
    after = request.GET.get("apres", "")
    fate = request.GET.get("sort", "")
    page = rows_page(found, fate, int(after) if after.isdigit() and len(after) < 9 else 0)
    counts = found.counts
    pending = found.state == ImportState.UPLOADED
    return {
        "batch": found,
        "page": page,
        "fate": fate if fate in RowFate.values else "",
        "fates": [(code, *words, counts.get(code, 0)) for code, words in FATES.items()],
        "pending": pending,
        "rechecking": counts.get("step") == "rechecking",
        "target": target_of(found) if pending else None,
        "can_write": can_write_lots(person(request)),
        "kept": sum(counts.get(code, 0) for code in ("created", "updated", "unchanged")),
        "form": CommitForm(initial={"received_on": found.created_at.date()}),
        "choices": ColumnsForm.CHOICES[1:],
        "step": 3,
    }


def _act(request: HttpRequest, pk: int, act: Callable[[], object], done: str) -> HttpResponse:
    """Do a write, say how it ended, and come back to the lines where the person was."""
    try:
        act()
    except (*REFUSALS, DocumentUnavailable) as refusal:
        messages.error(request, str(refusal))
    else:
        if done:
            messages.success(request, done)
    query = request.POST.get("retour", "")
    back = reverse("lots:import_rows", args=[pk])
    return redirect(f"{back}?{query}" if query and "\n" not in query else back)


def _recheck(found: ImportBatch, by: Actor, is_asked: bool) -> None:
    if is_asked:
        _ask_worker(RECHECK_TASK, found, by)


@require_POST
@only(can_write_lots)
def fix(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """Retype one cell of one line."""
    found, data = _batch(request, pk), request.POST
    by = person(request).acting()
    field, text = data.get("field", ""), data.get("text", "")
    return _act(
        request,
        pk,
        lambda: _recheck(
            found, by, fix_row(batch_id=found.pk, line=line, field=field, text=text[:1_000], by=by)
        ),
        f"Ligne {line} corrigée et vérifiée.",
    )


@require_POST
@only(can_write_lots)
def leave_out(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """Leave a line out, or take it back."""
    found, by = _batch(request, pk), person(request).acting()
    out = request.POST.get("hors") == "1"
    return _act(
        request,
        pk,
        lambda: _recheck(found, by, leave_out_row(batch_id=found.pk, line=line, left_out=out, by=by)),
        f"Ligne {line} laissée de côté." if out else f"Ligne {line} reprise.",
    )


@require_POST
@only(can_write_lots)
def commit(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what the preview announced."""
    found, by = _batch(request, pk), person(request).acting()
    form = CommitForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Une date n’est pas lisible : corrigez-la.")
        return redirect("lots:import_rows", pk)
    if found.counts.get("step") == "rechecking":
        messages.error(
            request, "Le fichier entier est encore en cours de vérification : attendez qu’elle finisse."
        )
        return redirect("lots:import_rows", pk)
    if found.counts.get("read", 0) > INLINE_ROWS:
        options = {name: str(day) if day else None for name, day in _days(form).items()}
        mark_step(found.pk, "committing")
        _ask_worker(COMMIT_TASK, found, by, accept_size=form.cleaned_data["accept_size"], **options)
        return redirect("lots:import_rows", pk)
    try:
        done = commit_batch(batch_id=pk, by=by, expected=found.counts, **form.cleaned_data)
    except ImportChanged as refusal:
        check_batch(batch_id=pk, by=by)
        messages.error(request, str(refusal))
        return redirect("lots:import_rows", pk)
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
        return redirect("lots:import_rows", pk)
    number = done.lot.number if done.lot else ""
    messages.success(request, f"Lot {number} importé.")
    return redirect("lots:detail", number)


def _days(form: CommitForm) -> dict[str, object]:
    return {name: form.cleaned_data[name] for name in ("received_on", "filing_on")}


@require_POST
@only(can_write_lots)
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo a whole import."""
    found, by = _batch(request, pk), person(request).acting()
    return _act(
        request,
        pk,
        lambda: undo_batch(batch_id=found.pk, by=by),
        "Import annulé : le lot est comme avant.",
    )


@require_safe
@only(can_read_lots)
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """Download the file as the client sent it."""
    return file_response(_batch(request, pk).file, download=True)
