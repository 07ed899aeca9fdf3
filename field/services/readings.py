"""A reading comes in: kept once by its key, concluded by the rules, put before a reviewer."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from field.enums import ReadingState
from field.models import Reading, ReadingDefinition
from field.rules.answers import missing_answers
from field.rules.definition import Questionnaire, read_definition
from field.services.pictures import read_signature
from field.services.proposal import Proposal, propose, with_known
from missions.enums import MissionStatus, NotVerifiableKind
from missions.models import Mission
from missions.services import receive_mission, submit_mission
from missions.workflow import MISSION
from spekty.accounts.models import Agent
from spekty.core.actors import Actor, system_actor
from spekty.core.engine import TransitionRefused, lock_row
from spekty.core.enums import Channel, Conclusion
from spekty.core.files import store_file
from spekty.core.history import acting
from spekty.core.models import StoredFile

RECEIVABLE = MISSION.get("receive").sources
WITHOUT_READING = (MissionStatus.RECEIVED, MissionStatus.TO_REVIEW)


class IncompleteReading(TransitionRefused):
    """Answers are missing and nothing says why; `str()` lists them."""


class KeyClash(TransitionRefused):
    """This key already names another mission's reading."""


class NoDefinition(TransitionRefused):
    """No questionnaire fits this mission."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The reading, and whether this call made it (False: the same was sent before)."""

    reading: Reading
    created: bool


@dataclass(frozen=True, slots=True)
class Visit:
    """What the phone says of one visit. `signature` is a PNG image."""

    answers: Mapping[str, Any]
    started_at: dt.datetime | None
    finished_at: dt.datetime
    comment: str = ""
    signer: str = ""
    signature: bytes | None = None


def definition_for(mission: Mission, day: dt.date) -> ReadingDefinition:
    """Return the questionnaire in force on `day`: the fiche's own, else its family's; raises NoDefinition."""
    contact = mission.channel == Channel.CONTACT
    codes = ["CONTACT"] if contact else [mission.lot.fiche.code, mission.family]
    for code in codes:
        found = _in_force(day).filter(code=code).first()
        if found is not None:
            return found
    raise NoDefinition("Aucun questionnaire n’est prévu pour cette mission : prévenez le bureau.")


def _in_force(day: dt.date) -> QuerySet[ReadingDefinition]:
    return ReadingDefinition.objects.filter(valid_from__lte=day).order_by("-version")


@transaction.atomic
def record_reading(
    *,
    key: uuid.UUID,
    mission_id: int,
    agent: Agent,
    visit: Visit,
    by: Actor,
    definition_id: int | None = None,
) -> Recorded:
    """Keep a reading and move its mission to the review; the same `key` twice is one reading.

    A reading that arrives when the mission no longer waits for it (another came first, the office
    cancelled) is kept aside as disputed: nothing is lost, the office decides. Raises IncompleteReading,
    KeyClash, NoDefinition, PictureRefused.
    """
    mission = lock_row(Mission, mission_id)
    known = Reading.objects.filter(key=key).first()
    if known is not None:
        if known.mission_id != mission_id:
            raise KeyClash("Ce relevé porte l’identifiant d’un autre : refaites-le depuis la mission.")
        return Recorded(known, created=False)
    definition = _definition(definition_id, mission, visit.finished_at)
    form = read_definition(definition.content)
    visit = _settled(visit, form, mission)
    _check_complete(form, visit)
    proposal = propose(definition, visit.answers)
    state = _place(mission, by)
    file = _keep_signature(key, mission, visit, by)
    with acting(by):
        reading = _create(key, mission, agent, definition, visit, proposal, state, file, by)
    _advance(mission, reading, by)
    return Recorded(reading, created=True)


def _definition(definition_id: int | None, mission: Mission, at: dt.datetime) -> ReadingDefinition:
    if definition_id is None:
        return definition_for(mission, timezone.localdate(at))
    try:
        return ReadingDefinition.objects.get(pk=definition_id)
    except ReadingDefinition.DoesNotExist:
        raise NoDefinition("Ce questionnaire n’existe pas : rechargez la mission.") from None


def _settled(visit: Visit, form: Questionnaire, mission: Mission) -> Visit:
    """Add what the office knows; a phone whose clock runs ahead visits now, and starts before it ends."""
    finished = min(visit.finished_at, timezone.now())
    started = None if visit.started_at is None else min(visit.started_at, finished)
    answers = with_known(form, visit.answers, mission.operation)
    return Visit(answers, started, finished, visit.comment, visit.signer, visit.signature)


def _check_complete(form: Questionnaire, visit: Visit) -> None:
    absent = [missing.label for missing in missing_answers(form, visit.answers)]
    if form.signature and not (visit.signature or visit.signer):
        absent.append("Signature")
    if absent and not visit.comment.strip():
        raise IncompleteReading(
            f"Il manque : {', '.join(absent)}. Complétez, ou dites pourquoi en commentaire."
        )


def _place(mission: Mission, by: Actor) -> ReadingState:
    """Return the state of the reading to come; a sent-back one gives way to it."""
    if mission.status == MissionStatus.TO_COMPLETE:
        with acting(by):
            current = Reading.objects.filter(mission=mission, state=ReadingState.CURRENT)
            current.update(state=ReadingState.SUPERSEDED)
        return ReadingState.CURRENT
    return ReadingState.CURRENT if _is_awaited(mission) else ReadingState.DISPUTED


def _is_awaited(mission: Mission) -> bool:
    """Return whether a reading is expected: also on a held mission of the workbook, which came without."""
    if mission.status in WITHOUT_READING:
        return not mission.readings.filter(state=ReadingState.CURRENT).exists()
    return mission.status in RECEIVABLE


def _keep_signature(key: uuid.UUID, mission: Mission, visit: Visit, by: Actor) -> StoredFile | None:
    if not visit.signature:
        return None
    return store_file(
        content=read_signature(visit.signature),
        name=f"{mission.number}-signature.png",
        mime_hint="image/png",
        store_path=f"{folder_of(mission)}/signatures/{key}.png",
        by=by,
    )


def folder_of(mission: Mission) -> str:
    """Return the mission's folder in the document store."""
    return f"clients/{mission.lot.client.code}/{mission.lot.number}/{mission.number}"


def _create(
    key: uuid.UUID,
    mission: Mission,
    agent: Agent,
    definition: ReadingDefinition,
    visit: Visit,
    proposal: Proposal,
    state: ReadingState,
    signature: StoredFile | None,
    by: Actor,
) -> Reading:
    return Reading.objects.create(
        key=key,
        mission=mission,
        agent=agent,
        definition=definition,
        state=state,
        started_at=visit.started_at,
        finished_at=visit.finished_at,
        answers=dict(visit.answers),
        proposed=proposal.conclusion,
        not_verifiable=proposal.not_verifiable or "",
        why=proposal.why,
        area_measured=proposal.area_measured,
        comment=visit.comment,
        signer=visit.signer,
        signature=signature,
        source=by.source,
    )


def _advance(mission: Mission, reading: Reading, by: Actor) -> None:
    if reading.state == ReadingState.DISPUTED or mission.status == MissionStatus.TO_REVIEW:
        return
    if mission.status in (MissionStatus.TO_COMPLETE, MissionStatus.RECEIVED):
        submit_mission(mission_id=mission.pk, by=by, changes=findings_of(reading))
        return
    receive_reading(mission, reading, by)


def findings_of(reading: Reading) -> dict[str, object]:
    """Return what a mission keeps of the reading in force, apart from who went there and when."""
    names = ("conclusion", "not_verifiable", "area_measured")
    return dict(zip(names, (reading.proposed, reading.not_verifiable, reading.area_measured), strict=True))


def receive_reading(mission: Mission, reading: Reading, by: Actor) -> None:
    """Note the visit on a mission that waits for one, and put it before a reviewer."""
    receive_mission(
        mission_id=mission.pk,
        visited_at=reading.visited_at,
        by=by,
        agent=reading.agent,
        conclusion=Conclusion(reading.proposed) if reading.proposed else None,
        not_verifiable=NotVerifiableKind(reading.not_verifiable) if reading.not_verifiable else None,
        area_measured=reading.area_measured,
    )
    submit_mission(mission_id=mission.pk, by=system_actor(by.source))
