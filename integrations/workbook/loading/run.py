"""Load a whole workbook: stage after stage, each idempotent, so that a run killed can be run again."""

import datetime as dt
import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import pghistory
from django.db import connection
from django.utils import timezone

from integrations.enums import RunKind, RunStatus
from integrations.models import CutoverDecision, Freeze, WorkbookRow, WorkbookRun
from integrations.workbook.loading import accounts, lots, missions, parties
from integrations.workbook.loading.digest import history_digest
from integrations.workbook.loading.figures import ASIDE, control_figures
from integrations.workbook.loading.guards import LOADING, lifted
from integrations.workbook.loading.stages import Loading, Stage, run_stage
from integrations.workbook.reader import Workbook, read_workbook
from spekty.core import french
from spekty.core.actors import Actor
from spekty.core.enums import Source

Progress = Callable[[str], None]

# Any number, the same for every run.
LOCK = 4_202_611
WAITS = 12

STAGES: tuple[tuple[str, Stage], ...] = (
    ("Clients", parties.load_clients),
    ("Tarifs", parties.load_prices),
    ("Intervenants", parties.load_agents),
    ("Habilitations", parties.load_authorisations),
    ("Barème de paie", parties.load_pay_scale),
    ("Fiches", lots.load_fiches),
    ("Professionnels", lots.load_installers),
    ("Lots", lots.load_lots),
    ("Opérations", lots.load_operations),
    ("Missions", missions.load_missions),
    ("Visites improductives", missions.load_unproductive),
    ("Kilomètres", missions.load_kilometres),
    ("Relectures", missions.load_reviews),
    ("Rapports", missions.load_reports),
    ("Journal des missions", missions.load_journal),
    ("Factures", accounts.load_invoices),
    ("Lignes de facture", accounts.load_invoice_lines),
    ("Paie", accounts.load_pay),
    ("Numérotation", accounts.load_series),
)


class WorkbookFrozen(Exception):
    """The workbook is frozen, and this is another file; `str()` says which one counts."""


class LoadingUnderWay(Exception):
    """Another run is writing; two would mix their accounts."""


def import_workbook(path: Path, *, by: Actor, progress: Progress = lambda _: None) -> WorkbookRun:
    """Load the workbook at `path` as history and return the run, its rows equation and its digest.

    Raises WorkbookUnreadable, WorkbookFrozen or LoadingUnderWay; any failure is kept on the run.
    """
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    check_frozen(sha256)
    with alone():
        run = WorkbookRun.objects.create(
            kind=RunKind.IMPORT,
            file_name=path.name,
            sha256=sha256,
            by_id=by.user_id,
            by_name=by.name,
        )
        with watched(run):
            load(read_workbook(path, progress), run, by=by, progress=progress)
    return run


def check_frozen(sha256: str) -> None:
    """Refuse (WorkbookFrozen) another file than the one frozen, and any file once the house has switched."""
    decision = CutoverDecision.objects.first()
    if decision is not None:
        day = french.day(timezone.localtime(decision.at))
        raise WorkbookFrozen(f"La bascule a été prononcée le {day} : le classeur ne se charge plus.")
    frozen = Freeze.objects.filter(lifted_at__isnull=True).first()
    if frozen is not None and frozen.sha256 != sha256:
        day = french.day(timezone.localtime(frozen.at))
        raise WorkbookFrozen(
            f"Le classeur est gelé depuis le {day} : seul « {frozen.file_name} » "
            f"(empreinte {frozen.sha256[:12]}…) peut être chargé."
        )


@contextmanager
def alone() -> Iterator[None]:
    """Hold the one place of a writing run; a process that dies gives it back with its connection."""
    with connection.cursor() as cursor:
        for patience in range(WAITS):
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            if cursor.fetchone()[0]:
                break
            # The server may still be ending the statement of a process just killed.
            time.sleep(0.1 * patience)
        else:
            raise LoadingUnderWay("Un autre chargement est en cours : attendez qu’il se termine.")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


@contextmanager
def watched(run: WorkbookRun) -> Iterator[None]:
    """Keep a failure of the block on the run, and raise it again."""
    try:
        yield
    except Exception as failure:
        finish(run, RunStatus.FAILED, error=f"{type(failure).__name__} : {failure}")
        raise


def load(book: Workbook, run: WorkbookRun, *, by: Actor, progress: Progress = lambda _: None) -> None:
    """Run every stage over a workbook already read, and close the run's account."""

    def on_stage(label: str, percent: int) -> None:
        progress(f"{label}…")
        # Outside the stage's transaction, so that the screen sees it.
        WorkbookRun.objects.filter(pk=run.pk).update(step=label, progress=percent, beat_at=timezone.now())

    loading = write_history(book, run, by=by, on_stage=on_stage)
    keep_account(run, loading)
    finish(run, RunStatus.DONE, digest=history_digest())


def write_history(
    book: Workbook, run: WorkbookRun, *, by: Actor, on_stage: Callable[[str, int], None]
) -> Loading:
    """Write the workbook's rows, stage after stage, stamped with the run; return what was written."""
    loading = Loading(book)
    with (
        pghistory.context(user=by.user_id, name=by.name, source=str(Source.IMPORT), run=run.pk),
        lifted(LOADING),
    ):
        for rank, (label, stage) in enumerate(STAGES):
            on_stage(label, 100 * rank // len(STAGES))
            run_stage(stage, loading)
    return loading


def keep_account(run: WorkbookRun, loading: Loading) -> None:
    """Keep on the run what became of every row, what each table took, and both sides' figures."""
    book = loading.book
    run.counts = {
        ledger.sheet: {"read": ledger.read, **Counter(fate.fate.value for fate in ledger.fates)}
        for ledger in book.ledgers
    }
    run.tallies = {table: asdict(tally) for table, tally in loading.tallies.items()}
    run.series = loading.series
    run.control = control_figures(loading)
    run.save(update_fields=["counts", "tallies", "series", "control"])
    told = [
        WorkbookRow(
            run=run,
            sheet=fate.sheet,
            row=fate.row,
            value=book.typed(fate.sheet, fate.row) if fate.fate in ASIDE else "",
            fate=fate.fate,
            reason=fate.reason,
        )
        for ledger in book.ledgers
        for fate in ledger.told()
    ]
    remarked = [
        WorkbookRow(
            run=run,
            sheet=remark.sheet,
            row=remark.row,
            column=remark.column,
            value=remark.value,
            fate="kept",
            reason=remark.reason,
        )
        for remark in book.remarks
    ]
    WorkbookRow.objects.bulk_create([*told, *remarked], batch_size=2000)


def finish(run: WorkbookRun, status: RunStatus, *, digest: str = "", error: str = "") -> None:
    """Close the run."""
    run.status, run.digest, run.error = status, digest, error
    run.step, run.progress = "", 100
    run.finished_at = timezone.now()
    run.save(update_fields=["status", "digest", "error", "step", "progress", "finished_at"])


def written(run: WorkbookRun) -> int:
    """Return how many rows the run created or changed, over all tables."""
    return sum(tally["created"] + tally["updated"] for tally in run.tallies.values())


def duration(run: WorkbookRun) -> dt.timedelta:
    """Return how long the run took."""
    return (run.finished_at or timezone.now()) - run.started_at
