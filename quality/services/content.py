"""What a report says: gathered once, frozen as JSON beside its PDF."""

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone

from field.models import Reading
from field.rules.comparison import compare
from field.rules.definition import read_definition
from field.selectors import photos_of
from lots.models import Operation
from missions.models import Mission
from spekty.accounts.models import User
from spekty.core.enums import Channel, Conclusion

Content = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Decision:
    """What the reviewer decided and wants printed."""

    conclusion: Conclusion
    not_verifiable: str = ""
    reasons: Sequence[str] = ()
    observation: str = ""
    amendment: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """Which version of the report this is, and the one it replaces."""

    rank: int
    replaces: str = ""


def report_content(
    mission: Mission,
    reading: Reading,
    reviewer: User,
    decision: Decision,
    version: Version,
    issued_at: dt.datetime,
) -> Content:
    """Return all that the report says, JSON only (dates in ISO form)."""
    definition = reading.definition
    return {
        "number": mission.number,
        "rank": version.rank,
        "replaces": version.replaces,
        "amendment": decision.amendment,
        "issued_at": issued_at.isoformat(),
        "body": dict(settings.INSPECTION_BODY),
        "client": {"name": mission.lot.client.name, "code": mission.lot.client.code},
        "lot": mission.lot.number,
        "channel": Channel(mission.channel).label,
        "is_site": mission.channel == Channel.SITE,
        "reinspection_of": mission.reinspection_of.number if mission.reinspection_of else "",
        "item": _item(mission),
        "visit": _visit(reading),
        "inspector": {"name": str(reading.agent), "code": reading.agent.code},
        "reviewer": str(reviewer),
        "definition": f"{definition.label}, version {definition.version}" if definition else "",
        "rows": [asdict(row) | {"effect_word": row.effect_word} for row in _rows(reading)],
        "photos": _photos(mission, reading),
        "proposed": reading.proposed,
        "conclusion": decision.conclusion.value,
        "not_verifiable": decision.not_verifiable,
        "reasons": list(decision.reasons),
        "observation": decision.observation,
        "comment": reading.comment,
        "signer": reading.signer,
        "signature": reading.signature_id,
    }


def _rows(reading: Reading) -> list[Any]:
    return compare(reading.definition.content, reading.answers) if reading.definition else []


def _item(mission: Mission) -> Content:
    operation: Operation = mission.operation
    fiche, installer = mission.lot.fiche, operation.installer
    return {
        "fiche": fiche.code,
        "works": fiche.label,
        "reference": operation.reference,
        "beneficiary": operation.beneficiary,
        "address": operation.address,
        "place": operation.place,
        "installer": installer.name if installer else "",
        "installer_siren": installer.siren if installer else "",
        "engaged_on": _day(operation.engaged_on),
        "completed_on": _day(operation.completed_on),
        "area_declared": None if operation.area_declared is None else str(operation.area_declared),
    }


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def _visit(reading: Reading) -> Content:
    started = reading.started_at or reading.finished_at
    return {
        "started_at": timezone.localtime(started).isoformat(),
        "finished_at": timezone.localtime(reading.finished_at).isoformat(),
    }


def _photos(mission: Mission, reading: Reading) -> list[Content]:
    definition = reading.definition
    needs = read_definition(definition.content).photos if definition else ()
    labels = {need.code: need.label for need in needs}
    return [
        {
            "file": photo.file_id,
            "label": labels.get(photo.question, "Photo"),
            "taken_at": photo.taken_at.isoformat() if photo.taken_at else "",
            "sha256": photo.original_sha256,
        }
        for photo in photos_of(mission)
    ]


def fingerprint(content: Content) -> str:
    """Return the SHA-256 of the content, printed at the foot of each page."""
    written = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()
