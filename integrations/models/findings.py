"""Differences that a replay found, and what people say of them."""

from django.db import models

from integrations.enums import NoteClass
from integrations.models.runs import WorkbookRun
from spekty.core.history import tracked


class Discrepancy(models.Model):
    """One line of a replay's report (workbook.md); client, agent and month serve the filters."""

    run = models.ForeignKey(WorkbookRun, models.CASCADE, related_name="discrepancies", verbose_name="passage")
    kind = models.CharField("nature", max_length=30)
    ref = models.CharField("référence", max_length=100)
    expected = models.TextField("attendu", blank=True)
    found = models.TextField("trouvé", blank=True)
    message = models.TextField("explication")
    # Fingerprint of what all the lines of this kind and reference say in this run.
    mark = models.CharField("empreinte des valeurs", max_length=16)
    sheet = models.CharField("feuille", max_length=60)
    row = models.PositiveIntegerField("ligne")
    client = models.CharField("donneur d’ordre", max_length=30, blank=True)
    agent = models.CharField("intervenant", max_length=20, blank=True)
    month = models.CharField("mois", max_length=7, blank=True)

    class Meta:
        verbose_name = "écart"
        verbose_name_plural = "écarts"
        ordering = ["kind", "ref", "id"]
        indexes = [models.Index(fields=["run", "kind", "ref"], name="discrepancy_run")]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"


@tracked
class DiscrepancyNote(models.Model):
    """What people say of a discrepancy; keyed by kind and reference, so that it outlives the run.

    The signature is on the values seen that day (`mark`): it falls when a later replay finds others.
    """

    kind = models.CharField("nature", max_length=30)
    ref = models.CharField("référence", max_length=100)
    verdict = models.CharField("classement", max_length=12, choices=NoteClass.choices)
    comment = models.TextField("commentaire", blank=True)
    mark = models.CharField("empreinte des valeurs vues", max_length=16)
    by_id = models.BigIntegerField("classé par", null=True, blank=True)
    by_name = models.CharField("nom", max_length=150, blank=True)
    at = models.DateTimeField("classé le")
    signed_by_id = models.BigIntegerField("signé par", null=True, blank=True)
    signed_by_name = models.CharField("signataire", max_length=150, blank=True)
    signed_at = models.DateTimeField("signé le", null=True, blank=True)

    class Meta:
        verbose_name = "classement d’écart"
        verbose_name_plural = "classements d’écarts"
        constraints = [models.UniqueConstraint(fields=["kind", "ref"], name="discrepancy_note_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref} : {self.get_verdict_display()}"
