"""What a client's file became, row by row; the mapping of its columns is remembered per client."""

from django.db import models
from django.utils import timezone

from lots.enums import ImportState, RowFate
from lots.models.lots import Lot, Operation
from lots.models.reference import Client, Fiche
from lots.rules.cells import shown
from spekty.core.history import tracked
from spekty.core.models import StoredFile


@tracked
class ColumnMapping(models.Model):
    """How one client names the columns of one shape of file: {header: canonical field}."""

    client = models.ForeignKey(
        Client, models.CASCADE, related_name="mappings", verbose_name="donneur d’ordre"
    )
    signature = models.CharField("empreinte des en-têtes", max_length=64)
    mapping = models.JSONField("correspondance")
    updated_at = models.DateTimeField("mise à jour le", default=timezone.now)

    class Meta:
        verbose_name = "correspondance de colonnes"
        verbose_name_plural = "correspondances de colonnes"
        constraints = [models.UniqueConstraint(fields=["client", "signature"], name="mapping_once")]

    def __str__(self) -> str:
        return f"{self.client} {self.signature[:8]}"


@tracked
class ImportBatch(models.Model):
    """One file sent by a client, from upload to commit or undo."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="imports", verbose_name="donneur d’ordre")
    lot = models.ForeignKey(
        Lot, models.SET_NULL, null=True, blank=True, related_name="imports", verbose_name="lot"
    )
    fiche = models.ForeignKey(Fiche, models.PROTECT, null=True, blank=True, verbose_name="fiche")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="fichier")
    state = models.CharField("état", max_length=10, choices=ImportState.choices, default=ImportState.UPLOADED)
    mapping = models.JSONField("correspondance", default=dict)
    options = models.JSONField("choix de l’utilisateur", default=dict)
    counts = models.JSONField("décompte", default=dict)
    created_at = models.DateTimeField("envoyé le", default=timezone.now)
    created_by_id = models.BigIntegerField("envoyé par", null=True)
    committed_at = models.DateTimeField("importé le", null=True, blank=True)
    undone_at = models.DateTimeField("annulé le", null=True, blank=True)

    class Meta:
        verbose_name = "import"
        verbose_name_plural = "imports"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.file.name

    @property
    def headers(self) -> dict[int, str]:
        """Column index -> its header, each told apart from the others."""
        return {column["index"]: column["header"] for column in self.mapping.get("columns", [])}


class ImportRow(models.Model):
    """The fate of one row of the file, kept; `before` lets the import be undone."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows", verbose_name="import")
    line = models.PositiveIntegerField("ligne")
    # As the file has them: a date is ["d", "2026-03-12"] (lots.rules.cells).
    cells = models.JSONField("cellules lues", default=list)
    corrected = models.JSONField("cellules corrigées à l’écran", default=dict)
    left_out = models.BooleanField("laissée de côté", default=False)
    fate = models.CharField("sort", max_length=10, choices=RowFate.choices)
    reasons = models.JSONField("motifs", default=list)
    operation = models.ForeignKey(Operation, models.SET_NULL, null=True, related_name="+")
    before = models.JSONField("valeurs d’avant", default=dict)

    class Meta:
        verbose_name = "ligne d’import"
        verbose_name_plural = "lignes d’import"
        ordering = ["batch", "line"]
        constraints = [models.UniqueConstraint(fields=["batch", "line"], name="import_row_once")]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.line}"

    @property
    def shown(self) -> list[tuple[str, str]]:
        """(header, text) of the filled cells, as a person reads them."""
        return shown(self.cells, self.batch.headers)
