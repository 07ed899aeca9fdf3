"""Undo the gestures of a person, twenty at most, and never over somebody else's."""

from django.db import transaction
from django.utils import timezone

from planning.models import BoardMove, DayLock, Stop
from planning.services.moves import check_begun, scene_of
from planning.services.refusals import BoardConflict, NothingToUndo
from planning.services.sheets import Key, Sheet, conflict_text, lock_tours, read_sheets, write_sheets
from spekty.core.actors import Actor
from spekty.core.history import acting

STEPS = 20


def undoable(user_id: int) -> list[BoardMove]:
    """Return the gestures that the person can still undo, the latest first."""
    return [move for move in BoardMove.objects.filter(user_id=user_id)[:STEPS] if move.undone_at is None]


@transaction.atomic
def undo_move(*, by: Actor) -> BoardMove:
    """Take back the person's latest gesture that isn't taken back yet.

    Raises NothingToUndo, BoardConflict when the tours changed since, PlacementRefused when one has begun.
    """
    assert by.user_id is not None
    latest = (
        BoardMove.objects.filter(user_id=by.user_id, pk__in=[move.pk for move in undoable(by.user_id)])
        .select_for_update(of=("self",))
        .first()
    )
    if latest is None:
        raise NothingToUndo(
            f"Rien à annuler : les {STEPS} derniers gestes sont déjà repris, ou il n’y en a pas."
        )
    if isinstance(latest.before, dict):
        _restore_day_lock(latest, by)
    else:
        _restore_tours(latest, by)
    latest.undone_at = timezone.now()
    latest.save(update_fields=["undone_at"])
    return latest


def _restore_tours(latest: BoardMove, by: Actor) -> None:
    before = {sheet.key: sheet for sheet in map(Sheet.from_json, latest.before)}
    after = {sheet.key: sheet for sheet in map(Sheet.from_json, latest.after)}
    tours = lock_tours(before)
    actual = read_sheets(tours)
    changed = next((key for key in before if actual[key] != after[key]), None)
    if changed is not None:
        raise BoardConflict(conflict_text(tours[changed]))
    check_begun(tours.values())
    _check_free(before, actual)
    write_sheets(tours, before, scene_of(tours, before), by)


def _check_free(before: dict[Key, Sheet], actual: dict[Key, Sheet]) -> None:
    """Raise BoardConflict if a mission that should come back was put elsewhere."""
    back = {m for sheet in before.values() for m in sheet.order}
    here = {m for sheet in actual.values() for m in sheet.order}
    taken = Stop.objects.filter(mission__in=back - here).select_related("mission", "tour__agent").first()
    if taken is not None:
        raise BoardConflict(
            f"{taken.mission.number} est maintenant chez {taken.tour.agent} : rien n’a été écrasé."
        )


def _restore_day_lock(latest: BoardMove, by: Actor) -> None:
    day, was_locked = latest.before["day"], latest.before["is_locked"]
    with acting(by):
        if was_locked:
            DayLock.objects.get_or_create(day=day, defaults={"reason": latest.before["reason"]})
        else:
            DayLock.objects.filter(day=day).delete()
