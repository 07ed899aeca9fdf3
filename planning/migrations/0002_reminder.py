from django.db import migrations

# code, label, value, unit, reference
PARAMETERS = [
    ("appointment-reminder", "Rappel du rendez-vous au bénéficiaire (0 : aucun)", 1, "jours avant", "Choix de Spekty"),
]


def load(apps, schema_editor):
    parameter = apps.get_model("core", "Parameter")
    parameter.objects.bulk_create(
        parameter(code=code, label=label, value=value, unit=unit, reference=reference)
        for code, label, value, unit, reference in PARAMETERS
    )


def unload(apps, schema_editor):
    apps.get_model("core", "Parameter").objects.filter(code__in=[p[0] for p in PARAMETERS]).delete()


class Migration(migrations.Migration):
    """How many days before it a beneficiary is reminded of an appointment."""

    dependencies = [("planning", "0001_initial"), ("core", "0003_parameters")]
    operations = [migrations.RunPython(load, unload, elidable=True)]
