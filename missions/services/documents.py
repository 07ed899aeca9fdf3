"""Papers of a mission: judged by their content, hashed, kept here, then promised to the document store."""

import hashlib

from django.db import transaction

from missions.models import Mission, MissionDocument
from missions.services.due import PLANNERS
from spekty.core.actors import Actor
from spekty.core.engine import NotAllowed, TransitionRefused
from spekty.core.files import FileRefused, free_path, store_file
from spekty.core.history import acting

MAX_TITLE = 150


@transaction.atomic
def add_mission_document(
    *, mission: Mission, content: bytes, name: str, by: Actor, title: str = ""
) -> MissionDocument:
    """Keep a paper with the mission; the same content twice on a mission is one paper.

    Raises NotAllowed, or TransitionRefused (French) for what can't be kept.
    """
    if not by.is_system and not PLANNERS & by.roles:
        raise NotAllowed("Déposer un document ne fait pas partie de vos droits.")
    sha256 = hashlib.sha256(content).hexdigest()
    known = mission.documents.filter(file__sha256=sha256).first()
    if known is not None:
        return known
    folder = f"clients/{mission.lot.client.code}/{mission.lot.number}/{mission.number}/documents"
    try:
        file = store_file(content=content, name=name, store_path=free_path(folder, name), by=by)
    except FileRefused as refusal:
        raise TransitionRefused(str(refusal)) from None
    with acting(by):
        return MissionDocument.objects.create(
            mission=mission, file=file, title=(title.strip() or file.name)[:MAX_TITLE]
        )
