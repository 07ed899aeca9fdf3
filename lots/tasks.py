"""Long work on large files, by a worker; the page shows its progress."""

from celery import shared_task

from lots.enums import ImportState
from lots.models import ImportBatch
from lots.services.imports import CHECK_TASK, ImportRefused, check_batch, refuse_batch
from spekty.core.actors import Actor
from spekty.core.enums import Source
from spekty.core.files import FileRefused
from spekty.core.sheets import SheetRefused


@shared_task(name=CHECK_TASK, ignore_result=True)
def check_import(batch_id: int, name: str, roles: list[str], user_id: int | None) -> None:
    """Read and check a large file; what refuses it is written on the import."""
    by = Actor(user_id=user_id, name=name, roles=frozenset(roles), source=Source.TASK)
    if not ImportBatch.objects.filter(pk=batch_id, state=ImportState.UPLOADED).exists():
        return
    try:
        check_batch(batch_id=batch_id, by=by)
    except (SheetRefused, ImportRefused, FileRefused) as refusal:
        refuse_batch(batch_id, str(refusal))
