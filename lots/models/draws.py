"""The draw record: immutable, replayable by anyone from its snapshot and its seed (domain.md)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from lots.enums import DrawKind
from lots.models.lots import Lot
from spekty.core.enums import Channel
from spekty.core.history import append_only, tracked


@tracked
class Draw(models.Model):
    """One random selection: `ranking` orders every reference of the snapshot, `first_rank`.. are taken."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="draws", verbose_name="lot")
    channel = models.CharField("canal", max_length=7, choices=Channel.choices)
    kind = models.CharField("nature", max_length=8, choices=DrawKind.choices)
    reason = models.TextField("motif", blank=True)
    list_version = models.PositiveSmallIntegerField("version de la liste")
    algorithm = models.CharField("algorithme", max_length=60)
    seed = models.CharField("graine", max_length=64)
    snapshot = models.JSONField("liste figée")
    sha256 = models.CharField("empreinte de la liste", max_length=64)
    ranking = ArrayField(models.CharField(max_length=60), verbose_name="classement complet")
    taken = ArrayField(models.CharField(max_length=60), verbose_name="références tirées")
    # Drawn before, in both channels: with it the record is verified alone, whatever happened since.
    used_before = ArrayField(
        models.CharField(max_length=60), default=list, blank=True, verbose_name="déjà tirées avant"
    )
    reasons = models.JSONField("motifs par opération remplacée", default=dict, blank=True)
    target = models.PositiveIntegerField("cible")
    drawn_at = models.DateTimeField("tiré le", default=timezone.now)
    drawn_by_id = models.BigIntegerField("tiré par", null=True)
    drawn_by_name = models.CharField("nom de l’opérateur", max_length=150)

    class Meta:
        verbose_name = "tirage"
        verbose_name_plural = "tirages"
        ordering = ["drawn_at", "id"]
        triggers = [append_only("draw")]
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "channel", "list_version"],
                condition=models.Q(kind=DrawKind.INITIAL),
                name="draw_initial_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.lot} {self.get_channel_display()}"
