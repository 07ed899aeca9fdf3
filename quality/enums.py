"""Decisions of a review."""

from django.db import models


class ReviewDecision(models.TextChoices):
    ACCEPTED = "accepted", "Validé"
    SENT_BACK = "sent_back", "Renvoyé à compléter"


class DiscrepancyClass(models.TextChoices):
    """How the teams class a difference between the workbook and the application."""

    UNKNOWN = "unknown", "Non classé"
    LEGACY_ERROR = "legacy_error", "Erreur du classeur"
    NEW_RULE = "new_rule", "Règle nouvelle"
    APP_BUG = "app_bug", "Défaut de l’application"
