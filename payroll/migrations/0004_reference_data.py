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

    dependencies = [("payroll", "0003_one_vocabulary")]
    operations = [migrations.RunPython(load, unload, elidable=True)]
