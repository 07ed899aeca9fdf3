"""What agents are paid for (pay-and-billing.md)."""

from django.db import models


class PayItem(models.TextChoices):
    """Codes of the scale: the families, and the values of payroll.rules.PayItem (a test compares them)."""

    SITE_ISO = "ISO", "Mission sur site ISO"
    SITE_PAC = "PAC", "Mission sur site PAC"
    SITE_GLO = "GLO", "Mission sur site GLO"
    SITE_TER = "TER", "Mission sur site TER"
    CONTACT = "CONTACT", "Contact"
    UNPRODUCTIVE = "IMPRODUCTIF", "Visite improductive"
    MEAL = "PANIER", "Panier"
    MEAL_STOPS = "PANIER_ARRETS", "Panier : à partir de (arrêts)"
    MEAL_KM = "PANIER_KM", "Panier : ou à partir de (km)"
    SAME_ADDRESS = "MEME_ADRESSE", "Coefficient à la même adresse"
    KM_OWN = "KM_PERSONNEL", "Kilomètre, véhicule personnel"
    KM_COMPANY = "KM_SOCIETE", "Kilomètre, véhicule de société"
    KM_FREE = "KM_FRANCHISE", "Kilomètres non payés par jour"
    VOLUME_1_FROM = "VOLUME_1_SEUIL", "Prime de volume, premier palier : à partir de (visites)"
    VOLUME_1_BONUS = "VOLUME_1_PRIME", "Prime de volume, premier palier"
    VOLUME_2_FROM = "VOLUME_2_SEUIL", "Prime de volume, second palier : à partir de (visites)"
    VOLUME_2_BONUS = "VOLUME_2_PRIME", "Prime de volume, second palier"


class PayLineKind(models.TextChoices):
    """The values are those of payroll.rules.PayComponent (a test compares them)."""

    SITE = "MISSIONS", "Missions sur site"
    CONTACT = "CONTACTS", "Contacts"
    UNPRODUCTIVE = "IMPRODUCTIFS", "Visites improductives"
    KM = "KM", "Kilomètres"
    MEAL = "PANIERS", "Paniers"
    BONUS = "PRIME_VOLUME", "Prime de volume"


class PeriodStatus(models.TextChoices):
    OPEN = "open", "Ouverte"
    CLOSED = "closed", "Close"
