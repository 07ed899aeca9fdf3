"""Loads, replays and rehearsals launched from the cockpit: one task, progress seen by everyone."""

import datetime as dt
import hashlib
from types import TracebackType

from django.db import connection, transaction
from django.utils import timezone

from integrations.cutover.findings import keep_report
from integrations.cutover.uploads import read_kept
from integrations.enums import RunKind, RunStatus
from integrations.models import LegacyWorkbook, WorkbookRow, WorkbookRun
from integrations.workbook.loading.digest import history_digest
from integrations.workbook.loading.run import (
    LoadingUnderWay,
    alone,
    check_frozen,
    finish,
    keep_account,
    load,
    watched,
    write_history,
)
from integrations.workbook.reader import Workbook
from integrations.workbook.reference import load_reference_rules
from integrations.workbook.replay import replay_workbook
from spekty.core import presence
from spekty.core.actors import Actor, system_actor
from spekty.core.dispatch import BROKER_FAULTS, run_later
from spekty.core.enums import Source

TASK = "cutover.run"
WAITING = "En attente"
# A run that nobody took for so long was lost with the queue.
SILENCE = dt.timedelta(minutes=5)
LOST = "Le traitement s’est interrompu : relancez-le, il reprend sans rien écrire deux fois."
NO_QUEUE = "La file des tâches ne répond pas : relancez dans un moment."


def launch(*, workbook: LegacyWorkbook, kind: RunKind, by: Actor) -> WorkbookRun:
    """Ask for a run of a kept workbook and return it at once; the work is a task.

    Raises WorkbookFrozen (a load of another file than the frozen one) and LoadingUnderWay.
    """
    if kind != RunKind.REPLAY:
        check_frozen(workbook.sha256)
    run = _asked(workbook, kind, by)
    try:
        with transaction.atomic():
            run_later(TASK, run_id=run.pk)
    except BROKER_FAULTS:
        finish(run, RunStatus.FAILED, error=NO_QUEUE)
    return run


@transaction.atomic
def _asked(workbook: LegacyWorkbook, kind: RunKind, by: Actor) -> WorkbookRun:
    running = WorkbookRun.objects.select_for_update(no_key=True).filter(status=RunStatus.RUNNING)
    for other in running.filter(workbook__isnull=False):
        if not is_lost(other, timezone.now()):
            raise LoadingUnderWay(f"{other} est en cours : attendez qu’il se termine.")
        finish(other, RunStatus.FAILED, error=LOST)
    return WorkbookRun.objects.create(
        workbook=workbook,
        kind=kind,
        file_name=workbook.name,
        sha256=workbook.sha256,
        step=WAITING,
        beat_at=timezone.now(),
        by_id=by.user_id,
        by_name=by.name,
    )


def is_lost(run: WorkbookRun, now: dt.datetime) -> bool:
    """Whether the worker of a run under way is dead, or none took it for too long."""
    if not run.is_running or presence.is_at_work(TASK, run.pk):
        return False
    if run.step in ("", WAITING):
        return now - (run.beat_at or run.started_at) > SILENCE
    # It may have ended between the two looks.
    return WorkbookRun.objects.filter(pk=run.pk, status=RunStatus.RUNNING).exists()


def perform(run_id: int) -> None:
    """Do what was asked. Done, failed or in other hands: nothing (a task may be delivered twice)."""
    with presence.working(TASK, run_id) as is_mine:
        run = WorkbookRun.objects.select_related("workbook__file").get(pk=run_id)
        if is_mine and run.is_running and run.workbook is not None:
            _perform(run, run.workbook)


def _perform(run: WorkbookRun, workbook: LegacyWorkbook) -> None:
    by = Actor(run.by_id, run.by_name, system_actor().roles, Source.IMPORT)
    with watched(run), Beat(run) as beat:
        book = read_kept(workbook, lambda _sentence: beat.tell("Lecture du classeur", 2))
        if run.kind == RunKind.REPLAY:
            beat.tell("Recalcul", 30)
            _replay(run, book)
        elif run.kind == RunKind.REHEARSAL:
            _rehearse(run, book, by, beat)
        else:
            with alone():
                check_frozen(run.sha256)
                load(book, run, by=by)


def _replay(run: WorkbookRun, book: Workbook, prefix: str = "") -> None:
    """Recompute and keep the report. The digest covers a rehearsal's load too (`prefix`)."""
    report = replay_workbook(book, load_reference_rules())
    keep_report(run, book, report)
    run.control = {**run.control, "replay": report.control}
    if not run.counts:
        run.counts = {name: _counts(sheet) for name, sheet in report.control["sheets"].items()}
    run.save(update_fields=["control", "counts"])
    digest = report.control["digest"]
    both = hashlib.sha256(f"{prefix} {digest}".encode()).hexdigest() if prefix else digest
    finish(run, RunStatus.DONE, digest=both)


def _counts(sheet: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in sheet.items() if name not in ("balanced", "rows")}


def _rehearse(run: WorkbookRun, book: Workbook, by: Actor, beat: "Beat") -> None:
    """Load for good in a transaction that is given up, then replay: true figures, true time, no trace."""
    with alone(), transaction.atomic():
        loading = write_history(
            book, run, by=by, on_stage=lambda label, percent: beat.tell(label, 5 + percent * 8 // 10)
        )
        beat.tell("Empreinte de l’historique", 86)
        digest = history_digest()
        kept = WorkbookRun(pk=run.pk)
        keep_account(kept, loading)
        told = list(kept.rows.all())
        transaction.set_rollback(True)
    run.counts, run.tallies, run.control = kept.counts, kept.tallies, kept.control
    run.save(update_fields=["counts", "tallies", "control"])
    for row in told:
        row.pk, row.run = None, run
    WorkbookRow.objects.bulk_create(told, batch_size=2000)
    beat.tell("Recalcul", 92)
    _replay(run, book, prefix=digest)


class Beat:
    """Says how far a run is, on its own connection: seen at once, whatever transaction the work is in."""

    def __init__(self, run: WorkbookRun) -> None:
        self._run = run
        self._apart = connection.copy()

    def __enter__(self) -> "Beat":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._apart.close()

    def tell(self, step: str, percent: int) -> None:
        """Write the step and the percentage."""
        with self._apart.cursor() as cursor:
            cursor.execute(
                "UPDATE integrations_workbookrun SET step = %s, progress = %s, beat_at = now() WHERE id = %s",
                [step[:150], percent, self._run.pk],
            )
