"""Files by their content: written once here, then promised to the document store."""

import hashlib

from django.core.files.base import ContentFile
from django.db import transaction

from spekty.core.actors import Actor
from spekty.core.models import StoredFile
from spekty.core.outbox import emit

TOPIC = "ged.file"


class PathTaken(Exception):
    """Another content is already kept under this path of the document store."""


@transaction.atomic
def store_file(*, content: bytes, name: str, mime_hint: str, store_path: str, by: Actor) -> StoredFile:
    """Keep `content` and promise it to the document store under `store_path`.

    The same content under the same path is the same file; another content there raises PathTaken.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    known = StoredFile.objects.filter(store_path=store_path).first()
    if known is not None:
        if known.sha256 != sha256:
            raise PathTaken(store_path)
        return known
    file = StoredFile(
        sha256=sha256,
        name=name,
        mime=mime_hint,
        size=len(content),
        store_path=store_path,
        created_by_id=by.user_id,
    )
    file.content.save(name, ContentFile(content), save=True)
    emit(TOPIC, file)
    return file
