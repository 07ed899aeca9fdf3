"""Lots, their operations and their papers."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat

from lots.enums import DocumentKind, GeoPrecision, LotStatus, Verdict
from lots.models.reference import Client, Fiche, granted_client_ids
from lots.workflow import LOT
from spekty.accounts.models import User
from spekty.core import french
from spekty.core.enums import Channel
from spekty.core.folding import Digits, Fold
from spekty.core.history import guard_states, tracked
from spekty.core.models import Stateful, StoredFile


class LotQuerySet(models.QuerySet["Lot"]):
    def visible_to(self, user: User) -> "LotQuerySet":
        """Keep the lots that `user` may see: all for the office, else those of granted clients."""
        if user.sees_everything:
            return self
        return self.filter(client_id__in=granted_client_ids(user))

    def open(self) -> "LotQuerySet":
        return self.exclude(status=LotStatus.CLOSED)


@tracked
class Installer(models.Model):
    """The firm that did the works."""

    siren = models.CharField("SIREN", max_length=9, unique=True)
    name = models.CharField("raison sociale", max_length=150)

    class Meta:
        verbose_name = "professionnel"
        verbose_name_plural = "professionnels"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


@tracked
class Lot(Stateful):
    """Operations of one fiche sent together to be inspected; rates are those applied at the draw."""

    WORKFLOW = LOT

    number = models.CharField("n° de lot", max_length=30, unique=True)
    client = models.ForeignKey(Client, models.PROTECT, related_name="lots", verbose_name="donneur d’ordre")
    fiche = models.ForeignKey(Fiche, models.PROTECT, related_name="lots", verbose_name="fiche")
    emmy_ref = models.CharField("référence EMMY", max_length=40, blank=True)
    received_on = models.DateField("reçu le")
    filing_on = models.DateField("dépôt prévu le", null=True, blank=True)
    status = models.CharField(
        "statut", max_length=10, choices=LotStatus.choices, default=LotStatus.RECEIVED, db_index=True
    )
    size = models.PositiveIntegerField("nombre d’opérations", default=0)
    list_version = models.PositiveSmallIntegerField("version de la liste", default=1)
    site_pct = models.DecimalField("% sur site", max_digits=5, decimal_places=2, null=True, blank=True)
    contact_pct = models.DecimalField("% par contact", max_digits=5, decimal_places=2, null=True, blank=True)
    contact_by_us = models.BooleanField("contacts faits par Spekty", default=True)
    drawn_on = models.DateField("tiré le", null=True, blank=True)
    closed_on = models.DateField("clos le", null=True, blank=True)
    verdict = models.CharField("conclusion du lot", max_length=12, choices=Verdict.choices, blank=True)
    is_legacy = models.BooleanField("repris du classeur", default=False)

    objects = LotQuerySet.as_manager()

    class Meta:
        verbose_name = "lot"
        verbose_name_plural = "lots"
        ordering = ["-received_on", "-number"]
        indexes = [models.Index(fields=["-received_on", "-id"], name="lot_received")]
        triggers = [guard_states(LOT)]
        constraints = [
            models.CheckConstraint(
                condition=Q(status=LotStatus.RECEIVED) | Q(drawn_on__isnull=False),
                name="lot_drawn_has_date",
                violation_error_message="Un lot tiré porte la date de son tirage.",
            ),
            models.CheckConstraint(
                condition=Q(status=LotStatus.CLOSED) | Q(closed_on__isnull=True),
                name="lot_open_has_no_closing_date",
                violation_error_message="Seul un lot clos porte une date de clôture.",
            ),
        ]

    def __str__(self) -> str:
        return self.number


# What an operation is searched by when Meilisearch is away; the index below is on this very expression.
OPERATION_WORDS = Fold(
    Concat(
        "reference",
        *(Value(" "), "company", Value(" "), "last_name", Value(" "), "first_name", Value(" "), "address"),
        *(Value(" "), "postcode", Value(" "), "city", Value(" "), Digits("phone")),
    )
)


class OperationQuerySet(models.QuerySet["Operation"]):
    def visible_to(self, user: User) -> "OperationQuerySet":
        """Keep the operations of the lots that `user` may see."""
        if user.sees_everything:
            return self
        return self.filter(lot__client_id__in=granted_client_ids(user))


@tracked
class Operation(models.Model):
    """One line of a lot: one fiche, one site, one beneficiary. Volume in kWh cumac, area in m²."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="operations", verbose_name="lot")
    reference = models.CharField("référence du client", max_length=60)
    last_name = models.CharField("nom", max_length=100, blank=True)
    first_name = models.CharField("prénom", max_length=100, blank=True)
    company = models.CharField("société bénéficiaire", max_length=150, blank=True)
    company_siren = models.CharField("SIREN bénéficiaire", max_length=9, blank=True)
    address = models.CharField("adresse des travaux", max_length=250, blank=True)
    postcode = models.CharField("code postal", max_length=5, blank=True, db_index=True)
    city = models.CharField("ville", max_length=100, blank=True)
    department = models.CharField("département", max_length=3, blank=True, db_index=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    email = models.CharField("e-mail", max_length=150, blank=True)
    engaged_on = models.DateField("engagée le", null=True, blank=True)
    completed_on = models.DateField("achevée le", null=True, blank=True)
    volume_kwhc = models.BigIntegerField("volume (kWh cumac)", null=True, blank=True)
    area_declared = models.DecimalField(
        "surface déclarée", max_digits=10, decimal_places=2, null=True, blank=True
    )
    installer = models.ForeignKey(
        Installer,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="operations",
        verbose_name="professionnel",
    )
    lat = models.FloatField("latitude", null=True, blank=True)
    lon = models.FloatField("longitude", null=True, blank=True)
    geo_precision = models.CharField("précision", max_length=10, choices=GeoPrecision.choices, blank=True)
    address_key = models.CharField("clé d’adresse", max_length=260, blank=True, db_index=True)
    selected = models.CharField("tirée", max_length=7, choices=Channel.choices, blank=True)
    rank = models.PositiveIntegerField("rang de tirage", null=True, blank=True)
    extra = models.JSONField("colonnes du client non reprises", default=dict, blank=True)
    is_legacy = models.BooleanField("reprise du classeur", default=False)
    is_withdrawn = models.BooleanField("retirée par le client", default=False)

    objects = OperationQuerySet.as_manager()

    class Meta:
        verbose_name = "opération"
        verbose_name_plural = "opérations"
        ordering = ["lot", "reference"]
        indexes = [GinIndex(OpClass(OPERATION_WORDS, "gin_trgm_ops"), name="operation_words")]
        constraints = [
            models.UniqueConstraint(fields=["lot", "reference"], name="operation_once_per_lot"),
            models.CheckConstraint(
                condition=Q(engaged_on__isnull=True)
                | Q(completed_on__isnull=True)
                | Q(completed_on__gte=F("engaged_on"))
                | Q(is_legacy=True),
                name="operation_dates",
                violation_error_message="L’achèvement ne peut pas précéder l’engagement.",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def beneficiary(self) -> str:
        """The company, or surname and first name."""
        return self.company or f"{french.surname(self.last_name)} {french.surname(self.first_name)}".strip()

    @property
    def town(self) -> str:
        """The town as people write it, whatever its client's capitals."""
        return french.town(self.city)

    @property
    def place(self) -> str:
        """'33490 Saint-Martial'"""
        return f"{self.postcode} {self.town}".strip()


@tracked
class LotDocument(models.Model):
    """A paper of the lot, kept in the document store."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="documents", verbose_name="lot")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="fichier")
    kind = models.CharField("nature", max_length=15, choices=DocumentKind.choices, default=DocumentKind.OTHER)
    title = models.CharField("titre", max_length=150)

    class Meta:
        verbose_name = "document du lot"
        verbose_name_plural = "documents du lot"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title
