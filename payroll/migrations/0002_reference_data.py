import csv
from pathlib import Path

from django.db import migrations

DATA = Path(__file__).resolve().parents[1] / "data"


def load(apps, schema_editor):
    scale = apps.get_model("payroll", "PayScale")
    with (DATA / "pay_rates.csv").open(encoding="utf-8", newline="") as file:
        scale.objects.bulk_create(scale(**row) for row in csv.DictReader(file))


def unload(apps, schema_editor):
    apps.get_model("payroll", "PayScale").objects.all().delete()


class Migration(migrations.Migration):
    """The pay scale: dated rows that an administrator completes from now on."""

    replaces = [
        ("payroll", "0002_legacy_fields"),
        ("payroll", "0003_one_vocabulary"),
        ("payroll", "0004_reference_data"),
    ]
    dependencies = [("payroll", "0001_initial")]
    operations = [migrations.RunPython(load, unload, elidable=True)]
