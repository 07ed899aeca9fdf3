"""Decisions of the cut-over: conditions, freeze, tests by the teams, dossiers, the go itself."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from integrations.enums import Outcome
from integrations.models.runs import WorkbookRun
from spekty.core.history import append_only, tracked
from spekty.core.models import StoredFile


@tracked
class Condition(models.Model):
    """One line of the go / no-go list: of the house's list (its code is there) or added by someone."""

    code = models.CharField("code", max_length=30, unique=True)
    label = models.CharField("condition", max_length=200, blank=True)
    owner = models.CharField("responsable", max_length=150, blank=True)
    due_on = models.DateField("échéance", null=True, blank=True)
    is_met = models.BooleanField("remplie", default=False)
    evidence = models.TextField("preuve", blank=True)
    met_by_name = models.CharField("constatée par", max_length=150, blank=True)
    met_at = models.DateTimeField("constatée le", null=True, blank=True)

    class Meta:
        verbose_name = "condition de bascule"
        verbose_name_plural = "conditions de bascule"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.label or self.code


@tracked
class Freeze(models.Model):
    """The workbook read-only from a moment on: no other file is loaded until it is lifted, with a reason."""

    file_name = models.CharField("classeur", max_length=200)
    sha256 = models.CharField("empreinte", max_length=64)
    at = models.DateTimeField("gelé le", default=timezone.now)
    by_id = models.BigIntegerField("gelé par", null=True, blank=True)
    by_name = models.CharField("nom", max_length=150)
    lifted_at = models.DateTimeField("levé le", null=True, blank=True)
    lifted_by_name = models.CharField("levé par", max_length=150, blank=True)
    reason = models.TextField("motif de la levée", blank=True)

    class Meta:
        verbose_name = "gel du classeur"
        verbose_name_plural = "gels du classeur"
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                models.Value(1),
                condition=Q(lifted_at__isnull=True),
                name="one_freeze",
                violation_error_message="Le classeur est déjà gelé.",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True) | ~Q(reason=""),
                name="freeze_lifted_with_reason",
                violation_error_message="Dites pourquoi le gel est levé.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} {self.sha256[:12]}"


@tracked
class StepResult(models.Model):
    """The result of one step of a team's test script; a step played again keeps both results."""

    path = models.CharField("parcours", max_length=20)
    step = models.CharField("étape", max_length=40)
    outcome = models.CharField("résultat", max_length=12, choices=Outcome.choices)
    case = models.CharField("cas joué", max_length=60, blank=True)
    comment = models.TextField("commentaire", blank=True)
    by_id = models.BigIntegerField("joué par", null=True, blank=True)
    by_name = models.CharField("nom", max_length=150)
    at = models.DateTimeField("joué le", default=timezone.now)

    class Meta:
        verbose_name = "résultat de recette"
        verbose_name_plural = "résultats de recette"
        ordering = ["-at", "-id"]
        triggers = [append_only("step_result")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.GAP) | ~Q(comment=""),
                name="step_gap_says_what",
                violation_error_message="Dites ce qui ne va pas.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.step} {self.outcome}"


class Dossier(models.Model):
    """A signed PDF of the whole state of the cut-over at one moment."""

    run = models.ForeignKey(WorkbookRun, models.PROTECT, null=True, blank=True, related_name="dossiers")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="fichier")
    sha256 = models.CharField("empreinte", max_length=64)
    signature = models.CharField("signature", max_length=128)
    at = models.DateTimeField("établi le", default=timezone.now)
    by_id = models.BigIntegerField("établi par", null=True, blank=True)
    by_name = models.CharField("nom", max_length=150)

    class Meta:
        verbose_name = "dossier de bascule"
        verbose_name_plural = "dossiers de bascule"
        ordering = ["-at"]
        triggers = [append_only("dossier")]

    def __str__(self) -> str:
        return f"Dossier du {self.at:%d/%m/%Y}"


@tracked
class CutoverDecision(models.Model):
    """The go: who said it, when, on which state of the conditions. One for ever; loads stop there."""

    at = models.DateTimeField("décidée le", default=timezone.now)
    by_id = models.BigIntegerField("décidée par", null=True, blank=True)
    by_name = models.CharField("nom", max_length=150)
    conditions = models.JSONField("conditions constatées", default=list)

    class Meta:
        verbose_name = "décision de bascule"
        verbose_name_plural = "décisions de bascule"
        triggers = [append_only("cutover_decision")]
        constraints = [models.UniqueConstraint(models.Value(1), name="one_go")]

    def __str__(self) -> str:
        return f"Bascule du {self.at:%d/%m/%Y}"
