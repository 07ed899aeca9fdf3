"""Everything that changes tours."""

from planning.services.locks import set_day_lock, set_stop_lock, set_tour_lock
from planning.services.moves import move_stop, place_stop, refresh_hours, remove_stop
from planning.services.publication import publish_tours
from planning.services.refusals import BoardConflict, NothingToUndo, PlacementRefused, ReasonNeeded
from planning.services.undo import undo_move

__all__ = [
    "BoardConflict",
    "NothingToUndo",
    "PlacementRefused",
    "ReasonNeeded",
    "move_stop",
    "place_stop",
    "publish_tours",
    "refresh_hours",
    "remove_stop",
    "set_day_lock",
    "set_stop_lock",
    "set_tour_lock",
    "undo_move",
]
