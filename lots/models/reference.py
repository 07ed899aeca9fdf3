"""Clients, fiches, and the dated rates and ceilings of the law: rows with a reference, never constants."""

from decimal import Decimal
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase
from guardian.shortcuts import get_objects_for_user

from lots.enums import BillingMode
from spekty.accounts.models import User
from spekty.core.enums import Family
from spekty.core.history import tracked

PERCENT: list[Any] = [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))]


class ClientQuerySet(models.QuerySet["Client"]):
    def visible_to(self, user: User) -> "ClientQuerySet":
        """Keep the clients that `user` may know: all for the office, else those granted."""
        if user.sees_everything:
            return self
        return self.filter(pk__in=granted_client_ids(user))


def granted_client_ids(user: User) -> list[int]:
    """Return the ids of the clients granted to the user or to one of their groups, read once per request."""
    cached: list[int] | None = getattr(user, "_granted_client_ids", None)
    if cached is None:
        granted = get_objects_for_user(user, "lots.view_client", Client, accept_global_perms=False)
        cached = list(granted.values_list("pk", flat=True))
        user._granted_client_ids = cached  # type: ignore[attr-defined]
    return cached


@tracked
class Client(models.Model):
    """An orderer (obligé, délégataire) with its billing terms; amounts in euros before tax."""

    code = models.CharField("code", max_length=20, unique=True)
    name = models.CharField("raison sociale", max_length=150)
    siren = models.CharField("SIREN", max_length=9, blank=True)
    email = models.EmailField("e-mail", blank=True)
    address = models.CharField("adresse", max_length=200, blank=True)
    postcode = models.CharField("code postal", max_length=10, blank=True)
    city = models.CharField("ville", max_length=100, blank=True)
    billing_mode = models.CharField("mode de facturation", max_length=10, choices=BillingMode.choices)
    unproductive_pct = models.DecimalField(
        "% improductif", max_digits=5, decimal_places=2, default=Decimal(0), validators=PERCENT
    )
    unproductive_max = models.PositiveSmallIntegerField(
        "improductifs facturés par mission au plus", default=0
    )
    lot_fee = models.DecimalField("frais de lot HT", max_digits=10, decimal_places=2, default=Decimal(0))
    reinspection_pct = models.DecimalField(
        "% contre-visite", max_digits=5, decimal_places=2, default=Decimal(100), validators=PERCENT
    )
    payment_days = models.PositiveSmallIntegerField("délai de paiement (jours, fin de mois)", default=45)
    is_active = models.BooleanField("actif", default=True)

    objects = ClientQuerySet.as_manager()

    class Meta:
        verbose_name = "donneur d’ordre"
        verbose_name_plural = "donneurs d’ordre"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def has_address(self) -> bool:
        """Whether the postal address is whole: an invoice must carry it (Code de commerce, art. L441-9)."""
        return bool(self.address and self.postcode and self.city)


class ClientUserGrant(UserObjectPermissionBase):
    """A grant on one client to one person: the exception; groups come first."""

    content_object = models.ForeignKey(Client, models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        verbose_name = "droit d’une personne"
        verbose_name_plural = "droits de personnes"


class ClientGroupGrant(GroupObjectPermissionBase):
    """A grant on one client to a group."""

    content_object = models.ForeignKey(Client, models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        verbose_name = "droit d’un groupe"
        verbose_name_plural = "droits de groupes"


@tracked
class Fiche(models.Model):
    """A standard operation type; without rate rows its rates are unknown, and said so (R3)."""

    code = models.CharField("code", max_length=20, unique=True)
    label = models.CharField("intitulé", max_length=150, blank=True)
    family = models.CharField("famille", max_length=3, choices=Family.choices)
    minutes = models.PositiveSmallIntegerField("durée d’une visite en minutes")

    class Meta:
        verbose_name = "fiche"
        verbose_name_plural = "fiches"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


@tracked
class InspectionRate(models.Model):
    """Rates of satisfied inspections for operations engaged between two dates; empty = no obligation."""

    fiche_code = models.CharField("fiche", max_length=20, db_index=True)
    engaged_from = models.DateField("engagées du")
    engaged_to = models.DateField("au")
    site_pct = models.DecimalField("% sur site", max_digits=5, decimal_places=2, null=True, blank=True)
    contact_pct = models.DecimalField("% par contact", max_digits=5, decimal_places=2, null=True, blank=True)
    reference = models.CharField("référence", max_length=200, blank=True)

    class Meta:
        verbose_name = "taux de contrôle"
        verbose_name_plural = "taux de contrôle"
        ordering = ["fiche_code", "engaged_from"]
        constraints = [
            models.UniqueConstraint(fields=["fiche_code", "engaged_from"], name="rate_once"),
            models.CheckConstraint(
                condition=Q(engaged_to__gte=F("engaged_from")),
                name="rate_dates",
                violation_error_message="La période doit finir après avoir commencé.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fiche_code} {self.engaged_from} – {self.engaged_to}"


@tracked
class NsCeiling(models.Model):
    """Highest NS ratio allowed, in percent, for lots filed from January 1st of `from_year` (R11)."""

    from_year = models.PositiveSmallIntegerField("dépôts à partir de", unique=True)
    pct = models.DecimalField("plafond en %", max_digits=5, decimal_places=2, validators=PERCENT)
    reference = models.CharField("référence", max_length=200, blank=True)

    class Meta:
        verbose_name = "plafond de non satisfaisants"
        verbose_name_plural = "plafonds de non satisfaisants"
        ordering = ["from_year"]

    def __str__(self) -> str:
        return f"{self.from_year} : {self.pct} %"
