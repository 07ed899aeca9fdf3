"""The second pair of eyes, and the frozen reports."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from field.models import Reading
from missions.models import Mission
from quality.enums import ReviewDecision
from spekty.accounts.models import Agent, User
from spekty.core.enums import Conclusion
from spekty.core.history import append_only, tracked
from spekty.core.models import StoredFile


@tracked
class Review(models.Model):
    """One decision on a reading; the reviewer is never its inspector (NF EN ISO/IEC 17020)."""

    mission = models.ForeignKey(Mission, models.PROTECT, related_name="reviews", verbose_name="mission")
    reading = models.ForeignKey(
        Reading, models.PROTECT, null=True, blank=True, related_name="reviews", verbose_name="relevé"
    )
    reviewer = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="reviews", verbose_name="relecteur"
    )
    # The legacy workbook knows reviewers by a code, their agent code or not.
    reviewer_name = models.CharField("nom du relecteur", max_length=150, blank=True)
    reviewer_agent = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="reviews", verbose_name="relecteur (agent)"
    )
    inspector = models.ForeignKey(Agent, models.PROTECT, related_name="reviewed", verbose_name="intervenant")
    decision = models.CharField("décision", max_length=10, choices=ReviewDecision.choices)
    conclusion = models.CharField("conclusion", max_length=2, choices=Conclusion.choices, blank=True)
    comment = models.TextField("commentaire", blank=True)
    at = models.DateTimeField("le", default=timezone.now)
    is_legacy = models.BooleanField("reprise du classeur", default=False)

    class Meta:
        verbose_name = "relecture"
        verbose_name_plural = "relectures"
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewer_agent__isnull=True)
                | ~Q(reviewer_agent=F("inspector"))
                | Q(is_legacy=True),
                name="review_by_someone_else",
                violation_error_message="Le relecteur doit être une autre personne que l’intervenant.",
            ),
            models.CheckConstraint(
                condition=~Q(decision=ReviewDecision.SENT_BACK) | ~Q(comment=""),
                name="review_sent_back_says_why",
                violation_error_message="Dites ce qui est à compléter.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mission} {self.get_decision_display()}"


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: User) -> "ReportQuerySet":
        """Keep the reports of the missions that `user` may see."""
        if user.sees_everything:
            return self
        return self.filter(mission__in=Mission.objects.visible_to(user))


@tracked
class Report(models.Model):
    """An issued report: frozen; an amended one is a new version that names the one it replaces."""

    mission = models.ForeignKey(Mission, models.PROTECT, related_name="reports", verbose_name="mission")
    number = models.CharField("n° de rapport", max_length=30)
    rank = models.PositiveSmallIntegerField("version", default=1)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="remplace"
    )
    review = models.ForeignKey(
        Review, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="relecture"
    )
    conclusion = models.CharField("conclusion", max_length=2, choices=Conclusion.choices, blank=True)
    content = models.JSONField("contenu figé", default=dict)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="fichier"
    )
    sha256 = models.CharField("empreinte", max_length=64, blank=True)
    issued_at = models.DateTimeField("émis le", default=timezone.now)
    issued_by_name = models.CharField("émis par", max_length=150)
    is_legacy = models.BooleanField("repris du classeur", default=False)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = "rapport"
        verbose_name_plural = "rapports"
        ordering = ["-issued_at"]
        triggers = [append_only("report")]
        constraints = [models.UniqueConstraint(fields=["mission", "rank"], name="report_version_once")]

    def __str__(self) -> str:
        return f"{self.number} v{self.rank}"
