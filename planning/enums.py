"""States and origins around tours."""

from django.db import models


class TourStatus(models.TextChoices):
    DRAFT = "draft", "Brouillon"
    PUBLISHED = "published", "Publiée"
    STARTED = "started", "Commencée"
    DONE = "done", "Terminée"


class Provenance(models.TextChoices):
    """How a mission came onto a tour."""

    HAND = "hand", "À la main"
    SUGGESTION = "suggestion", "Proposition acceptée"
    ENGINE = "engine", "Optimisation"
    IMPORT = "import", "Classeur"


class RunStatus(models.TextChoices):
    QUEUED = "queued", "En attente"
    RUNNING = "running", "Calcul en cours"
    READY = "ready", "À examiner"
    APPLIED = "applied", "Appliquée"
    FAILED = "failed", "Échouée"
    DISCARDED = "discarded", "Écartée"
