"""Invoices and credit notes: free while they are drafts, frozen by the database once issued."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from billing.enums import MISSION_KINDS, InvoiceKind, InvoiceStatus, LineKind
from billing.models.guards import FROZEN_INVOICE, FROZEN_LINES
from billing.workflow import INVOICE
from lots.models import Client, Lot
from lots.models.reference import granted_client_ids
from missions.models import Mission
from spekty.accounts.models import User
from spekty.core.history import guard_states, tracked
from spekty.core.models import Stateful, StoredFile


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def visible_to(self, user: User) -> "InvoiceQuerySet":
        """Keep every invoice for the office that bills, granted clients' issued ones else."""
        if user.has_role("siege", "direction", "paie-facturation"):
            return self
        return self.filter(client_id__in=granted_client_ids(user)).exclude(status=InvoiceStatus.DRAFT)

    def issued(self) -> "InvoiceQuerySet":
        return self.exclude(status=InvoiceStatus.DRAFT)


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
    # The lot invoiced in mode Au lot; the month covered (its first day) for a month-end invoice.
    lot = models.ForeignKey(
        Lot, models.PROTECT, null=True, blank=True, related_name="invoices", verbose_name="lot facturé"
    )
    month = models.DateField("mois facturé", null=True, blank=True)
    issued_on = models.DateField("date", null=True, blank=True, db_index=True)
    due_on = models.DateField("échéance", null=True, blank=True)
    total_ht = models.DecimalField("total HT", max_digits=12, decimal_places=2, default=0)
    vat_pct = models.DecimalField("TVA %", max_digits=5, decimal_places=2, default=20)
    total_vat = models.DecimalField("TVA", max_digits=12, decimal_places=2, default=0)
    total_ttc = models.DecimalField("total TTC", max_digits=12, decimal_places=2, default=0)
    reason = models.CharField("motif de l’avoir", max_length=200, blank=True)
    # Who invoiced whom, as written on the paper: frozen when the invoice is issued.
    parties = models.JSONField("identités à l’émission", default=dict, blank=True)
    paid_on = models.DateField("payée le", null=True, blank=True)
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
        triggers = [guard_states(INVOICE), FROZEN_INVOICE]
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
                condition=Q(is_legacy=True) | Q(total_ttc=F("total_ht") + F("total_vat")),
                name="invoice_totals",
                violation_error_message="Le TTC est le HT plus la TVA.",
            ),
            models.CheckConstraint(
                condition=Q(month__isnull=True) | Q(month__day=1),
                name="invoice_month_first_day",
                violation_error_message="Le mois facturé se note par son premier jour.",
            ),
            models.UniqueConstraint(
                fields=["lot"],
                condition=Q(status=InvoiceStatus.DRAFT, kind=InvoiceKind.INVOICE),
                name="invoice_one_draft_per_lot",
                violation_error_message="Ce lot a déjà une facture en préparation.",
            ),
            models.UniqueConstraint(
                fields=["client", "month"],
                condition=Q(status=InvoiceStatus.DRAFT, kind=InvoiceKind.INVOICE),
                name="invoice_one_draft_per_month",
                violation_error_message="Ce mois a déjà une facture en préparation.",
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"Brouillon {self.pk}"

    @property
    def is_draft(self) -> bool:
        return self.status == InvoiceStatus.DRAFT

    @property
    def is_credit_note(self) -> bool:
        return self.kind == InvoiceKind.CREDIT_NOTE


@tracked
class InvoiceLine(models.Model):
    """One amount with its rule and the rule's date; a mission is invoiced once unless credited.

    A credit note's lines are negative and name the line they correct.
    """

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="lines", verbose_name="facture")
    kind = models.CharField("nature", max_length=15, choices=LineKind.choices)
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, blank=True, related_name="invoice_lines")
    mission = models.ForeignKey(
        Mission, models.PROTECT, null=True, blank=True, related_name="invoice_lines", verbose_name="mission"
    )
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections", verbose_name="corrige"
    )
    quantity = models.DecimalField("quantité", max_digits=9, decimal_places=2, default=1)
    unit_amount = models.DecimalField("prix unitaire", max_digits=12, decimal_places=4)
    amount = models.DecimalField("montant HT", max_digits=12, decimal_places=2)
    rule = models.CharField("règle", max_length=60)
    rule_from = models.DateField("règle applicable à partir du", null=True, blank=True)
    label = models.TextField("explication")
    # A credit note frees what it credits: the corrected line is marked, and the mission can be invoiced anew.
    is_credited = models.BooleanField("annulée par un avoir", default=False)
    is_credit = models.BooleanField("ligne d’avoir", default=False)
    is_legacy = models.BooleanField("reprise du classeur", default=False)

    class Meta:
        verbose_name = "ligne de facture"
        verbose_name_plural = "lignes de facture"
        ordering = ["invoice", "id"]
        triggers = [FROZEN_LINES]
        constraints = [
            models.UniqueConstraint(
                fields=["mission"],
                condition=Q(kind__in=MISSION_KINDS, is_credited=False, is_credit=False, is_legacy=False),
                name="mission_invoiced_once",
                violation_error_message="Cette mission est déjà facturée.",
            ),
            models.UniqueConstraint(
                fields=["mission"],
                condition=Q(kind=LineKind.UNPRODUCTIVE, is_credited=False, is_credit=False, is_legacy=False),
                name="unproductive_invoiced_once",
                violation_error_message="Les visites improductives de cette mission sont déjà facturées.",
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
