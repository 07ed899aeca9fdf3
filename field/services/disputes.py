"""Two readings for one visit: a reviewer says which counts, the other is set aside. Nothing is erased."""

from django.db import transaction

from field.enums import ReadingState
from field.models import Reading
from field.services.readings import RECEIVABLE
from missions.enums import MissionStatus, NotVerifiableKind
from missions.models import Mission
from missions.services import receive_mission, replace_visit, submit_mission
from spekty.core.actors import Actor, system_actor
from spekty.core.engine import AlreadyDone, TransitionRefused, WrongState, lock_row
from spekty.core.enums import Conclusion
from spekty.core.history import acting

COMPLETED = (MissionStatus.TO_COMPLETE, MissionStatus.RECEIVED)
LEFT = (MissionStatus.CANCELLED, MissionStatus.REFUSED, MissionStatus.UNREACHABLE)


def taking_refusal(mission: Mission) -> str:
    """Return why no other reading can count for `mission` as it is, with what to do; "" when one can."""
    if mission.status == MissionStatus.REPORTED:
        return "Le rapport est émis et fait foi : écartez ce relevé, ou amendez le rapport."
    if mission.status == MissionStatus.TO_PLAN:
        return "La mission n’est affectée à personne : affectez-la d’abord."
    if mission.status in LEFT:
        word = mission.get_status_display().lower()
        return f"La mission est à l’état « {word} » : rouvrez-la et affectez-la d’abord."
    return ""


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
    if refusal := taking_refusal(mission):
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
    visited_at = reading.started_at or reading.finished_at
    found: dict[str, object] = {
        "conclusion": reading.proposed,
        "not_verifiable": reading.not_verifiable,
        "area_measured": reading.area_measured,
    }
    visit = {"visited_at": visited_at, "agent": reading.agent, **found}
    if mission.status == MissionStatus.TO_REVIEW:
        replace_visit(mission_id=mission.pk, by=by, changes=visit)
    elif mission.status in COMPLETED:
        submit_mission(mission_id=mission.pk, by=by, changes=visit)
    elif mission.status in RECEIVABLE:
        _receive(mission, reading, by)


def _receive(mission: Mission, reading: Reading, by: Actor) -> None:
    """The visit itself is received as any other: who decided is on the reading's history."""
    receive_mission(
        mission_id=mission.pk,
        visited_at=reading.started_at or reading.finished_at,
        by=system_actor(by.source, by.name),
        agent=reading.agent,
        conclusion=Conclusion(reading.proposed) if reading.proposed else None,
        not_verifiable=NotVerifiableKind(reading.not_verifiable) if reading.not_verifiable else None,
        area_measured=reading.area_measured,
    )
    submit_mission(mission_id=mission.pk, by=system_actor(by.source))
