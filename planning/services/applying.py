"""Take all, part or none of a proposal into the draft."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction

from missions.models import Mission
from missions.services import check_assignable
from planning.enums import Provenance, RunStatus
from planning.models import BoardMove, PlanRun, Stop, Tour
from planning.rules.constraints import Violation
from planning.rules.schedule import tour_violations
from planning.selectors.people import MISSION_NEEDS
from planning.services.moves import best_position, check_open, keep_move, scene_of
from planning.services.refusals import BoardConflict, PlacementRefused
from planning.services.runs import RunRefused
from planning.services.scene import Scene
from planning.services.sheets import Key, Sheet, Slot, check_seen, lock_tours, read_sheets, write_sheets
from spekty.accounts.models import Agent
from spekty.core.actors import Actor


@transaction.atomic
def apply_run(*, run_id: int, by: Actor, chosen: Collection[str] | None = None) -> BoardMove | None:
    """Put the chosen moves of a proposal (`id` of each; None = all) into the draft, as one gesture to undo.

    With none chosen the proposal is set aside. Raises RunRefused, BoardConflict when a tour changed since the
    run, PlacementRefused or MissionNotAssignable when a move isn't possible; nothing is written then.
    """
    run = PlanRun.objects.select_for_update(of=("self",)).get(pk=run_id)
    if run.status != RunStatus.READY:
        raise RunRefused("Cette proposition n’est plus à examiner.")
    moves = [m for m in run.result["moves"] if chosen is None or m["id"] in chosen]
    if not moves:
        run.status = RunStatus.DISCARDED
        run.save(update_fields=["status"])
        return None
    made = _take(run, moves, is_whole=len(moves) == len(run.result["moves"]), by=by)
    run.status = RunStatus.APPLIED
    run.result = run.result | {"taken": [move["id"] for move in moves]}
    run.save(update_fields=["status", "result"])
    return made


def _take(run: PlanRun, moves: list[dict[str, Any]], *, is_whole: bool, by: Actor) -> BoardMove:
    keys = {as_key(move[side]) for move in moves for side in ("from", "to") if move[side]}
    tours = lock_tours(keys)
    versions: dict[str, int] = run.result["versions"]
    check_seen(tours, {key: versions.get(_text(key), 0) for key in keys})
    check_open(tours.values())
    before = read_sheets(tours)
    missions = [move["mission"] for move in moves if move["mission"]]
    _check_free(missions, tours, moves)
    scene = scene_of(tours, before, missions)
    whole = {as_key(key): tuple(order) for key, order in run.result["orders"].items()}
    after = _whole(before, whole) if is_whole else _part(scene, before, moves, whole)
    _check(scene, tours, before, after)
    write_sheets(tours, after, scene, by)
    count = len(moves)
    label = f"Optimisation {run.pk} : {count} changement{'s' if count > 1 else ''}"
    return keep_move(before, after, label, by)


def as_key(text: str) -> Key:
    agent, _, day = text.partition(":")
    return int(agent), dt.date.fromisoformat(day)


def _text(key: Key) -> str:
    return f"{key[0]}:{key[1].isoformat()}"


def _check_free(missions: list[int], tours: Mapping[Key, Tour], moves: list[dict[str, Any]]) -> None:
    """Raise BoardConflict for a mission that isn't where the run saw it."""
    expected = {move["mission"]: as_key(move["from"]) if move["from"] else None for move in moves}
    rows = list(Mission.objects.filter(pk__in=missions).select_for_update(of=("self",), no_key=True))
    actual = {
        stop.mission_id: (stop.tour.agent_id, stop.tour.day)
        for stop in Stop.objects.filter(mission__in=missions).select_related("tour")
    }
    for mission in rows:
        if actual.get(mission.pk) != expected[mission.pk] or not mission.is_open:
            raise BoardConflict(f"{mission.number} a changé depuis le calcul : relancez l’optimisation.")


def _slots(before: Mapping[Key, Sheet]) -> dict[int, tuple[Key, Slot]]:
    return {slot.mission: (key, slot) for key, sheet in before.items() for slot in sheet.slots}


def _slot(mission: int, key: Key, known: Mapping[int, tuple[Key, Slot]]) -> Slot:
    was = known.get(mission)
    if was and was[0] == key:
        return was[1]
    return replace(was[1] if was else Slot(mission), provenance=str(Provenance.ENGINE), reason="")


def _whole(before: Mapping[Key, Sheet], whole: Mapping[Key, tuple[int, ...]]) -> dict[Key, Sheet]:
    known = _slots(before)
    return {
        key: replace(sheet, slots=tuple(_slot(m, key, known) for m in whole.get(key, ())))
        for key, sheet in before.items()
    }


def _part(
    scene: Scene,
    before: Mapping[Key, Sheet],
    moves: list[dict[str, Any]],
    whole: Mapping[Key, tuple[int, ...]],
) -> dict[Key, Sheet]:
    """Make the chosen moves only: each mission goes where it costs least in the tours as they are."""
    known, after = _slots(before), dict(before)
    for move in moves:
        if move["mission"] and move["from"]:
            source = as_key(move["from"])
            after[source] = after[source].without(move["mission"])
    for move in moves:
        if not move["to"]:
            continue
        key = as_key(move["to"])
        if not move["mission"]:
            after[key] = replace(after[key], slots=tuple(_slot(m, key, known) for m in whole[key]))
            continue
        place = best_position(scene.problem, scene.key(*key), after[key].order, move["mission"])
        after[key] = after[key].with_slot(_slot(move["mission"], key, known), place)
    return after


def _check(
    scene: Scene, tours: Mapping[Key, Tour], before: Mapping[Key, Sheet], after: Mapping[Key, Sheet]
) -> None:
    """Raise for a mission whose new agent may not take it, or for a tour that breaks more than it did."""
    here = {m: key for key, sheet in before.items() for m in sheet.order}
    for key, sheet in after.items():
        come = [m for m in sheet.order if here.get(m) != key]
        for mission in Mission.objects.filter(pk__in=come).select_related(*MISSION_NEEDS):
            check_assignable(mission, tours[key].agent, key[1])
        worse = _worse(scene, key, before[key].order, sheet.order)
        if worse:
            texts = ", ".join(violation.text for violation in worse)
            raise PlacementRefused(
                f"{tours[key].agent}, {key[1]:%d/%m} : {texts}. Prenez d’autres changements."
            )
    _check_absent(scene, after, here)


def _worse(scene: Scene, key: Key, old: tuple[int, ...], new: tuple[int, ...]) -> list[Violation]:
    place = scene.key(*key)
    known = {(v.constraint, v.mission): v.amount for v in tour_violations(scene.problem, place, old)}
    found = tour_violations(scene.problem, place, new)
    return [v for v in found if v.amount > known.get((v.constraint, v.mission), 0)]


def _check_absent(scene: Scene, after: Mapping[Key, Sheet], here: Mapping[int, Key]) -> None:
    for key, sheet in after.items():
        if scene.key(*key) in scene.problem.windows or all(here.get(m) == key for m in sheet.order):
            continue
        raise PlacementRefused(f"{Agent.objects.get(pk=key[0])} ne travaille pas le {key[1]:%d/%m/%Y}.")
