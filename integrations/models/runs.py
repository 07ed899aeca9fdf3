"""Runs over the legacy workbook: what was read, what became of it, with which digest."""

from django.db import models
from django.utils import timezone

from integrations.enums import RunKind, RunStatus
from spekty.core.models import StoredFile


class LegacyWorkbook(models.Model):
    """A workbook handed to the cockpit; its content is kept for ever, under its fingerprint."""

    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="fichier")
    name = models.CharField("classeur", max_length=200)
    sha256 = models.CharField("empreinte", max_length=64, unique=True)
    added_at = models.DateTimeField("déposé le", default=timezone.now)
    by_id = models.BigIntegerField("déposé par", null=True, blank=True)
    by_name = models.CharField("nom", max_length=150, blank=True)

    class Meta:
        verbose_name = "classeur déposé"
        verbose_name_plural = "classeurs déposés"
        ordering = ["-added_at"]

    def __str__(self) -> str:
        return self.name


class WorkbookRun(models.Model):
    """One load, replay or rehearsal of the workbook; `counts` is the rows equation, sheet by sheet."""

    workbook = models.ForeignKey(
        LegacyWorkbook,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="runs",
        verbose_name="classeur déposé",
    )
    kind = models.CharField("nature", max_length=10, choices=RunKind.choices)
    status = models.CharField("état", max_length=12, choices=RunStatus.choices, default=RunStatus.RUNNING)
    file_name = models.CharField("classeur", max_length=200)
    sha256 = models.CharField("empreinte du classeur", max_length=64)
    step = models.CharField("étape", max_length=150, blank=True)
    progress = models.PositiveSmallIntegerField("avancement en %", default=0)
    counts = models.JSONField("décompte des lignes", default=dict, blank=True)
    tallies = models.JSONField("écritures par table", default=dict, blank=True)
    control = models.JSONField("totaux de contrôle", default=dict, blank=True)
    # Number series that a load moved: "FA 2026" -> [before, after].
    series = models.JSONField("séries de numéros", default=dict, blank=True)
    beat_at = models.DateTimeField("dernier signe de vie", null=True, blank=True)
    digest = models.CharField("empreinte du résultat", max_length=64, blank=True)
    error = models.TextField("erreur", blank=True)
    started_at = models.DateTimeField("lancé le", default=timezone.now)
    finished_at = models.DateTimeField("terminé le", null=True, blank=True)
    by_id = models.BigIntegerField("lancé par", null=True, blank=True)
    by_name = models.CharField("nom", max_length=150, blank=True)

    class Meta:
        verbose_name = "passage du classeur"
        verbose_name_plural = "passages du classeur"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.file_name}"

    @property
    def is_running(self) -> bool:
        return self.status == RunStatus.RUNNING

    @property
    def seconds(self) -> float:
        """How long it took, or has taken so far."""
        return ((self.finished_at or timezone.now()) - self.started_at).total_seconds()


class WorkbookRow(models.Model):
    """A row that was not simply loaded, or a cell not understood: kept with its reason."""

    run = models.ForeignKey(WorkbookRun, models.CASCADE, related_name="rows", verbose_name="passage")
    sheet = models.CharField("feuille", max_length=60)
    row = models.PositiveIntegerField("ligne")
    column = models.CharField("colonne", max_length=60, blank=True)
    value = models.TextField("valeur lue", blank=True)
    fate = models.CharField("sort", max_length=12)
    reason = models.TextField("motif")

    class Meta:
        verbose_name = "ligne du classeur"
        verbose_name_plural = "lignes du classeur"
        ordering = ["run", "sheet", "row"]

    def __str__(self) -> str:
        return f"{self.sheet} {self.row}"
