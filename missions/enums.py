"""States and reasons of a mission (domain.md, life of a mission)."""

from django.db import models


class MissionStatus(models.TextChoices):
    TO_PLAN = "to_plan", "À planifier"
    TO_CONTACT = "to_contact", "À contacter"
    FIXED = "fixed", "Rendez-vous fixé"
    CONFIRMED = "confirmed", "Rendez-vous confirmé"
    IN_PROGRESS = "in_progress", "En cours"
    RECEIVED = "received", "Relevé reçu"
    TO_REVIEW = "to_review", "À relire"
    TO_COMPLETE = "to_complete", "À compléter"
    REPORTED = "reported", "Rapport émis"
    UNREACHABLE = "unreachable", "Injoignable"
    REFUSED = "refused", "Refus"
    CANCELLED = "cancelled", "Annulée"


# The visit still has to take place.
OPEN_STATUSES = (
    MissionStatus.TO_PLAN,
    MissionStatus.TO_CONTACT,
    MissionStatus.FIXED,
    MissionStatus.CONFIRMED,
    MissionStatus.IN_PROGRESS,
)
# The visit (or the call) took place.
HELD_STATUSES = (
    MissionStatus.RECEIVED,
    MissionStatus.TO_REVIEW,
    MissionStatus.TO_COMPLETE,
    MissionStatus.REPORTED,
)
# Ended without a reading.
EXIT_STATUSES = (MissionStatus.UNREACHABLE, MissionStatus.REFUSED, MissionStatus.CANCELLED)


class NotVerifiableKind(models.TextChoices):
    NOT_VISIBLE = "not_visible", "Non visible"
    NOT_ACCESSIBLE = "not_accessible", "Non accessible"


class UnproductiveReason(models.TextChoices):
    ABSENCE = "absence", "Absence"
    REFUSAL = "refusal", "Refus à la porte"
    NO_ACCESS = "no_access", "Accès impossible"
    OTHER = "other", "Autre"


class ContactMeans(models.TextChoices):
    PHONE = "phone", "Téléphone"
    EMAIL = "email", "Courriel"
    SMS = "sms", "SMS"
    MAIL = "mail", "Courrier"


class ContactOutcome(models.TextChoices):
    NO_ANSWER = "no_answer", "Pas de réponse"
    MESSAGE = "message", "Message laissé"
    WRONG_NUMBER = "wrong_number", "Numéro erroné"
    CALL_BACK = "call_back", "À rappeler"
    AGREED = "agreed", "Rendez-vous pris"
    REFUSED = "refused", "Refus"


class AppointmentState(models.TextChoices):
    FIXED = "fixed", "Fixé"
    CONFIRMED = "confirmed", "Confirmé"
    HELD = "held", "Tenu"
    MISSED = "missed", "Manqué"
    CANCELLED = "cancelled", "Annulé"
