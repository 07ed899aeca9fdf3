"""States of a reading."""

from django.db import models


class ReadingState(models.TextChoices):
    """A reading sent back by the reviewer is superseded by the one that completes it."""

    CURRENT = "current", "En vigueur"
    SUPERSEDED = "superseded", "Remplacé"
