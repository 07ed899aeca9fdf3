"""States of a run over the workbook."""

from django.db import models


class RunKind(models.TextChoices):
    IMPORT = "import", "Chargement"
    REPLAY = "replay", "Rejeu"
    REHEARSAL = "rehearsal", "Répétition"


class RunStatus(models.TextChoices):
    RUNNING = "running", "En cours"
    DONE = "done", "Terminé"
    FAILED = "failed", "Échoué"
    ROLLED_BACK = "rolled_back", "Annulé"


class NoteClass(models.TextChoices):
    """What a discrepancy turned out to be (reliability-security.md, section 6.5)."""

    LEGACY_ERROR = "legacy_error", "Erreur du classeur"
    NEW_RULE = "new_rule", "Règle précisée"
    APP_DEFECT = "app_defect", "Défaut de l’application"
    UNKNOWN = "unknown", "Cause inconnue"


class Outcome(models.TextChoices):
    CONFORMING = "conforming", "Conforme"
    GAP = "gap", "Écart"
