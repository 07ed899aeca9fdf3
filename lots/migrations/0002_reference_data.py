import csv
from pathlib import Path

from django.db import migrations

DATA = Path(__file__).resolve().parents[1] / "data"
MINUTES = {"ISO": 45, "PAC": 60, "GLO": 150, "TER": 90}
RATES = "Arrêté du 28/09/2021 modifié, annexe"


def rows(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def load(apps, schema_editor):
    families = {row["fiche"]: row["family"] for row in rows("fiche_families.csv")}
    fiches = {row["fiche"] for row in rows("inspection_rates.csv")} | {f for f in families if "*" not in f}
    apps.get_model("lots", "Fiche").objects.bulk_create(
        apps.get_model("lots", "Fiche")(
            code=code, family=families.get(code, "TER"), minutes=MINUTES[families.get(code, "TER")]
        )
        for code in sorted(fiches)
    )
    apps.get_model("lots", "InspectionRate").objects.bulk_create(
        apps.get_model("lots", "InspectionRate")(
            fiche_code=row["fiche"],
            engaged_from=row["engaged_from"],
            engaged_to=row["engaged_to"] or "2999-12-31",
            site_pct=row["site_pct"] or None,
            contact_pct=row["contact_pct"] or None,
            reference=RATES,
        )
        for row in rows("inspection_rates.csv")
    )
    apps.get_model("lots", "NsCeiling").objects.bulk_create(
        apps.get_model("lots", "NsCeiling")(
            from_year=row["filing_year"], pct=row["ceiling_pct"], reference=row["reference"]
        )
        for row in rows("ns_ceilings.csv")
    )


def unload(apps, schema_editor):
    for name in ("Fiche", "InspectionRate", "NsCeiling"):
        apps.get_model("lots", name).objects.all().delete()


class Migration(migrations.Migration):
    """Fiches, inspection rates and NS ceilings: dated rows that an administrator edits from now on."""

    dependencies = [("lots", "0001_initial")]
    operations = [migrations.RunPython(load, unload, elidable=True)]
