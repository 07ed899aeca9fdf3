"""Dated prices and rates, and who invoices. Euros before tax."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from billing.enums import RateCode
from lots.models import Client
from spekty.core.history import tracked


@tracked
class Price(models.Model):
    """A client's price of a family (or CONTACT) for lots received from a date on."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="prices", verbose_name="donneur d’ordre")
    item = models.CharField("famille", max_length=20)
    valid_from = models.DateField("applicable à partir du")
    amount = models.DecimalField(
        "prix HT", max_digits=10, decimal_places=2, validators=[MinValueValidator(0)]
    )
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

    code = models.CharField("code", max_length=20, choices=RateCode.choices)
    valid_from = models.DateField("applicable à partir du")
    threshold = models.PositiveIntegerField("à partir de (lignes)", default=0)
    pct = models.DecimalField("%", max_digits=5, decimal_places=2)
    reference = models.CharField("référence", max_length=200, blank=True)

    class Meta:
        verbose_name = "taux de facturation"
        verbose_name_plural = "taux de facturation"
        ordering = ["code", "valid_from", "threshold"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from", "threshold"], name="billing_rate_once"),
            models.CheckConstraint(
                condition=Q(pct__gte=0, pct__lte=100),
                name="billing_rate_pct",
                violation_error_message="Un taux va de 0 à 100 %.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.pct} %"


@tracked
class Issuer(models.Model):
    """Who invoices: the legal mentions of every invoice (Code de commerce, art. L441-9). One row."""

    name = models.CharField("raison sociale", max_length=150)
    legal_form = models.CharField("forme et capital", max_length=120, blank=True)
    address = models.CharField("adresse", max_length=200)
    postcode = models.CharField("code postal", max_length=5)
    city = models.CharField("ville", max_length=100)
    siren = models.CharField("SIREN", max_length=9)
    registry = models.CharField("immatriculation", max_length=100, blank=True)
    vat_number = models.CharField("n° de TVA intracommunautaire", max_length=20)
    email = models.EmailField("e-mail", blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    iban = models.CharField("IBAN", max_length=34, blank=True)
    bic = models.CharField("BIC", max_length=11, blank=True)
    late_penalty = models.CharField("pénalités de retard", max_length=250)
    recovery_fee = models.DecimalField("indemnité de recouvrement", max_digits=6, decimal_places=2)
    early_discount = models.CharField("escompte", max_length=150)
    vat_on_debits = models.BooleanField("TVA d’après les débits", default=False)

    class Meta:
        verbose_name = "émetteur des factures"
        verbose_name_plural = "émetteur des factures"

    def __str__(self) -> str:
        return self.name
