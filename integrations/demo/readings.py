"""Readings waiting for their review: the workbook's "Relevé reçu" come in as a phone would send them."""

import datetime as dt
import random
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw

from field.rules.definition import Question, read_definition
from field.services import add_photo, definition_for, record_reading
from field.services.readings import Visit
from integrations.workbook.reader import Workbook
from integrations.workbook.rows import MissionRow
from integrations.workbook.words import MissionStatus as LegacyStatus
from integrations.workbook.words import Result
from missions.models import Mission
from spekty.accounts.models import Agent
from spekty.core.actors import Actor

NAMESPACE = uuid.UUID("6f0d8f0e-5a38-4f0e-9a0e-5b8b6b6f2d11")
SKIES = ("#9db7c4", "#b7c6cc", "#8fa9b8", "#c4cfd4")


@dataclass(frozen=True)
class Waiting:
    """What the workbook says of a reading that nobody reviewed yet."""

    number: str
    result: Result | None
    area: Decimal | None


def take_readings(book: Workbook) -> tuple[Workbook, list[Waiting]]:
    """Set the held and unreported missions back to their appointment; return what their readings said."""
    waiting = [
        Waiting(row.number, row.result, row.measured_area)
        for row in book.missions
        if row.status is LegacyStatus.READING and row.agent and row.visited_on
    ]
    names = {item.number for item in waiting}
    missions = [_before_the_visit(row) if row.number in names else row for row in book.missions]
    return replace(book, missions=missions), waiting


def _before_the_visit(row: MissionRow) -> MissionRow:
    return replace(
        row, status=LegacyStatus.CONFIRMED, result=None, measured_area=None, comment="", pay_month=None
    )


def send_readings(waiting: list[Waiting], *, by: Actor) -> None:
    """Send each reading through the portal's service, with its photos; once, by its key."""
    for item in waiting:
        mission = _mission(item)
        if mission.agent and mission.appointment_at:
            _send(item, mission, mission.agent, mission.appointment_at, by)
    _send_twice(waiting, by)


def _send_twice(waiting: list[Waiting], by: Actor) -> None:
    """A colleague, once assigned and without signal since, had been there the day before: to be settled."""
    for item in waiting:
        mission = _mission(item)
        if item.area is None or mission.agent is None or mission.appointment_at is None:
            continue
        if other := Agent.objects.active().exclude(pk=mission.agent.pk).order_by("code").first():
            seen = replace(item, area=item.area - 2)
            _send(seen, mission, other, mission.appointment_at - dt.timedelta(days=1), by, "bis")
            return


def _mission(item: Waiting) -> Mission:
    return Mission.objects.select_related("lot__fiche", "operation", "agent").get(number=item.number)


def _send(
    item: Waiting, mission: Mission, agent: Agent, start: dt.datetime, by: Actor, mark: str = ""
) -> None:
    definition = definition_for(mission, start.date())
    form = read_definition(definition.content)
    visit = Visit(
        answers=dict(_answers(list(form.asked()), item)),
        started_at=start,
        finished_at=start + dt.timedelta(minutes=mission.minutes),
        signer=mission.operation.beneficiary.title(),
    )
    key = uuid.uuid5(NAMESPACE, item.number + mark)
    recorded = record_reading(key=key, mission_id=mission.pk, agent=agent, visit=visit, by=by)
    for need in form.photos:
        add_photo(
            key=uuid.uuid5(key, need.code),
            reading=recorded.reading,
            content=_picture(f"{item.number} {need.code}"),
            question=need.code,
            taken_at=start + dt.timedelta(minutes=10),
            by=by,
        )


def _answers(questions: list[Question], item: Waiting) -> Iterator[tuple[str, Any]]:
    answers: dict[str, Any] = {}
    for question in questions:
        if question.is_asked(answers):
            answers[question.code] = _answer(question, item)
            yield question.code, answers[question.code]


def _answer(question: Question, item: Waiting) -> Any:
    raw: Mapping[str, Any] = question.raw
    if question.code == "access" and item.result is Result.NV:
        return "not_accessible"
    if question.kind in {"number", "numbers"}:
        return _number(question, item)
    if question.kind == "document":
        return "1"
    if question.options:
        gaps = set(raw.get("gaps", ())) | set(raw.get("nv", ()))
        sound = next(code for code, _label in question.options if code not in gaps)
        return _gap(raw) if item.result is Result.NS and question.code == "even" else sound
    return "Soprema" if question.code == "brand" else "RAS"


def _gap(raw: Mapping[str, Any]) -> str:
    return str(raw["gaps"][0])


def _number(question: Question, item: Waiting) -> Any:
    if question.code == "area_measured" and item.area:
        return str(item.area)
    value = "320" if question.unit == "mm" else str(question.raw.get("minimum", "7"))
    return [value] * question.count if question.kind == "numbers" else value


def _picture(text: str) -> bytes:
    """Draw a placeholder: a house under a sky, with what it stands for. No real place is shown."""
    tint = random.Random(text)  # noqa: S311  (the same picture at each load)
    image = Image.new("RGB", (960, 720), tint.choice(SKIES))
    draw = ImageDraw.Draw(image)
    left = tint.randint(180, 360)
    draw.rectangle((0, 520, 960, 720), fill="#7d8f6b")
    draw.rectangle((left, 320, left + 380, 560), fill="#d9cdbb", outline="#6b6258", width=4)
    draw.polygon(((left - 30, 320), (left + 190, 190), (left + 410, 320)), fill="#8a4b3c")
    draw.rectangle((left + 60, 380, left + 140, 470), fill="#5d7f94")
    draw.rectangle((left + 230, 400, left + 310, 560), fill="#6b4b33")
    draw.text((24, 24), text, fill="#1c2b33", font_size=28)
    out = BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()
