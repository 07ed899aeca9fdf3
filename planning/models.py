"""Tours: an agent's ordered day, what was published of it, and the engine's proposals."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from missions.models import Mission
from planning.enums import Provenance, RunStatus, TourStatus
from planning.workflow import TOUR
from spekty.accounts.models import Agent, User
from spekty.core.history import guard_states, tracked
from spekty.core.models import Stateful


class TourQuerySet(models.QuerySet["Tour"]):
    def visible_to(self, user: User) -> "TourQuerySet":
        """Keep every tour for the office, one's own published ones for an agent."""
        if user.sees_everything:
            return self
        return self.told().filter(agent__user_id=user.pk)

    def told(self) -> "TourQuerySet":
        """Keep the tours that their agents know of: published once, even when a draft changes them since."""
        return self.exclude(status=TourStatus.DRAFT, published_at=None)


@tracked
class Tour(Stateful):
    """One agent's day. Distances in km, durations in minutes. `published` keeps what agents were told."""

    WORKFLOW = TOUR

    agent = models.ForeignKey(Agent, models.PROTECT, related_name="tours", verbose_name="intervenant")
    day = models.DateField("jour", db_index=True)
    status = models.CharField("statut", max_length=10, choices=TourStatus.choices, default=TourStatus.DRAFT)
    is_locked = models.BooleanField("verrouillée", default=False)
    km = models.DecimalField("km prévus", max_digits=7, decimal_places=1, default=0)
    drive_minutes = models.PositiveIntegerField("conduite en minutes", default=0)
    starts_at = models.DateTimeField("départ", null=True, blank=True)
    ends_at = models.DateTimeField("retour", null=True, blank=True)
    published = models.JSONField("version publiée", default=list, blank=True)
    published_at = models.DateTimeField("publiée le", null=True, blank=True)

    objects = TourQuerySet.as_manager()

    class Meta:
        verbose_name = "tournée"
        verbose_name_plural = "tournées"
        ordering = ["day", "agent"]
        triggers = [guard_states(TOUR)]
        constraints = [models.UniqueConstraint(fields=["agent", "day"], name="tour_once_a_day")]

    def __str__(self) -> str:
        return f"{self.agent} {self.day:%d/%m/%Y}"

    @property
    def has_snapshot(self) -> bool:
        """Whether `published` says what was told; a tour from the workbook has only its stops."""
        return bool(self.published) or self.published_at is not None


@tracked
class Stop(models.Model):
    """A mission on a tour, at its place in the order; a mission is on one tour at most."""

    tour = models.ForeignKey(Tour, models.CASCADE, related_name="stops", verbose_name="tournée")
    mission = models.OneToOneField(Mission, models.PROTECT, related_name="stop", verbose_name="mission")
    position = models.PositiveSmallIntegerField("ordre")
    arrives_at = models.DateTimeField("arrivée prévue", null=True, blank=True)
    leaves_at = models.DateTimeField("départ prévu", null=True, blank=True)
    travel_km = models.DecimalField("km depuis le précédent", max_digits=6, decimal_places=1, default=0)
    travel_minutes = models.PositiveSmallIntegerField("minutes depuis le précédent", default=0)
    is_locked = models.BooleanField("verrouillé", default=False)
    provenance = models.CharField(
        "origine", max_length=10, choices=Provenance.choices, default=Provenance.HAND
    )
    reason = models.CharField("motif d’un écart aux règles", max_length=200, blank=True)

    class Meta:
        verbose_name = "passage"
        verbose_name_plural = "passages"
        ordering = ["tour", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["tour", "position"], name="stop_order", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                condition=Q(leaves_at__isnull=True) | Q(leaves_at__gte=F("arrives_at")),
                name="stop_times",
                violation_error_message="Un passage finit après avoir commencé.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tour} {self.position}"


@tracked
class DayLock(models.Model):
    """A day that neither the engine nor a hand moves any more."""

    day = models.DateField("jour", unique=True)
    reason = models.CharField("motif", max_length=150, blank=True)

    class Meta:
        verbose_name = "jour verrouillé"
        verbose_name_plural = "jours verrouillés"

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y}"


class BoardMove(models.Model):
    """One gesture of a planner on the board, with what it takes to undo it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name="par")
    at = models.DateTimeField("le", default=timezone.now)
    label = models.CharField("geste", max_length=200)
    before = models.JSONField("avant")
    after = models.JSONField("après")
    undone_at = models.DateTimeField("annulé le", null=True, blank=True)

    class Meta:
        verbose_name = "geste du plateau"
        verbose_name_plural = "gestes du plateau"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.label


class PlanRun(models.Model):
    """One run of the engine: scope asked, progress, proposal, what was taken of it."""

    status = models.CharField("état", max_length=10, choices=RunStatus.choices, default=RunStatus.QUEUED)
    scope = models.JSONField("portée", default=dict)
    progress = models.PositiveSmallIntegerField("avancement en %", default=0)
    step = models.CharField("étape", max_length=120, blank=True)
    result = models.JSONField("proposition", default=dict, blank=True)
    error = models.TextField("erreur", blank=True)
    created_at = models.DateTimeField("demandée le", default=timezone.now)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="par")
    finished_at = models.DateTimeField("terminée le", null=True, blank=True)

    class Meta:
        verbose_name = "optimisation"
        verbose_name_plural = "optimisations"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"Optimisation {self.pk}"
