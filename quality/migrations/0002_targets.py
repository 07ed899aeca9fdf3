from django.db import migrations

OWN = "Choix de Spekty"
# code, label, value, unit, reference
TARGETS = [
    ("target-delay", "Cible : réception vers rapport", "12", "jours", OWN),
    ("target-ns", "Cible : non-conformité sur site", "8", "%", OWN),
    ("target-returns", "Cible : relevés incomplets", "5", "%", OWN),
    ("target-visits", "Cible : visites par jour et agent", "3.5", "visites", OWN),
    ("target-deadlines", "Cible : échéances respectées", "95", "%", OWN),
]


def load(apps, schema_editor):
    apps.get_model("core", "Parameter").objects.bulk_create(
        apps.get_model("core", "Parameter")(code=code, label=label, value=value, unit=unit, reference=reference)
        for code, label, value, unit, reference in TARGETS
    )


def unload(apps, schema_editor):
    apps.get_model("core", "Parameter").objects.filter(code__in=[row[0] for row in TARGETS]).delete()


class Migration(migrations.Migration):
    """The targets of the indicators, as rows that an administrator edits."""

    replaces = [("quality", "0002_legacy_fields"), ("quality", "0003_targets")]
    dependencies = [("quality", "0001_initial"), ("core", "0003_parameters")]
    operations = [migrations.RunPython(load, unload, elidable=True)]
