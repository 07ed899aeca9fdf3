"""Papers of a lot: judged by their content, hashed, kept here, then promised to the document store."""

import hashlib

from django.db import transaction

from lots.enums import DocumentKind
from lots.models import Lot, LotDocument
from lots.permissions import may_write
from spekty.core.actors import Actor
from spekty.core.engine import NotAllowed
from spekty.core.files import free_path, store_file
from spekty.core.history import acting

MAX_TITLE = 150


@transaction.atomic
def add_document(
    *,
    lot: Lot,
    content: bytes,
    name: str,
    by: Actor,
    kind: DocumentKind = DocumentKind.OTHER,
    title: str = "",
) -> LotDocument:
    """Keep a paper with the lot; the same content twice in a lot is one paper.

    Raises NotAllowed, FileRefused (French) for what can't be kept.
    """
    if not may_write(by):
        raise NotAllowed("Déposer un document ne fait pas partie de vos droits.")
    sha256 = hashlib.sha256(content).hexdigest()
    known = lot.documents.filter(file__sha256=sha256).first()
    if known is not None:
        return known
    folder = f"clients/{lot.client.code}/{lot.number}/documents"
    file = store_file(content=content, name=name, store_path=free_path(folder, name), by=by)
    with acting(by):
        return LotDocument.objects.create(
            lot=lot, file=file, kind=kind, title=(title.strip() or file.name)[:MAX_TITLE]
        )
