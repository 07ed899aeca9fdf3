"""One move of a mission's status, told to the search index in the same transaction."""

from collections.abc import Callable, Mapping

from missions.models import Mission
from spekty.core.actors import Actor
from spekty.core.engine import advance

TOPIC = "search.mission"


def move(
    mission_id: int,
    name: str,
    *,
    by: Actor,
    reason: str = "",
    changes: Mapping[str, object] | None = None,
    guard: Callable[[Mission], str | None] | None = None,
    effect: str | None = None,
) -> Mission:
    """Take the transition `name` of missions.workflow; raises what the engine raises."""
    return advance(
        Mission,
        mission_id,
        name,
        by=by,
        reason=reason,
        changes=changes,
        guard=guard,
        effect=effect,
        topic=TOPIC,
    )
