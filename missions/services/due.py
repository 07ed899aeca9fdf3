"""The day by which a mission has to be over."""

import datetime as dt

from django.db import transaction

from missions.models import Mission
from missions.services.moves import TOPIC
from spekty.core.actors import Actor
from spekty.core.engine import NotAllowed, TransitionRefused, lock_row
from spekty.core.history import acting
from spekty.core.outbox import emit

PLANNERS = frozenset({"planificateur", "siege", "direction"})


@transaction.atomic
def set_due(*, mission_id: int, due_on: dt.date | None, by: Actor) -> Mission:
    """Change the deadline of a mission still to be held; None takes it away."""
    if not by.is_system and not PLANNERS & by.roles:
        raise NotAllowed("Fixer une échéance ne fait pas partie de vos droits.")
    mission = lock_row(Mission, mission_id)
    if not mission.is_open:
        raise TransitionRefused("La visite est tenue ou la mission arrêtée : l’échéance ne change plus.")
    with acting(by):
        mission.due_on = due_on
        mission.version += 1
        mission.save(update_fields=["due_on", "version"])
    emit(TOPIC, mission)
    return mission
