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
    """The values are those of billing.rules.LineKind (a test compares them)."""

    SITE = "MISSION", "Mission sur site"
    REINSPECTION = "CONTRE_VISITE", "Contre-visite"
    CONTACT = "CONTACT", "Contrôle par contact"
    UNPRODUCTIVE = "IMPRODUCTIF", "Visite improductive"
    FEE = "FRAIS_LOT", "Frais de lot"
    DISCOUNT = "REMISE", "Remise de volume"


MISSION_KINDS = (LineKind.SITE, LineKind.REINSPECTION, LineKind.CONTACT)


class RateCode(models.TextChoices):
    VAT = "TVA", "TVA"
    DISCOUNT = "REMISE", "Remise de volume"


# What a price is asked for: a family (site mission) or a contact.
CONTACT_ITEM = "CONTACT"
