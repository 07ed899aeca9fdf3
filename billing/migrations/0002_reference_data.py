import csv
from pathlib import Path

from django.db import migrations

DATA = Path(__file__).resolve().parents[1] / "data"


def rows(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def load(apps, schema_editor):
    rate = apps.get_model("billing", "BillingRate")
    rate.objects.bulk_create(
        [
            rate(code="TVA", valid_from=r["valid_from"], pct=r["pct"], reference=r["reference"])
            for r in rows("vat_rates.csv")
        ]
        + [
            rate(
                code="REMISE",
                valid_from=r["valid_from"],
                threshold=r["from_lines"],
                pct=r["pct"],
                reference=r["reference"],
            )
            for r in rows("volume_discounts.csv")
        ]
    )
    issuer = apps.get_model("billing", "Issuer")
    issuer.objects.bulk_create(issuer(**r) for r in rows("issuer.csv"))


def unload(apps, schema_editor):
    for name in ("BillingRate", "Issuer"):
        apps.get_model("billing", name).objects.all().delete()


class Migration(migrations.Migration):
    """VAT, volume discounts and the issuer: rows that an administrator edits from now on."""

    replaces = [
        ("billing", "0002_initial"),
        ("billing", "0003_initial"),
        ("billing", "0004_one_vocabulary"),
        ("billing", "0005_reference_data"),
    ]
    dependencies = [("billing", "0001_initial")]
    operations = [migrations.RunPython(load, unload, elidable=True)]
