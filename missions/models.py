"""A mission and what happens around it: appointments, contact attempts, unproductive visits, documents."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone

from lots.models import Lot, Operation
from lots.models.reference import granted_client_ids
from missions.enums import (
    EXIT_STATUSES,
    HELD_STATUSES,
    OPEN_STATUSES,
    AppointmentState,
    ContactMeans,
    ContactOutcome,
    MissionStatus,
    NotVerifiableKind,
    UnproductiveReason,
)
from missions.workflow import MISSION
from spekty.accounts.enums import Role
from spekty.accounts.models import Agent, User, new_token
from spekty.core.enums import Channel, Conclusion, Family, Source
from spekty.core.history import guard_states, tracked
from spekty.core.models import Stateful, StoredFile


class TsTzRange(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class MissionQuerySet(models.QuerySet["Mission"]):
    def visible_to(self, user: User) -> "MissionQuerySet":
        """Keep what `user` may see: all for the office, own missions for an agent, granted clients' else."""
        if user.sees_everything:
            return self
        allowed = Q(lot__client_id__in=granted_client_ids(user))
        if user.agent_id_or_none is not None:
            allowed |= Q(agent_id=user.agent_id_or_none)
        return self.filter(allowed)

    def open(self) -> "MissionQuerySet":
        return self.filter(status__in=OPEN_STATUSES)

    def held(self) -> "MissionQuerySet":
        return self.filter(status__in=HELD_STATUSES)


@tracked
class Mission(Stateful):
    """One inspection on one operation; progress and conclusion are two fields (domain.md)."""

    WORKFLOW = MISSION

    number = models.CharField("n° de mission", max_length=20, unique=True)
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="missions", verbose_name="lot")
    operation = models.ForeignKey(
        Operation, models.PROTECT, related_name="missions", verbose_name="opération"
    )
    channel = models.CharField("type", max_length=7, choices=Channel.choices)
    family = models.CharField("famille", max_length=3, choices=Family.choices)
    reinspection_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reinspections",
        verbose_name="contre-visite de",
    )
    status = models.CharField(
        "avancement", max_length=12, choices=MissionStatus.choices, default=MissionStatus.TO_PLAN
    )
    conclusion = models.CharField("conclusion", max_length=2, choices=Conclusion.choices, blank=True)
    not_verifiable = models.CharField(
        "non vérifiable car", max_length=15, choices=NotVerifiableKind.choices, blank=True
    )
    agent = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="missions", verbose_name="intervenant"
    )
    minutes = models.PositiveSmallIntegerField("durée prévue en minutes", default=45)
    due_on = models.DateField("échéance", null=True, blank=True)
    # The appointment while the visit is to come; `visited_at` once it was held.
    appointment_at = models.DateTimeField("rendez-vous", null=True, blank=True)
    visited_at = models.DateTimeField("visite tenue le", null=True, blank=True)
    reported_on = models.DateField("rapport émis le", null=True, blank=True)
    area_measured = models.DecimalField(
        "surface mesurée", max_digits=10, decimal_places=2, null=True, blank=True
    )
    comment = models.TextField("commentaire", blank=True)
    is_legacy = models.BooleanField("reprise du classeur", default=False)
    created_at = models.DateTimeField("créée le", default=timezone.now)

    objects = MissionQuerySet.as_manager()

    class Meta:
        verbose_name = "mission"
        verbose_name_plural = "missions"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["status", "due_on", "id"], name="mission_status_due"),
            models.Index(fields=["agent", "appointment_at"], name="mission_agent_when"),
            models.Index(fields=["lot", "channel", "status"], name="mission_lot"),
            models.Index(fields=["reported_on", "id"], name="mission_reported"),
            models.Index(fields=["visited_at", "id"], name="mission_visited"),
        ]
        triggers = [guard_states(MISSION)]
        constraints = [
            models.UniqueConstraint(
                fields=["operation", "channel"],
                condition=Q(reinspection_of__isnull=True, is_legacy=False)
                & ~Q(status=MissionStatus.CANCELLED),
                name="mission_once_per_operation",
                violation_error_message="Cette opération a déjà une mission de ce type.",
            ),
            models.CheckConstraint(
                condition=Q(conclusion="") | Q(status__in=HELD_STATUSES) | Q(is_legacy=True),
                name="mission_conclusion_needs_visit",
                violation_error_message="Une conclusion suppose une visite tenue.",
            ),
            models.CheckConstraint(
                condition=~Q(status=MissionStatus.REPORTED)
                | Q(reported_on__isnull=False)
                | Q(is_legacy=True),
                name="mission_reported_has_date",
                violation_error_message="Une mission au rapport émis porte la date du rapport.",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=HELD_STATUSES) | Q(visited_at__isnull=False) | Q(is_legacy=True),
                name="mission_held_has_visit",
                violation_error_message="Une visite tenue porte sa date.",
            ),
            models.CheckConstraint(
                condition=Q(not_verifiable="") | Q(conclusion=Conclusion.NV),
                name="mission_nv_kind_needs_nv",
                violation_error_message="Le motif « non vérifiable » suppose cette conclusion.",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_STATUSES

    @property
    def is_held(self) -> bool:
        return self.status in HELD_STATUSES

    @property
    def has_ended_without_reading(self) -> bool:
        return self.status in EXIT_STATUSES


@tracked
class Appointment(models.Model):
    """A slot agreed with the beneficiary; no agent holds two live slots that overlap (database rule)."""

    mission = models.ForeignKey(Mission, models.PROTECT, related_name="appointments", verbose_name="mission")
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="appointments", verbose_name="intervenant")
    starts_at = models.DateTimeField("début")
    ends_at = models.DateTimeField("fin")
    state = models.CharField(
        "état", max_length=10, choices=AppointmentState.choices, default=AppointmentState.FIXED
    )
    token = models.CharField("jeton du bénéficiaire", max_length=40, default=new_token, unique=True)
    answered_at = models.DateTimeField("réponse du bénéficiaire le", null=True, blank=True)
    created_at = models.DateTimeField("pris le", default=timezone.now)

    class Meta:
        verbose_name = "rendez-vous"
        verbose_name_plural = "rendez-vous"
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="appointment_order",
                violation_error_message="Le rendez-vous doit finir après avoir commencé.",
            ),
            models.UniqueConstraint(
                fields=["mission"],
                condition=Q(state__in=[AppointmentState.FIXED, AppointmentState.CONFIRMED]),
                name="appointment_one_live",
                violation_error_message="Cette mission a déjà un rendez-vous.",
            ),
            ExclusionConstraint(
                name="appointment_no_overlap",
                expressions=[
                    (
                        TsTzRange("starts_at", "ends_at", RangeBoundary()),
                        RangeOperators.OVERLAPS,
                    ),
                    ("agent", RangeOperators.EQUAL),
                ],
                condition=Q(state__in=[AppointmentState.FIXED, AppointmentState.CONFIRMED]),
                violation_error_message="Cet intervenant a déjà un rendez-vous à cette heure.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mission} {self.starts_at:%d/%m/%Y %H:%M}"


@tracked
class ContactAttempt(models.Model):
    """One try at reaching the beneficiary, kept whatever its outcome."""

    mission = models.ForeignKey(Mission, models.PROTECT, related_name="attempts", verbose_name="mission")
    at = models.DateTimeField("le", default=timezone.now)
    means = models.CharField("moyen", max_length=10, choices=ContactMeans.choices, default=ContactMeans.PHONE)
    outcome = models.CharField("issue", max_length=15, choices=ContactOutcome.choices)
    note = models.CharField("note", max_length=300, blank=True)
    call_back_on = models.DateField("rappeler le", null=True, blank=True)
    by_id = models.BigIntegerField("par", null=True)
    by_name = models.CharField("nom", max_length=150)

    class Meta:
        verbose_name = "tentative de contact"
        verbose_name_plural = "tentatives de contact"
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(outcome=ContactOutcome.CALL_BACK) | Q(call_back_on__isnull=False),
                name="attempt_call_back_has_date",
                violation_error_message="Un rappel demande sa date.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.mission} {self.get_outcome_display()}"


@tracked
class UnproductiveVisit(models.Model):
    """A visit without access ("porte"): paid, perhaps billed, and the mission goes back to contact."""

    mission = models.ForeignKey(Mission, models.PROTECT, related_name="unproductive", verbose_name="mission")
    # Empty only where the workbook names somebody whom nobody knows.
    agent = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="unproductive", verbose_name="intervenant"
    )
    at = models.DateTimeField("le")
    reason = models.CharField(
        "motif", max_length=10, choices=UnproductiveReason.choices, default=UnproductiveReason.ABSENCE
    )
    note = models.CharField("note", max_length=300, blank=True)
    source = models.CharField("origine", max_length=10, choices=Source.choices, default=Source.WEB)
    # Made on the phone: the same visit sent twice is one row.
    key = models.UUIDField("clé d’idempotence", null=True, blank=True, unique=True)

    class Meta:
        verbose_name = "visite improductive"
        verbose_name_plural = "visites improductives"
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(
                fields=["mission", "agent", "at"], name="unproductive_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mission} {self.at:%d/%m/%Y}"


@tracked
class MissionDocument(models.Model):
    """A paper of the mission, kept in the document store."""

    mission = models.ForeignKey(Mission, models.PROTECT, related_name="documents", verbose_name="mission")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="fichier")
    title = models.CharField("titre", max_length=150)

    class Meta:
        verbose_name = "document de la mission"
        verbose_name_plural = "documents de la mission"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title


@tracked
class Snooze(models.Model):
    """An anomaly set aside, with its reason, until a day; or given an owner."""

    rule = models.CharField("règle", max_length=40)
    aggregate = models.CharField("objet", max_length=60)
    aggregate_id = models.BigIntegerField("identifiant")
    owner = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, verbose_name="responsable")
    until = models.DateField("jusqu’au", null=True, blank=True)
    reason = models.CharField("motif", max_length=200, blank=True)

    class Meta:
        verbose_name = "suivi d’anomalie"
        verbose_name_plural = "suivis d’anomalies"
        constraints = [
            models.UniqueConstraint(fields=["rule", "aggregate", "aggregate_id"], name="snooze_once")
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.aggregate_id}"


@tracked
class SavedView(models.Model):
    """A filter of a list under a name: private, or shared with the people of one role."""

    class Page(models.TextChoices):
        """The lists that have saved views."""

        MISSIONS = "missions", "Missions"
        LOTS = "lots", "Lots"

    owner = models.ForeignKey(User, models.CASCADE, related_name="mission_views", verbose_name="créée par")
    page = models.CharField("liste", max_length=10, choices=Page.choices, default=Page.MISSIONS)
    name = models.CharField("nom", max_length=60)
    # The address's parameters, without paging.
    query = models.CharField("filtre", max_length=1000, blank=True)
    role = models.CharField("partagée avec", max_length=20, choices=Role.choices, blank=True)

    class Meta:
        verbose_name = "vue enregistrée"
        verbose_name_plural = "vues enregistrées"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "page", "name"],
                name="saved_view_once",
                violation_error_message="Vous avez déjà une vue de ce nom.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class DayStart(models.Model):
    """What head office had before it as a day began: the page of the day shows the change since then."""

    day = models.DateField("jour", unique=True)
    anomalies = models.PositiveIntegerField("anomalies")
    to_invoice = models.PositiveIntegerField("missions à facturer")
    at = models.DateTimeField("compté le")

    class Meta:
        verbose_name = "début de journée"
        verbose_name_plural = "débuts de journée"
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y}"
