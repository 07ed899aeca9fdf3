"""Dated price lists, invoices and credit notes. Euros before tax unless said otherwise."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from billing.enums import MISSION_KINDS, InvoiceKind, InvoiceStatus, LineKind
from billing.workflow import INVOICE
from lots.models import Client, Lot
from lots.models.reference import granted_client_ids
from missions.models import Mission, UnproductiveVisit
from spekty.accounts.models import User
from spekty.core.history import guard_states, tracked
from spekty.core.models import Stateful, StoredFile


@tracked
class Price(models.Model):
    """A client's price of a family (or CONTACT) for lots received from a date on."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="prices", verbose_name="donneur d’ordre")
    item = models.CharField("famille", max_length=20)
    valid_from = models.DateField("applicable à partir du")
    amount = models.DecimalField("prix HT", max_digits=10, decimal_places=2)
    reference = models.CharField("référence", max_length=200, blank=True)

    class Meta:
        verbose_name = "prix"
        verbose_name_plural = "tarifs"
        ordering = ["client", "item", "valid_from"]
        constraints = [models.UniqueConstraint(fields=["client", "item", "valid_from"], name="price_once")]

    def __str__(self) -> str:
        return f"{self.client} {self.item} {self.valid_from}"


@tracked
class BillingRate(models.Model):
    """VAT in percent, volume discounts (threshold of lines, percent): dated, shared by all clients."""

    code = models.CharField("code", max_length=20)
    valid_from = models.DateField("applicable à partir du")
    threshold = models.PositiveIntegerField("à partir de (lignes)", default=0)
    pct = models.DecimalField("%", max_digits=5, decimal_places=2)
    reference = models.CharField("référence", max_length=200, blank=True)

    class Meta:
        verbose_name = "taux de facturation"
        verbose_name_plural = "taux de facturation"
        ordering = ["code", "valid_from", "threshold"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from", "threshold"], name="billing_rate_once")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.pct} %"


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def visible_to(self, user: User) -> "InvoiceQuerySet":
        """Keep every invoice for the office that bills, granted clients' issued ones else."""
        if user.has_role("siege", "direction", "paie-facturation"):
            return self
        return self.filter(client_id__in=granted_client_ids(user)).exclude(status=InvoiceStatus.DRAFT)


@tracked
class Invoice(Stateful):
    """An invoice or a credit note; its number is taken when it is issued, and it never changes after."""

    WORKFLOW = INVOICE

    number = models.CharField("n°", max_length=20, null=True, blank=True, unique=True)  # noqa: DJ001
    kind = models.CharField("nature", max_length=3, choices=InvoiceKind.choices, default=InvoiceKind.INVOICE)
    client = models.ForeignKey(
        Client, models.PROTECT, related_name="invoices", verbose_name="donneur d’ordre"
    )
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="credit_notes", verbose_name="corrige"
    )
    status = models.CharField(
        "statut", max_length=6, choices=InvoiceStatus.choices, default=InvoiceStatus.DRAFT
    )
    # Month covered (its first day) in monthly mode.
    month = models.DateField("mois facturé", null=True, blank=True)
    issued_on = models.DateField("date", null=True, blank=True, db_index=True)
    due_on = models.DateField("échéance", null=True, blank=True)
    total_ht = models.DecimalField("total HT", max_digits=12, decimal_places=2, default=0)
    vat_pct = models.DecimalField("TVA %", max_digits=5, decimal_places=2, default=20)
    total_vat = models.DecimalField("TVA", max_digits=12, decimal_places=2, default=0)
    total_ttc = models.DecimalField("total TTC", max_digits=12, decimal_places=2, default=0)
    reason = models.CharField("motif de l’avoir", max_length=200, blank=True)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="fichier"
    )
    created_at = models.DateTimeField("préparée le", default=timezone.now)
    is_legacy = models.BooleanField("reprise du classeur", default=False)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = "facture"
        verbose_name_plural = "factures"
        ordering = ["-issued_on", "-id"]
        triggers = [guard_states(INVOICE)]
        constraints = [
            models.CheckConstraint(
                condition=Q(status=InvoiceStatus.DRAFT, number__isnull=True)
                | (~Q(status=InvoiceStatus.DRAFT) & Q(number__isnull=False, issued_on__isnull=False)),
                name="invoice_number_when_issued",
                violation_error_message="Un numéro se prend à l’émission, jamais avant.",
            ),
            models.CheckConstraint(
                condition=Q(kind=InvoiceKind.INVOICE, corrects__isnull=True)
                | Q(kind=InvoiceKind.CREDIT_NOTE, corrects__isnull=False),
                name="credit_note_names_invoice",
                violation_error_message="Un avoir nomme la facture qu’il corrige.",
            ),
            models.CheckConstraint(
                condition=Q(is_legacy=True) | Q(total_ttc=models.F("total_ht") + models.F("total_vat")),
                name="invoice_totals",
                violation_error_message="Le TTC est le HT plus la TVA.",
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"Brouillon {self.pk}"


@tracked
class InvoiceLine(models.Model):
    """One amount with its rule and the rule's date; a mission is invoiced once unless credited."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="lines", verbose_name="facture")
    kind = models.CharField("nature", max_length=12, choices=LineKind.choices)
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, blank=True, related_name="invoice_lines")
    mission = models.ForeignKey(
        Mission, models.PROTECT, null=True, blank=True, related_name="invoice_lines", verbose_name="mission"
    )
    unproductive = models.ForeignKey(
        UnproductiveVisit, models.PROTECT, null=True, blank=True, related_name="invoice_lines"
    )
    quantity = models.DecimalField("quantité", max_digits=9, decimal_places=2, default=1)
    unit_amount = models.DecimalField("prix unitaire", max_digits=12, decimal_places=4)
    amount = models.DecimalField("montant HT", max_digits=12, decimal_places=2)
    rule = models.CharField("règle", max_length=60)
    rule_from = models.DateField("règle applicable à partir du", null=True, blank=True)
    label = models.CharField("explication", max_length=250)
    # A credit note frees what it credits: the corrected line is marked, and the mission can be invoiced anew.
    is_credited = models.BooleanField("annulée par un avoir", default=False)
    is_credit = models.BooleanField("ligne d’avoir", default=False)
    is_legacy = models.BooleanField("reprise du classeur", default=False)

    class Meta:
        verbose_name = "ligne de facture"
        verbose_name_plural = "lignes de facture"
        ordering = ["invoice", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["mission"],
                condition=Q(kind__in=MISSION_KINDS, is_credited=False, is_credit=False, is_legacy=False),
                name="mission_invoiced_once",
                violation_error_message="Cette mission est déjà facturée.",
            ),
            models.UniqueConstraint(
                fields=["unproductive"],
                condition=Q(is_credited=False, is_credit=False, is_legacy=False),
                name="unproductive_invoiced_once",
            ),
            models.UniqueConstraint(
                fields=["lot"],
                condition=Q(kind=LineKind.FEE, is_credited=False, is_credit=False, is_legacy=False),
                name="lot_fee_once",
                violation_error_message="Les frais de ce lot sont déjà facturés.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.amount} €"
