"""Locks: what neither the engine nor a hand moves."""

import datetime as dt
from dataclasses import replace

from django.db import transaction

from missions.models import Mission
from planning.models import BoardMove, DayLock, Tour
from planning.services.moves import Seen, check_begun, keep_move, scene_of
from planning.services.refusals import BoardConflict
from planning.services.sheets import Key, Sheet, check_seen, lock_tours, read_sheets, write_sheets
from spekty.core.actors import Actor
from spekty.core.history import acting


@transaction.atomic
def set_tour_lock(*, key: Key, is_locked: bool, by: Actor, seen: Seen | None = None) -> BoardMove:
    """Lock a whole tour, or open it. Raises BoardConflict, PlacementRefused."""
    tours, before = _locked(key, seen)
    after = {key: replace(before[key], is_locked=is_locked)}
    verb = "verrouillée" if is_locked else "déverrouillée"
    return _write(tours, before, after, f"Tournée de {tours[key].agent.short_name} {verb}", by)


@transaction.atomic
def set_stop_lock(
    *, mission_id: int, key: Key, is_locked: bool, by: Actor, seen: Seen | None = None
) -> BoardMove:
    """Lock a mission on its tour, or free it. Raises BoardConflict, PlacementRefused."""
    tours, before = _locked(key, seen)
    number = Mission.objects.values_list("number", flat=True).get(pk=mission_id)
    if mission_id not in before[key].order:
        raise BoardConflict(f"{number} n’est plus sur cette tournée.")
    slots = tuple(
        replace(slot, is_locked=is_locked) if slot.mission == mission_id else slot
        for slot in before[key].slots
    )
    after = {key: replace(before[key], slots=slots)}
    verb = "verrouillée" if is_locked else "déverrouillée"
    return _write(tours, before, after, f"{number} {verb}", by)


@transaction.atomic
def set_day_lock(*, day: dt.date, is_locked: bool, by: Actor, reason: str = "") -> BoardMove:
    """Lock a day, or open it; asking for what is changes nothing."""
    assert by.user_id is not None
    found = DayLock.objects.select_for_update(of=("self",)).filter(day=day).first()
    was = {"day": day.isoformat(), "is_locked": found is not None, "reason": found.reason if found else ""}
    with acting(by):
        if is_locked:
            DayLock.objects.get_or_create(day=day, defaults={"reason": reason[:150]})
        elif found:
            found.delete()
    verb = "verrouillé" if is_locked else "déverrouillé"
    return BoardMove.objects.create(
        user_id=by.user_id,
        label=f"{day:%d/%m/%Y} {verb}",
        before=was,
        after={"day": day.isoformat(), "is_locked": is_locked, "reason": reason[:150]},
    )


def _locked(key: Key, seen: Seen | None) -> tuple[dict[Key, Tour], dict[Key, Sheet]]:
    tours = lock_tours([key])
    check_seen(tours, seen or {})
    check_begun(tours.values())
    return tours, read_sheets(tours)


def _write(
    tours: dict[Key, Tour], before: dict[Key, Sheet], after: dict[Key, Sheet], label: str, by: Actor
) -> BoardMove:
    write_sheets(tours, after, scene_of(tours, after), by)
    return keep_move(before, after, label, by)
