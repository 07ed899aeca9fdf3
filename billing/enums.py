"""What clients are invoiced for (pay-and-billing.md)."""

from django.db import models


class InvoiceKind(models.TextChoices):
    """UNTDID 1001 codes, as Factur-X wants them."""

    INVOICE = "380", "Facture"
    CREDIT_NOTE = "381", "Avoir"


class InvoiceStatus(models.TextChoices):
    DRAFT = "draft", "Brouillon"
    ISSUED = "issued", "Émise"
    SENT = "sent", "Envoyée"
    PAID = "paid", "Payée"


class LineKind(models.TextChoices):
    SITE = "site", "Mission sur site"
    REINSPECTION = "reinspection", "Contre-visite"
    CONTACT = "contact", "Contrôle par contact"
    UNPRODUCTIVE = "unproductive", "Visite improductive"
    FEE = "fee", "Frais de lot"
    DISCOUNT = "discount", "Remise de volume"


MISSION_KINDS = (LineKind.SITE, LineKind.REINSPECTION, LineKind.CONTACT)
