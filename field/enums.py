"""States of a reading."""

from django.db import models


class ReadingState(models.TextChoices):
    """A reading sent back by the reviewer is superseded by the one that completes it.

    One that arrives when the mission no longer waits for it is disputed: kept until a reviewer decides
    which of the two counts; the other is set aside.
    """

    CURRENT = "current", "En vigueur"
    SUPERSEDED = "superseded", "Remplacé"
    DISPUTED = "disputed", "À trancher"
    SET_ASIDE = "set_aside", "Écarté"
