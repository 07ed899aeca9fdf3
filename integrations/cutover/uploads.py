"""Workbooks handed to the cockpit: judged in a child process, kept under their fingerprint."""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from django.db import transaction

from integrations.models import LegacyWorkbook
from integrations.workbook.locate import WorkbookUnreadable, locate_sheets
from integrations.workbook.reader import Progress, Workbook, complete
from spekty.core.actors import Actor
from spekty.core.files import FileRefused, read_file, store_file
from spekty.core.sheets import SheetRefused, read_untrusted_sheets

MAX_BYTES = 100_000_000
SUFFIXES = frozenset({".xlsx", ".xlsm"})


class WorkbookRefused(Exception):
    """The file is not a workbook of ours, or is dangerous; `str()` is a French sentence."""


def take_workbook(*, content: bytes, name: str, by: Actor) -> LegacyWorkbook:
    """Keep an uploaded workbook; the same content twice is one. Raises WorkbookRefused."""
    sha256 = hashlib.sha256(content).hexdigest()
    known = LegacyWorkbook.objects.filter(sha256=sha256).first()
    if known is not None:
        return known
    name = PurePosixPath(name.replace("\\", "/")).name[:200]
    suffix = PurePosixPath(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise WorkbookRefused("Déposez le classeur Excel lui-même (.xlsx ou .xlsm).")
    try:
        with _on_disk(content, suffix) as path:
            # Judged before it is kept: nothing of a hostile file reaches the disk for good.
            locate_sheets(read_untrusted_sheets(path))
        return _keep(content, name, sha256, by)
    except (SheetRefused, WorkbookUnreadable, FileRefused) as refusal:
        raise WorkbookRefused(str(refusal)) from refusal


@transaction.atomic
def _keep(content: bytes, name: str, sha256: str, by: Actor) -> LegacyWorkbook:
    file = store_file(
        content=content, name=name, store_path=f"Bascule/{sha256[:16]}/{name}", by=by, max_bytes=MAX_BYTES
    )
    return LegacyWorkbook.objects.create(
        file=file, name=name, sha256=sha256, by_id=by.user_id, by_name=by.name
    )


def read_kept(workbook: LegacyWorkbook, progress: Progress) -> Workbook:
    """Return the rows of a kept workbook. Raises SheetRefused, WorkbookUnreadable."""
    progress(f"Lecture de {workbook.name}…")
    with _on_disk(read_file(workbook.file), PurePosixPath(workbook.name).suffix) as path:
        return complete(path, read_untrusted_sheets(path), progress)


@contextmanager
def _on_disk(content: bytes, suffix: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"classeur{suffix}")
        path.write_bytes(content)
        yield path
