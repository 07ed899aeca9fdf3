"""Words that every app shares (domain.md)."""

from django.db import models


class Family(models.TextChoices):
    """Fiche family: competence, duration and price go by it."""

    ISO = "ISO", "Isolation"
    PAC = "PAC", "Pompes à chaleur et chaudières"
    GLO = "GLO", "Rénovation globale"
    TER = "TER", "Tertiaire et autres"


class Channel(models.TextChoices):
    SITE = "SITE", "Sur site"
    CONTACT = "CONTACT", "Par contact"


class Conclusion(models.TextChoices):
    S = "S", "Satisfaisant"
    NS = "NS", "Non satisfaisant"
    NV = "NV", "Non vérifiable"


class Source(models.TextChoices):
    """Where a change came from; kept on each history row."""

    WEB = "web", "Bureau"
    FIELD = "field", "Terrain"
    API = "api", "API"
    IMPORT = "import", "Import"
    TASK = "task", "Tâche"
