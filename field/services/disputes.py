"""Two readings for one visit: a reviewer says which counts, the other is set aside. Nothing is erased."""

from django.db import transaction

from field.enums import ReadingState
from field.models import Reading
from field.rules.disputes import taking_refusal
from field.services.readings import RECEIVABLE, findings_of, receive_reading
from missions.enums import MissionStatus
from missions.models import Mission
from missions.services import replace_visit, submit_mission
from spekty.core.actors import Actor, system_actor
from spekty.core.engine import AlreadyDone, TransitionRefused, WrongState, lock_row
from spekty.core.history import acting


@transaction.atomic
def set_reading_aside(*, reading_id: int, by: Actor, reason: str) -> Reading:
    """Decide that a disputed reading doesn't count; its mission stays as it is. Raises AlreadyDone."""
    reading, _ = _locked(reading_id)
    return _settle(reading, ReadingState.SET_ASIDE, by, reason)


@transaction.atomic
def take_reading(*, reading_id: int, by: Actor, reason: str) -> Reading:
    """Put a disputed reading in force: the former is set aside, the mission takes its facts and is reviewed.

    Raises AlreadyDone, WrongState when no reading can count for the mission as it is.
    """
    reading, mission = _locked(reading_id)
    if refusal := taking_refusal(mission.status):
        raise WrongState(refusal)
    with acting(by):
        current = Reading.objects.filter(mission=mission, state=ReadingState.CURRENT)
        current.update(state=ReadingState.SET_ASIDE, settled_reason=reason.strip())
    _settle(reading, ReadingState.CURRENT, by, reason)
    _advance(mission, reading, by)
    return reading


def _locked(reading_id: int) -> tuple[Reading, Mission]:
    """Lock the mission first, as a reading that comes in does."""
    mission = lock_row(Mission, Reading.objects.values_list("mission_id", flat=True).get(pk=reading_id))
    reading = Reading.objects.select_related("agent").get(pk=reading_id)
    if reading.state != ReadingState.DISPUTED:
        raise AlreadyDone("Ce relevé est déjà tranché : rien n’a été changé.")
    return reading, mission


def _settle(reading: Reading, state: ReadingState, by: Actor, reason: str) -> Reading:
    if not reason.strip():
        raise TransitionRefused("Dites pourquoi vous retenez ou écartez ce relevé.")
    reading.state, reading.settled_reason = state, reason.strip()
    with acting(by):
        reading.save(update_fields=["state", "settled_reason"])
    return reading


def _advance(mission: Mission, reading: Reading, by: Actor) -> None:
    if mission.status in RECEIVABLE:
        # No reviewer holds visits: who decided is in the reading's own history.
        receive_reading(mission, reading, system_actor(by.source, by.name))
        return
    visit = {"visited_at": reading.visited_at, "agent": reading.agent, **findings_of(reading)}
    change = replace_visit if mission.status == MissionStatus.TO_REVIEW else submit_mission
    change(mission_id=mission.pk, by=by, changes=visit)
