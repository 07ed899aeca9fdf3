"""A reading is accepted and its report issued, sent back, or its report amended: always by someone else."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from field.enums import ReadingState
from field.models import Reading
from field.services.readings import folder_of
from missions.enums import MissionStatus, NotVerifiableKind
from missions.models import Mission
from missions.services import issue_mission, send_back_mission
from quality.enums import ReviewDecision
from quality.models import Report, Review
from quality.selectors.review import is_inspector
from quality.services.content import Content, Decision, Version, report_content
from quality.services.rendering import render_report
from spekty.accounts.models import User
from spekty.core.actors import Actor
from spekty.core.engine import AlreadyDone, NotAllowed, TransitionRefused, WrongState, lock_row
from spekty.core.enums import Conclusion
from spekty.core.files import store_file
from spekty.core.history import acting
from spekty.core.models import StoredFile

MISSION = Mission.objects.select_related(
    "operation__installer", "lot__client", "lot__fiche", "agent", "reinspection_of"
)


class ReviewerIsInspector(TransitionRefused):
    """The reviewer made the inspection (NF EN ISO/IEC 17020)."""


class NothingToReview(TransitionRefused):
    """The mission has no reading in force, or no report yet."""


class ConclusionNeedsMotive(TransitionRefused):
    """A conclusion other than the proposed one, without its motive."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A report ready to be issued, made of the mission as it was at `mission_version`."""

    mission: Mission
    reading: Reading
    content: Content
    decision: Decision
    issued_at: dt.datetime
    pdf: bytes


def accept_and_issue(
    *,
    mission_id: int,
    reviewer: User,
    conclusion: Conclusion,
    not_verifiable: NotVerifiableKind | None = None,
    reasons: Sequence[str] = (),
    observation: str = "",
    motive: str = "",
) -> Report:
    """Accept the reading in force, freeze the conclusion, issue the report and store its PDF.

    The PDF is made first; the transaction then refuses if the mission moved meanwhile. Twice is once.
    Raises ReviewerIsInspector, NothingToReview, ConclusionNeedsMotive, AlreadyDone, NotAllowed, WrongState.
    """
    mission, reading = _with_reading(mission_id, reviewer)
    kind = _kind(conclusion, not_verifiable)
    if conclusion != reading.proposed and not motive.strip():
        raise ConclusionNeedsMotive("Dites pourquoi la conclusion n’est pas celle que proposent les règles.")
    printed = [reason for reason in reading.why if reason in reasons]
    decision = Decision(conclusion, kind or "", printed, observation.strip())
    draft = _draft(mission, reading, reviewer, decision)
    return _issue(draft, reviewer=reviewer, by=reviewer.acting(), kind=kind, motive=motive)


def preview_report(*, mission_id: int, reviewer: User, observation: str = "") -> bytes:
    """Return the PDF as the proposed conclusion would make it; nothing is written."""
    mission, reading = _with_reading(mission_id, reviewer)
    decision = Decision(Conclusion(reading.proposed or "S"), reading.not_verifiable, reading.why, observation)
    version = Version(_next_rank(mission))
    content = report_content(mission, reading, reviewer, decision, version, timezone.localtime())
    return render_report(content, is_preview=True)


@transaction.atomic
def send_back(*, mission_id: int, reviewer: User, comment: str) -> Review:
    """Ask the agent to complete the reading; `comment` says what. Raises as accept_and_issue does.

    A mission taken over from the workbook has no reading yet: sending it back is how it gets one.
    """
    mission, reading = _under_review(mission_id, reviewer)
    inspector = reading.agent if reading else mission.agent
    if inspector is None:
        raise NothingToReview("Cette mission n’a ni relevé ni intervenant : affectez-la d’abord.")
    by = reviewer.acting()
    send_back_mission(mission_id=mission_id, by=by, reason=comment)
    with acting(by):
        return Review.objects.create(
            mission=mission,
            reading=reading,
            reviewer=reviewer,
            reviewer_agent_id=reviewer.agent_id_or_none,
            inspector=inspector,
            decision=ReviewDecision.SENT_BACK,
            comment=comment,
        )


def amend_report(
    *, mission_id: int, reviewer: User, reason: str, observation: str = "", reasons: Sequence[str] = ()
) -> Report:
    """Issue a new version of a report, which says why and names the one it replaces.

    The conclusion stays that of the first (R7). Raises NothingToReview, ReviewerIsInspector, NotAllowed,
    AlreadyDone when another amendment came first.
    """
    if not reason.strip():
        raise TransitionRefused("Dites ce que corrige cette nouvelle version.")
    mission = MISSION.get(pk=mission_id)
    former = mission.reports.order_by("-rank").first()
    reading = _reading_of(mission)
    if mission.status != MissionStatus.REPORTED or former is None or reading is None:
        raise NothingToReview("Cette mission n’a pas de rapport émis par l’application.")
    _check_reviewer(mission, reading, reviewer)
    printed = [text for text in reading.why if text in reasons]
    decision = Decision(
        Conclusion(mission.conclusion), mission.not_verifiable, printed, observation.strip(), reason.strip()
    )
    version = Version(former.rank + 1, str(former))
    draft = _draft(mission, reading, reviewer, decision, version)
    return _amend(draft, former=former, reviewer=reviewer, by=reviewer.acting())


def _with_reading(mission_id: int, reviewer: User) -> tuple[Mission, Reading]:
    mission, reading = _under_review(mission_id, reviewer)
    if reading is None:
        raise NothingToReview("Cette mission n’a pas de relevé : renvoyez-la à compléter.")
    return mission, reading


def _under_review(mission_id: int, reviewer: User) -> tuple[Mission, Reading | None]:
    mission = MISSION.get(pk=mission_id)
    reading = _reading_of(mission)
    _check_reviewer(mission, reading, reviewer)
    if mission.status == MissionStatus.REPORTED:
        raise AlreadyDone("Le rapport de cette mission est déjà émis : rien n’a été changé.")
    if mission.status != MissionStatus.TO_REVIEW:
        raise WrongState("Cette mission n’est plus à relire : elle a changé d’état entre-temps.")
    return mission, reading


def _reading_of(mission: Mission) -> Reading | None:
    current = mission.readings.filter(state=ReadingState.CURRENT)
    return current.select_related("agent", "definition").first()


def _check_reviewer(mission: Mission, reading: Reading | None, reviewer: User) -> None:
    if "qualite" not in reviewer.acting().roles:
        raise NotAllowed("La relecture ne fait pas partie de vos droits.")
    if is_inspector(reviewer, mission, reading):
        raise ReviewerIsInspector("Vous avez fait cette visite : quelqu’un d’autre doit la relire.")


def _kind(conclusion: Conclusion, not_verifiable: NotVerifiableKind | None) -> NotVerifiableKind | None:
    if conclusion != Conclusion.NV:
        return None
    if not_verifiable is None:
        raise TransitionRefused("Dites si l’ouvrage est non visible ou non accessible.")
    return not_verifiable


def _next_rank(mission: Mission) -> int:
    last: int | None = mission.reports.aggregate(last=Max("rank"))["last"]
    return (last or 0) + 1


def _draft(
    mission: Mission,
    reading: Reading,
    reviewer: User,
    decision: Decision,
    version: Version | None = None,
) -> Draft:
    issued_at = timezone.localtime().replace(microsecond=0)
    chosen = version or Version(_next_rank(mission))
    content = report_content(mission, reading, reviewer, decision, chosen, issued_at)
    return Draft(mission, reading, content, decision, issued_at, render_report(content))


@transaction.atomic
def _issue(draft: Draft, *, reviewer: User, by: Actor, kind: NotVerifiableKind | None, motive: str) -> Report:
    mission = lock_row(Mission, draft.mission.pk)
    if mission.status == MissionStatus.REPORTED:
        raise AlreadyDone("Le rapport de cette mission est déjà émis : rien n’a été changé.")
    if mission.version != draft.mission.version:
        raise WrongState("La mission a changé pendant l’émission : relisez-la avant d’émettre.")
    issue_mission(
        mission_id=mission.pk,
        by=by,
        on=timezone.localdate(draft.issued_at),
        conclusion=draft.decision.conclusion,
        not_verifiable=kind,
    )
    with acting(by):
        review = Review.objects.create(
            mission=mission,
            reading=draft.reading,
            reviewer=reviewer,
            reviewer_agent_id=reviewer.agent_id_or_none,
            inspector=draft.reading.agent,
            decision=ReviewDecision.ACCEPTED,
            conclusion=draft.decision.conclusion,
            comment=motive,
        )
    return _keep(draft, reviewer=reviewer, by=by, review=review, replaces=None)


@transaction.atomic
def _amend(draft: Draft, *, former: Report, reviewer: User, by: Actor) -> Report:
    mission = lock_row(Mission, draft.mission.pk)
    if mission.reports.filter(rank__gt=former.rank).exists():
        raise AlreadyDone("Une nouvelle version vient d’être émise : relisez-la avant de l’amender.")
    return _keep(draft, reviewer=reviewer, by=by, review=former.review, replaces=former)


def _keep(
    draft: Draft, *, reviewer: User, by: Actor, review: Review | None, replaces: Report | None
) -> Report:
    rank = draft.content["rank"]
    with acting(by):
        return Report.objects.create(
            mission=draft.mission,
            number=draft.mission.number,
            rank=rank,
            replaces=replaces,
            review=review,
            conclusion=draft.decision.conclusion,
            content=draft.content,
            file=_store(draft, rank, by),
            sha256=hashlib.sha256(draft.pdf).hexdigest(),
            issued_at=draft.issued_at,
            issued_by_name=str(reviewer),
        )


def _store(draft: Draft, rank: int, by: Actor) -> StoredFile:
    name = f"{draft.mission.number}-rapport-v{rank}.pdf"
    return store_file(
        content=draft.pdf,
        name=name,
        mime_hint="application/pdf",
        store_path=f"{folder_of(draft.mission).rsplit('/', 1)[0]}/{name}",
        by=by,
    )
