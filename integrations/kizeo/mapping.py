"""Kizeo's records to our readings, our missions to its pushes. Its v3 times are local and naive."""

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from field.rules.definition import Questionnaire
from missions.models import Mission

Json = dict[str, Any]
NAMESPACE = uuid.UUID("5a0a4c3e-7c37-4f0e-9c8f-0f2a8f1d6b11")
TIME = "%Y-%m-%d %H:%M:%S"
MISSION_FIELD = "num_mission"
MEDIA_TYPES = frozenset({"photo", "paint", "schema", "attached"})
# Told to the reading by name, not as answers.
OWN_FIELDS = frozenset({MISSION_FIELD, "commentaire", "signataire", "signature"})


class Unreadable(Exception):
    """The record lacks what makes it a reading; `str()` is a French sentence."""


@dataclass(frozen=True)
class Record:
    """One record as we understand it; `media` holds (question, file name)."""

    data_id: str
    version: str
    mission_number: str
    user_id: str
    user_ref: str
    started_at: dt.datetime | None
    finished_at: dt.datetime
    answers: Json
    comment: str = ""
    signer: str = ""
    signature: str = ""
    media: list[tuple[str, str]] = field(default_factory=list)

    @property
    def key(self) -> uuid.UUID:
        """The reading's key: the same version of the same record is one reading."""
        return uuid.uuid5(NAMESPACE, f"{self.data_id}:{self.version}")


def external_id(form_id: str, item: Json) -> str:
    """Return the identity of what was received: form, record, and when it was last changed."""
    return f"{form_id}:{item.get('_id', '')}:{item.get('_update_time') or item.get('_answer_time') or ''}"


def read_record(item: Json, detail: Json) -> Record:
    """Return the record of an « unread » item and its detail, or raise Unreadable."""
    fields: Json = detail.get("fields") or {}
    number = str(_value(fields, MISSION_FIELD) or item.get(MISSION_FIELD) or "").strip()
    if not number:
        raise Unreadable("Ce relevé ne porte pas de numéro de mission.")
    finished = local(item.get("_end_time")) or local(item.get("_answer_time") or detail.get("answer_time"))
    if finished is None:
        raise Unreadable("Ce relevé ne dit pas quand la visite a fini.")
    names = [name for name in fields if name not in OWN_FIELDS]
    return Record(
        data_id=str(item["_id"]),
        version=str(item.get("_update_time") or item.get("_answer_time") or ""),
        mission_number=number,
        user_id=str(item.get("_user_id") or detail.get("user_id") or ""),
        user_ref=str(item.get("_user_ref1") or ""),
        started_at=local(item.get("_start_time")),
        finished_at=finished,
        answers={name: answer(fields[name]) for name in names if fields[name].get("type") not in MEDIA_TYPES},
        comment=str(_value(fields, "commentaire") or ""),
        signer=str(_value(fields, "signataire") or ""),
        signature=str(_value(fields, "signature") or ""),
        media=[
            (name, file)
            for name in names
            if fields[name].get("type") in MEDIA_TYPES
            for file in media_names(fields[name].get("value"))
        ],
    )


def _value(fields: Json, name: str) -> Any:
    return (fields.get(name) or {}).get("value")


def answer(cell: Json) -> Any:
    """Return a field's answer: rows of a table as dictionaries, anything else as Kizeo gives it."""
    value = cell.get("value")
    if cell.get("type") == "subform" and isinstance(value, list):
        return [{name: answer(inner) for name, inner in row.items()} for row in value]
    return value


def typed_answers(form: Questionnaire, answers: Json) -> dict[str, list[str]]:
    """Return the answers as a person would have typed them into our own form.

    A field of the Kizeo form bears the code of our question; a choice may come by its label; several
    points come as a list, as rows of a table, or in one text between semicolons.
    """
    typed = {}
    for question in form.asked():
        if question.code in answers:
            codes = {label.casefold(): code for code, label in question.options}
            values = _texts(answers[question.code], split=question.kind == "numbers")
            typed[question.code] = [codes.get(value.casefold(), value) for value in values]
    return typed


def _texts(value: Any, *, split: bool) -> list[str]:
    if value is None:
        return []
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner, split=split)]
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _texts(inner, split=split)]
    return [text.strip() for text in str(value).split(";")] if split else [str(value).strip()]


def media_names(value: Any) -> list[str]:
    """Return the files of a field: several names are joined by a comma and a space."""
    return [name.strip() for name in str(value or "").split(",") if name.strip()]


def local(text: Any) -> dt.datetime | None:
    """Return an aware time of v3's local text (or of v4's ISO text), None when it is no time."""
    if not text:
        return None
    try:
        return timezone.make_aware(dt.datetime.strptime(str(text), TIME))  # noqa: DTZ007  (made aware here)
    except ValueError:
        pass
    try:
        moment = dt.datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def push_body(mission: Mission, recipient: str, starts_at: dt.datetime) -> Json:
    """Return the push that puts a mission into the agent's field app, at its hour, local time."""
    operation = mission.operation
    start = timezone.localtime(starts_at)
    end = start + dt.timedelta(minutes=mission.minutes)
    fields = {
        MISSION_FIELD: mission.number,
        "lot": mission.lot.number,
        "fiche": mission.lot.fiche.code,
        "beneficiaire": operation.beneficiary,
        "telephone": operation.phone,
        "adresse": f"{operation.address}, {operation.place}".strip(", "),
    }
    return {
        "recipient_user_id": int(recipient) if recipient.isdigit() else recipient,
        "planningStart": f"{start:%Y-%m-%d %H:%M}",
        "planningEnd": f"{end:%Y-%m-%d %H:%M}",
        "fields": {name: {"value": value} for name, value in fields.items()},
    }
