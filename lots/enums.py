"""States and kinds around lots (domain.md)."""

from django.db import models


class BillingMode(models.TextChoices):
    """When a client is invoiced (pay-and-billing.md); the values are those of billing.rules."""

    LOT = "AU_LOT", "Au lot"
    MONTHLY = "MENSUELLE", "Mensuelle"


class LotStatus(models.TextChoices):
    RECEIVED = "received", "Reçu"
    DRAWN = "drawn", "En cours"
    CLOSED = "closed", "Clos"


class Verdict(models.TextChoices):
    """R12; empty while the lot is open or its rates are unknown."""

    COMPLIANT = "compliant", "Conforme"
    NS_ABOVE = "ns_above", "NS > plafond"
    RATE_MISSED = "rate_missed", "Taux non atteint"


class GeoPrecision(models.TextChoices):
    HOUSE = "house", "Adresse"
    CITY = "city", "Commune"
    POSTCODE = "postcode", "Code postal"
    DEPARTMENT = "department", "Département"
    NONE = "", "Non situé"


class DrawKind(models.TextChoices):
    INITIAL = "initial", "Tirage initial"
    TOP_UP = "top_up", "Complément"


class RowFate(models.TextChoices):
    CREATED = "created", "Créée"
    UPDATED = "updated", "Mise à jour"
    UNCHANGED = "unchanged", "Inchangée"
    REJECTED = "rejected", "Refusée"
    IGNORED = "ignored", "Ignorée"
    MERGED = "merged", "Fusionnée"


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", "À vérifier"
    COMMITTED = "committed", "Importé"
    UNDONE = "undone", "Annulé"


class DocumentKind(models.TextChoices):
    CLIENT_LIST = "client_list", "Liste du client"
    CERTIFICATE = "certificate", "Certificat de tirage"
    SYNTHESIS = "synthesis", "Synthèse"
    QUOTE = "quote", "Devis"
    INVOICE = "invoice", "Facture des travaux"
    OTHER = "other", "Autre document"
