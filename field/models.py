"""What agents bring back: readings with the definition they were made with, photos, kilometres."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils import timezone

from field.enums import ReadingState
from missions.enums import NotVerifiableKind
from missions.models import Mission
from spekty.accounts.models import Agent, User
from spekty.core.enums import Conclusion, Source
from spekty.core.history import append_only, tracked
from spekty.core.models import StoredFile


class ReadingDefinition(models.Model):
    """A versioned questionnaire: code, label, type, unit, allowed values, effect of each question."""

    code = models.CharField("code", max_length=20)
    version = models.PositiveSmallIntegerField("version")
    label = models.CharField("intitulé", max_length=120)
    content = models.JSONField("questions")
    valid_from = models.DateField("applicable à partir du")

    class Meta:
        verbose_name = "définition de relevé"
        verbose_name_plural = "définitions de relevé"
        ordering = ["code", "-version"]
        triggers = [append_only("reading_definition")]
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="definition_once")]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class ReadingQuerySet(models.QuerySet["Reading"]):
    def visible_to(self, user: User) -> "ReadingQuerySet":
        """Keep the readings of the missions that `user` may see."""
        if user.sees_everything:
            return self
        return self.filter(mission__in=Mission.objects.visible_to(user))


@tracked
class Reading(models.Model):
    """One visit's answers. `key` is made on the phone: the same reading sent twice is one row."""

    key = models.UUIDField("clé d’idempotence", unique=True)
    mission = models.ForeignKey(Mission, models.PROTECT, related_name="readings", verbose_name="mission")
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="readings", verbose_name="intervenant")
    definition = models.ForeignKey(
        ReadingDefinition, models.PROTECT, null=True, blank=True, verbose_name="définition"
    )
    state = models.CharField(
        "état", max_length=10, choices=ReadingState.choices, default=ReadingState.CURRENT
    )
    started_at = models.DateTimeField("commencé le", null=True, blank=True)
    finished_at = models.DateTimeField("terminé le")
    received_at = models.DateTimeField("reçu le", default=timezone.now)
    answers = models.JSONField("réponses", default=dict)
    # What the rules conclude from the answers; the reviewer decides.
    proposed = models.CharField("conclusion proposée", max_length=2, choices=Conclusion.choices, blank=True)
    not_verifiable = models.CharField(
        "non vérifiable car", max_length=15, choices=NotVerifiableKind.choices, blank=True
    )
    why = models.JSONField("raisons de la conclusion", default=list, blank=True)
    area_measured = models.DecimalField(
        "surface mesurée", max_digits=10, decimal_places=2, null=True, blank=True
    )
    comment = models.TextField("commentaire", blank=True)
    signer = models.CharField("signataire", max_length=120, blank=True)
    signature = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="signature"
    )
    source = models.CharField("origine", max_length=10, choices=Source.choices)
    settled_reason = models.CharField("pourquoi retenu ou écarté", max_length=500, blank=True)

    objects = ReadingQuerySet.as_manager()

    class Meta:
        verbose_name = "relevé"
        verbose_name_plural = "relevés"
        ordering = ["-finished_at"]
        indexes = [
            models.Index("received_at", condition=Q(state=ReadingState.DISPUTED), name="reading_disputed")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["mission"],
                condition=Q(state=ReadingState.CURRENT),
                name="reading_one_current",
                violation_error_message="Cette mission a déjà un relevé en vigueur.",
            )
        ]

    def __str__(self) -> str:
        return f"Relevé {self.mission}"

    @property
    def visited_at(self) -> dt.datetime:
        """Return when the visit began, as far as the phone says."""
        return self.started_at or self.finished_at


@tracked
class Photo(models.Model):
    """A photo of a reading, with where and when the phone says that it was taken."""

    key = models.UUIDField("clé d’idempotence", unique=True)
    reading = models.ForeignKey(Reading, models.PROTECT, related_name="photos", verbose_name="relevé")
    question = models.CharField("question", max_length=60, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="fichier")
    original_sha256 = models.CharField("empreinte de l’original", max_length=64, blank=True)
    taken_at = models.DateTimeField("prise le", null=True, blank=True)
    lat = models.FloatField("latitude", null=True, blank=True)
    lon = models.FloatField("longitude", null=True, blank=True)

    class Meta:
        verbose_name = "photo"
        verbose_name_plural = "photos"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"Photo {self.pk}"


@tracked
class DailyKm(models.Model):
    """Kilometres that an agent drove in a day, as declared."""

    agent = models.ForeignKey(Agent, models.PROTECT, related_name="daily_km", verbose_name="intervenant")
    day = models.DateField("jour")
    km = models.DecimalField("km", max_digits=7, decimal_places=1)

    class Meta:
        verbose_name = "kilomètres du jour"
        verbose_name_plural = "kilomètres du jour"
        ordering = ["-day"]
        constraints = [
            models.UniqueConstraint(fields=["agent", "day"], name="km_once_a_day"),
            models.CheckConstraint(
                condition=Q(km__gte=0), name="km_positive", violation_error_message="Des km négatifs ?"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent} {self.day:%d/%m/%Y} {self.km} km"
