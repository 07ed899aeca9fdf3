"""Dated pay scales, monthly periods, and lines that each say why they exist. Euros."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone

from missions.models import Mission, UnproductiveVisit
from payroll.enums import PayItem, PayLineKind, PeriodStatus
from payroll.workflow import PERIOD
from spekty.accounts.enums import Contract
from spekty.accounts.models import Agent, User
from spekty.core.history import guard_states, tracked
from spekty.core.models import Stateful, StoredFile


@tracked
class PayScale(models.Model):
    """The amount (or coefficient, or threshold) of one item for one contract from a date on."""

    contract = models.CharField("contrat", max_length=12, choices=Contract.choices)
    item = models.CharField("code", max_length=20, choices=PayItem.choices)
    valid_from = models.DateField("applicable à partir du")
    amount = models.DecimalField("montant", max_digits=10, decimal_places=4)
    reference = models.CharField("référence", max_length=200, blank=True)

    class Meta:
        verbose_name = "ligne du barème"
        verbose_name_plural = "barème de paie"
        ordering = ["contract", "item", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "item", "valid_from"], name="pay_scale_once")
        ]

    def __str__(self) -> str:
        return f"{self.contract} {self.item} {self.valid_from}"


@tracked
class PayPeriod(Stateful):
    """One month (its first day); once closed, nothing enters it any more."""

    WORKFLOW = PERIOD

    month = models.DateField("mois", unique=True)
    status = models.CharField("statut", max_length=6, choices=PeriodStatus.choices, default=PeriodStatus.OPEN)
    closed_at = models.DateTimeField("close le", null=True, blank=True)

    class Meta:
        verbose_name = "période de paie"
        verbose_name_plural = "périodes de paie"
        ordering = ["-month"]
        triggers = [guard_states(PERIOD)]
        constraints = [
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="pay_month_first_day",
                violation_error_message="Le 1er du mois.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%m/%Y}"


class PayLineQuerySet(models.QuerySet["PayLine"]):
    def visible_to(self, user: User) -> "PayLineQuerySet":
        """Keep every line for pay and direction, one's own for an agent, none for others."""
        if user.has_role("paie-facturation", "direction"):
            return self
        return self.filter(agent__user_id=user.pk)


# FOR SHARE waits for a closing under way in another transaction, then sees its outcome.
# The import may bring and correct the workbook's history (`is_legacy`); nobody deletes from a closed month.
CLOSED_PERIOD = pgtrigger.Trigger(
    name="closed_period_frozen",
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    when=pgtrigger.Before,
    func="""
        IF TG_OP = 'INSERT' AND NEW.is_legacy THEN RETURN NEW; END IF;
        IF TG_OP = 'UPDATE' AND OLD.is_legacy AND NEW.is_legacy THEN RETURN NEW; END IF;
        IF EXISTS (
            SELECT 1 FROM (
                SELECT status FROM payroll_payperiod
                WHERE id IN (
                    CASE WHEN TG_OP <> 'INSERT' THEN OLD.period_id END,
                    CASE WHEN TG_OP <> 'DELETE' THEN NEW.period_id END
                ) FOR SHARE
            ) AS period WHERE status = 'closed'
        ) THEN
            RAISE EXCEPTION 'a closed pay period never changes' USING ERRCODE = 'check_violation';
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    """,
)


@tracked
class PayLine(models.Model):
    """One amount with its rule, the rule's date, quantity, unit amount and factor.

    A back-payment (`is_back_pay`) belongs to a closed month: what it owes, less what it paid.
    """

    period = models.ForeignKey(PayPeriod, models.PROTECT, related_name="lines", verbose_name="période")
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="pay_lines", verbose_name="intervenant")
    kind = models.CharField("nature", max_length=15, choices=PayLineKind.choices)
    # Empty for what the workbook paid: it knows months only.
    day = models.DateField("jour", null=True, blank=True)
    reference = models.CharField("objet", max_length=60, blank=True)
    mission = models.ForeignKey(
        Mission, models.PROTECT, null=True, blank=True, related_name="pay_lines", verbose_name="mission"
    )
    unproductive = models.ForeignKey(
        UnproductiveVisit, models.PROTECT, null=True, blank=True, related_name="pay_lines"
    )
    belongs_to = models.DateField("mois d’origine")
    is_back_pay = models.BooleanField("rappel", default=False)
    quantity = models.DecimalField("quantité", max_digits=9, decimal_places=2, default=1)
    unit_amount = models.DecimalField("montant unitaire", max_digits=10, decimal_places=4)
    factor = models.DecimalField("coefficient", max_digits=5, decimal_places=2, default=1)
    amount = models.DecimalField("montant", max_digits=10, decimal_places=2)
    rule = models.CharField("règle", max_length=60)
    rule_from = models.DateField("règle applicable à partir du", null=True, blank=True)
    label = models.TextField("explication")
    is_legacy = models.BooleanField("reprise du classeur", default=False)
    created_at = models.DateTimeField("calculée le", default=timezone.now)

    objects = PayLineQuerySet.as_manager()

    class Meta:
        verbose_name = "ligne de paie"
        verbose_name_plural = "lignes de paie"
        ordering = ["agent", "day", "id"]
        triggers = [CLOSED_PERIOD]
        constraints = [
            # What is paid is paid once a month of origin, whatever is replayed.
            models.UniqueConstraint(
                fields=["mission", "belongs_to"],
                condition=Q(kind__in=[PayLineKind.SITE, PayLineKind.CONTACT], is_back_pay=False),
                name="mission_paid_once",
                violation_error_message="Cette mission est déjà payée.",
            ),
            models.UniqueConstraint(
                fields=["unproductive", "belongs_to"],
                condition=Q(is_back_pay=False),
                name="unproductive_paid_once",
                violation_error_message="Cette visite improductive est déjà payée.",
            ),
            models.UniqueConstraint(
                fields=["agent", "kind", "day"],
                condition=Q(kind__in=[PayLineKind.KM, PayLineKind.MEAL], is_back_pay=False),
                name="daily_pay_once",
            ),
            models.UniqueConstraint(
                fields=["agent", "belongs_to"],
                condition=Q(kind=PayLineKind.BONUS, is_back_pay=False),
                name="bonus_once_a_month",
            ),
            models.UniqueConstraint(
                fields=["period", "agent", "belongs_to", "kind", "day", "reference"],
                condition=Q(is_back_pay=True),
                name="back_pay_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent} {self.label} {self.amount} €"


@tracked
class LegacyPayment(models.Model):
    """The workbook says in which month a mission was paid; its amounts are kept per agent and month."""

    mission = models.OneToOneField(
        Mission, models.PROTECT, related_name="legacy_payment", verbose_name="mission"
    )
    month = models.DateField("mois de paie")

    class Meta:
        verbose_name = "paiement repris du classeur"
        verbose_name_plural = "paiements repris du classeur"

    def __str__(self) -> str:
        return f"{self.mission} {self.month:%m/%Y}"


@tracked
class PayExport(models.Model):
    """A file sent to the payroll office for one period."""

    period = models.ForeignKey(PayPeriod, models.PROTECT, related_name="exports", verbose_name="période")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="fichier")
    created_at = models.DateTimeField("créé le", default=timezone.now)

    class Meta:
        verbose_name = "export de paie"
        verbose_name_plural = "exports de paie"

    def __str__(self) -> str:
        return f"{self.period} {self.file}"
