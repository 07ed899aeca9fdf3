"""States of a run over the workbook."""

from django.db import models


class RunKind(models.TextChoices):
    IMPORT = "import", "Chargement"
    REPLAY = "replay", "Rejeu"


class RunStatus(models.TextChoices):
    RUNNING = "running", "En cours"
    DONE = "done", "Terminé"
    FAILED = "failed", "Échoué"
    ROLLED_BACK = "rolled_back", "Annulé"
