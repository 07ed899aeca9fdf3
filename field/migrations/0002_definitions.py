import json
from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).resolve().parents[1] / "data" / "definitions"


def load(apps, schema_editor):
    definition = apps.get_model("field", "ReadingDefinition")
    for path in sorted(FOLDER.glob("*.json")):
        entry = json.loads(path.read_text(encoding="utf-8"))
        definition.objects.get_or_create(
            code=entry["code"],
            version=entry["version"],
            defaults={key: entry[key] for key in ("label", "content", "valid_from")},
        )


class Migration(migrations.Migration):
    """The questionnaires of the house; later versions come with `manage.py load_definitions`."""

    replaces = [("field", "0002_initial"), ("field", "0003_disputed_readings"), ("field", "0004_definitions")]
    dependencies = [("field", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop, elidable=True)]
