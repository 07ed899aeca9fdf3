"""A client's file is read in the sandbox, kept as it came, and its columns are recognised."""

import hashlib
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.db import transaction

from lots.models import Client, Fiche, ImportBatch, Lot
from lots.permissions import may_write
from lots.rules.mapping import MappingProposal, choose_sheet, propose_mapping
from lots.rules.widths import clean_text
from lots.selectors.imports import column_memory
from lots.services.imports.errors import ImportRefused, NotAllowed
from spekty.core.actors import Actor
from spekty.core.files import OFFICE, read_file, safe_name, store_file
from spekty.core.history import acting
from spekty.core.models import StoredFile
from spekty.core.sheets import Limits, Sheet, SheetRefused, read_untrusted_sheets
from spekty.core.sheets.reader import file_kind

MAX_BYTES = 60 * 1024 * 1024
# Beyond, the lines are read and checked by a worker while the page shows the progress.
INLINE_BYTES = 600_000
# The worker's tasks for large files (lots.tasks).
CHECK_TASK, COMMIT_TASK = "lots.check_import", "lots.commit_import"
LIMITS = replace(Limits(), file_size=MAX_BYTES)


def receive_file(
    *,
    client: Client,
    path: Path,
    name: str,
    by: Actor,
    lot: Lot | None = None,
    fiche: Fiche | None = None,
    new_lot: bool = False,
) -> tuple[ImportBatch, list[Sheet] | None]:
    """Keep the file at `path` and open an import for it; its columns are proposed unless it is large.

    Raises NotAllowed, and SheetRefused (French) for what can't be read. A large file (`is_large`) is only
    kept, its sheets are None: `check_batch` does the rest.
    """
    if not may_write(by):
        raise NotAllowed("Importer un lot ne fait pas partie de vos droits.")
    if lot is not None and lot.client_id != client.pk:
        raise ImportRefused(f"Le lot {lot.number} n’est pas un lot de {client.name}.")
    if path.stat().st_size > MAX_BYTES:
        raise SheetRefused("Le fichier dépasse 60 Mo : gardez la seule feuille du lot et renvoyez-la.")
    kind = file_kind(path)
    large = is_large(path.stat().st_size)
    sheets = None if large else read_untrusted_sheets(path, LIMITS)
    with transaction.atomic(), acting(by):
        file = _keep(path.read_bytes(), name, kind, client, by)
        batch = ImportBatch.objects.create(
            client=client,
            lot=lot,
            fiche=fiche,
            file=file,
            created_by_id=by.user_id,
            options={"new_lot": new_lot, "by": by.name},
            counts=no_counts("reading"),
        )
        if sheets is not None:
            propose_columns(batch, sheets)
    return batch, sheets


def no_counts(step: str, refusal: str = "") -> dict[str, Any]:
    """Return the counts of an import whose lines aren't known yet, or never will be."""
    fates = ("read", "created", "updated", "unchanged", "rejected", "ignored", "absent")
    words: dict[str, Any] = {"step": step, "refusal": refusal, "notices": [], "lot": None, "fiche": None}
    return {**dict.fromkeys(fates, 0), **words}


def is_large(size: int) -> bool:
    """Return whether a file of so many bytes is read by a worker."""
    return size > INLINE_BYTES


def _keep(content: bytes, name: str, kind: str, client: Client, by: Actor) -> StoredFile:
    folder = f"clients/{client.code}/imports/{hashlib.sha256(content).hexdigest()[:16]}"
    mime = f"{OFFICE}.spreadsheetml.sheet" if kind == "workbook" else "text/csv"
    return store_file(
        content=content,
        name=clean_text(name) or "fichier",
        store_path=f"{folder}/{safe_name(clean_text(name))}",
        by=by,
        max_bytes=MAX_BYTES,
        mime=mime,
    )


def sheets_of(batch: ImportBatch) -> list[Sheet]:
    """Return the sheets of the batch's file, read again in the sandbox."""
    with tempfile.NamedTemporaryFile() as copy:
        copy.write(read_file(batch.file))
        copy.flush()
        return read_untrusted_sheets(Path(copy.name), LIMITS)


def propose_columns(batch: ImportBatch, sheets: list[Sheet], sheet_name: str | None = None) -> None:
    """Write on the batch which column fills which field, from the client's habits and the headers."""
    named = [sheet for sheet in sheets if sheet.name == sheet_name]
    sheet = named[0] if named else choose_sheet(sheets)
    signature = propose_mapping(sheet.rows).signature
    proposal = propose_mapping(sheet.rows, column_memory(batch.client, signature))
    batch.mapping = as_json(proposal) | {"sheet": clean_text(sheet.name)}
    others = [clean_text(other.name) for other in sheets if other is not sheet and any(map(any, other.rows))]
    batch.options |= {"sheets": [clean_text(other.name) for other in sheets], "unread": others}
    batch.save(update_fields=["mapping", "options"])


def as_json(proposal: MappingProposal) -> dict[str, Any]:
    """Return the proposal as the batch keeps it."""
    names = Counter(column.header for column in proposal.columns)
    return {
        "first_data_row": proposal.first_data_row,
        "signature": proposal.signature,
        "columns": [
            {
                "index": column.index,
                "name": clean_text(column.header),
                "header": told_apart(column.header, column.index, names[column.header] > 1),
                "field": column.field,
                "confidence": column.confidence,
                "sample": [clean_text(text)[:80] for text in column.sample],
            }
            for column in proposal.columns
        ],
    }


def told_apart(header: str, index: int, is_double: bool) -> str:
    """Return the header, with its place when another column bears the same: no cell hides another."""
    return f"{clean_text(header)} (colonne {index + 1})" if is_double else clean_text(header)
