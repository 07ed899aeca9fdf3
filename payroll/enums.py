"""What agents are paid for (pay-and-billing.md)."""

from django.db import models


class PayItem(models.TextChoices):
    """Codes of the scale."""

    SITE_ISO = "ISO", "Mission sur site ISO"
    SITE_PAC = "PAC", "Mission sur site PAC"
    SITE_GLO = "GLO", "Mission sur site GLO"
    SITE_TER = "TER", "Mission sur site TER"
    CONTACT = "CONTACT", "Contact"
    UNPRODUCTIVE = "IMPRODUCTIF", "Visite improductive"
    MEAL = "PANIER", "Panier"
    KM = "KM", "Kilomètre"
    KM_FREE = "KM_FRANCHISE", "Kilomètres non payés par jour"
    SAME_ADDRESS = "MEME_ADRESSE", "Coefficient à la même adresse"
    BONUS_1 = "PRIME_80", "Prime de volume, premier palier"
    BONUS_2 = "PRIME_110", "Prime de volume, second palier"


class PayLineKind(models.TextChoices):
    SITE = "site", "Mission sur site"
    CONTACT = "contact", "Contact"
    UNPRODUCTIVE = "unproductive", "Visite improductive"
    KM = "km", "Kilomètres"
    MEAL = "meal", "Panier"
    BONUS = "bonus", "Prime de volume"
    BACK_PAY = "back_pay", "Rappel"


class PeriodStatus(models.TextChoices):
    OPEN = "open", "Ouverte"
    CLOSED = "closed", "Close"
