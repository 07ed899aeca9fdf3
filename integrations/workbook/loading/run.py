"""Load a whole workbook: stage after stage, each idempotent, so that a run killed can be run again."""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pghistory
from django.utils import timezone

from integrations.enums import RunKind, RunStatus
from integrations.models import WorkbookRow, WorkbookRun
from integrations.workbook.loading import accounts, lots, missions, parties
from integrations.workbook.loading.digest import history_digest
from integrations.workbook.loading.places import locate
from integrations.workbook.loading.stages import Loading, Stage, run_stage
from integrations.workbook.reader import Workbook, read_workbook
from spekty.core.actors import Actor
from spekty.core.enums import Source

Progress = Callable[[str], None]

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
    ("Situation des adresses", locate),
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


def import_workbook(path: Path, *, by: Actor, progress: Progress = lambda _: None) -> WorkbookRun:
    """Load the workbook at `path` as history and return the run, its rows equation and its digest.

    Raises WorkbookUnreadable; any other failure is kept on the run and raised again.
    """
    run = WorkbookRun.objects.create(
        kind=RunKind.IMPORT,
        file_name=path.name,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        by_id=by.user_id,
        by_name=by.name,
    )
    try:
        load(read_workbook(path, progress), run, by=by, progress=progress)
    except Exception as failure:
        _finish(run, RunStatus.FAILED, error=f"{type(failure).__name__} : {failure}")
        raise
    return run


def load(book: Workbook, run: WorkbookRun, *, by: Actor, progress: Progress = lambda _: None) -> None:
    """Run every stage over a workbook already read."""
    loading = Loading(book)
    with pghistory.context(user=by.user_id, name=by.name, source=str(Source.IMPORT), run=run.pk):
        for rank, (label, stage) in enumerate(STAGES):
            progress(f"{label}…")
            # Outside the stage's transaction, so that the screen sees it.
            WorkbookRun.objects.filter(pk=run.pk).update(step=label, progress=100 * rank // len(STAGES))
            run_stage(stage, loading)
    _keep_account(run, loading)
    _finish(run, RunStatus.DONE, digest=history_digest())


def _keep_account(run: WorkbookRun, loading: Loading) -> None:
    book = loading.book
    run.counts = {
        ledger.sheet: {"read": ledger.read, **Counter(fate.fate.value for fate in ledger.fates)}
        for ledger in book.ledgers
    }
    run.tallies = {table: asdict(tally) for table, tally in loading.tallies.items()}
    run.save(update_fields=["counts", "tallies"])
    told = [
        WorkbookRow(run=run, sheet=fate.sheet, row=fate.row, fate=fate.fate, reason=fate.reason)
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


def _finish(run: WorkbookRun, status: RunStatus, *, digest: str = "", error: str = "") -> None:
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
