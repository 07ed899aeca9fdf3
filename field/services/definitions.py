"""The questionnaires of the house: files of the project, rows that are never changed."""

import json
from pathlib import Path
from typing import Any

from django.db import transaction

from field.models import ReadingDefinition
from field.rules.definition import read_definition

FOLDER = Path(__file__).resolve().parents[1] / "data" / "definitions"


class DefinitionChanged(Exception):
    """A file differs from the version that readings were made with: give it a new version number."""


@transaction.atomic
def load_definitions(*, folder: Path = FOLDER) -> int:
    """Add the versions that the database doesn't know yet and return how many; raises DefinitionChanged."""
    added = 0
    for path in sorted(folder.glob("*.json")):
        added += _load(json.loads(path.read_text(encoding="utf-8")))
    return added


def _load(entry: dict[str, Any]) -> bool:
    read_definition(entry["content"])
    row, created = ReadingDefinition.objects.get_or_create(
        code=entry["code"],
        version=entry["version"],
        defaults={key: entry[key] for key in ("label", "content", "valid_from")},
    )
    if not created and row.content != entry["content"]:
        raise DefinitionChanged(str(row))
    return created
