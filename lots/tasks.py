"""Long work on large files, by a worker; the page shows where it is."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from celery import shared_task

from lots.enums import ImportState
from lots.models import ImportBatch
from lots.selectors.imports import AT_WORK
from lots.services.imports import (
    CHECK_TASK,
    COMMIT_TASK,
    RECHECK_TASK,
    ImportRefused,
    check_batch,
    commit_batch,
    mark_step,
    mark_taken,
    recheck_batch,
    refuse_batch,
)
from spekty.core import presence
from spekty.core.actors import Actor
from spekty.core.dispatch import run_later
from spekty.core.engine import TransitionRefused
from spekty.core.enums import Source
from spekty.core.files import FileRefused
from spekty.core.ports import DocumentUnavailable
from spekty.core.sheets import SheetRefused

REFUSALS = (SheetRefused, ImportRefused, FileRefused, TransitionRefused)


@contextmanager
def _in_hand(batch_id: int, step: str) -> Iterator[bool]:
    """Take an import that is still at `step`, alone; say on it that a worker has it.

    The queue gives a task again long after its worker was killed: someone has decided otherwise since.
    """
    with presence.working(AT_WORK, batch_id) as is_alone:
        batch = ImportBatch.objects.filter(pk=batch_id, state=ImportState.UPLOADED, counts__step=step).first()
        if batch is not None and is_alone:
            mark_taken(batch)
        yield is_alone and batch is not None


@shared_task(name=CHECK_TASK, ignore_result=True)
def check_import(batch_id: int, name: str, roles: list[str], user_id: int | None) -> None:
    """Read and check a large file; what refuses it is written on the import."""
    by = Actor(user_id=user_id, name=name, roles=frozenset(roles), source=Source.TASK)
    with _in_hand(batch_id, "reading") as is_mine:
        if not is_mine:
            return
        try:
            check_batch(batch_id=batch_id, by=by)
        except REFUSALS as refusal:
            refuse_batch(batch_id, str(refusal))
        except DocumentUnavailable:
            refuse_batch(batch_id, "Le fichier n’est plus lisible : envoyez-le à nouveau.")


@shared_task(name=COMMIT_TASK, ignore_result=True)
def commit_import(
    batch_id: int,
    name: str,
    roles: list[str],
    user_id: int | None,
    accept_size: bool,
    received_on: str | None,
    filing_on: str | None,
) -> None:
    """Commit a large import; a refusal is written on it and its lines stay as they were shown."""
    by = Actor(user_id=user_id, name=name, roles=frozenset(roles), source=Source.TASK)
    with _in_hand(batch_id, "committing") as is_mine:
        if not is_mine:
            return
        try:
            commit_batch(
                batch_id=batch_id,
                by=by,
                accept_size=accept_size,
                expected=ImportBatch.objects.get(pk=batch_id).counts,
                received_on=dt.date.fromisoformat(received_on) if received_on else None,
                filing_on=dt.date.fromisoformat(filing_on) if filing_on else None,
            )
        except REFUSALS as refusal:
            mark_step(batch_id, "ready", str(refusal))


@shared_task(name=RECHECK_TASK, ignore_result=True)
def recheck_import(batch_id: int, name: str, roles: list[str], user_id: int | None) -> None:
    """Check a large file again after corrections, which go on meanwhile."""
    if not recheck_batch(batch_id=batch_id):
        run_later(RECHECK_TASK, batch_id=batch_id, name=name, roles=roles, user_id=user_id)
