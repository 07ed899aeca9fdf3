from django.db import migrations

OWN, COFRAC = "Choix de Spekty", "NF EN ISO/IEC 17020"
# code, label, value, unit, reference
PARAMETERS = [
    ("delay-draw", "Lot reçu et non tiré", 2, "jours", OWN),
    ("delay-contact", "Opération tirée et non contactée", 5, "jours", OWN),
    ("delay-reading", "Visite tenue sans relevé", 48, "heures", OWN),
    ("delay-report", "Relevé sans rapport", 5, "jours", OWN),
    ("delay-invoice", "Rapport émis et non facturé", 7, "jours", OWN),
    ("delay-filing", "Dépôt proche", 30, "jours", OWN),
    ("margin-ns", "Ratio NS proche du plafond", 2, "points", OWN),
    ("installer-ns", "NS d’un même professionnel", 3, "NS", OWN),
    ("delay-authorisation", "Habilitation bientôt échue", 60, "jours", OWN),
    ("contact-attempts", "Tentatives de contact", 3, "tentatives", OWN),
    ("contact-days", "Jours de tentatives", 2, "jours", OWN),
    ("freelance-warn", "Part des indépendants : alerte", 25, "%", COFRAC),
    ("freelance-block", "Part des indépendants : blocage", 30, "%", COFRAC),
    ("area-gap", "Écart de surface admis", 10, "%", "Fiches d’isolation"),
    ("appointment-margin", "Marge entre deux visites", 10, "minutes", OWN),
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
    """Every delay and threshold of the house, as rows that an administrator edits."""

    dependencies = [("core", "0002_initial")]
    operations = [migrations.RunPython(load, unload, elidable=True)]
