"""Long work on large files, by a worker; the page shows where it is."""

import datetime as dt

from celery import shared_task

from lots.enums import ImportState
from lots.models import ImportBatch
from lots.services.imports import (
    CHECK_TASK,
    COMMIT_TASK,
    RECHECK_TASK,
    ImportRefused,
    check_batch,
    commit_batch,
    mark_step,
    recheck_batch,
    refuse_batch,
)
from spekty.core.actors import Actor
from spekty.core.dispatch import run_later
from spekty.core.engine import TransitionRefused
from spekty.core.enums import Source
from spekty.core.files import FileRefused
from spekty.core.ports import DocumentUnavailable
from spekty.core.sheets import SheetRefused

REFUSALS = (SheetRefused, ImportRefused, FileRefused, TransitionRefused)


def _is_pending(batch_id: int) -> bool:
    return ImportBatch.objects.filter(pk=batch_id, state=ImportState.UPLOADED).exists()


@shared_task(name=CHECK_TASK, ignore_result=True)
def check_import(batch_id: int, name: str, roles: list[str], user_id: int | None) -> None:
    """Read and check a large file; what refuses it is written on the import."""
    by = Actor(user_id=user_id, name=name, roles=frozenset(roles), source=Source.TASK)
    if not _is_pending(batch_id):
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
    if not _is_pending(batch_id):
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
    """Check a large file again after corrections."""
    if _is_pending(batch_id) and not recheck_batch(batch_id=batch_id):
        run_later(RECHECK_TASK, batch_id=batch_id, name=name, roles=roles, user_id=user_id)
