"""Dated rows of prices and rates: added, never edited once an invoice used them."""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from billing.enums import RateCode
from billing.models import BillingRate, Price
from billing.permissions import PRICING
from lots.models import Client
from spekty.core.actors import Actor
from spekty.core.engine import NotAllowed, TransitionRefused
from spekty.core.history import acting


class RowInUse(TransitionRefused):
    """A row of that date exists: a new date is needed."""


@transaction.atomic
def add_price(
    *, client: Client, item: str, valid_from: dt.date, amount: Decimal, reference: str, by: Actor
) -> Price:
    """Add the client's price of an item (euros before tax) for lots received from a date on.

    Raises RowInUse when that date has its price already, NotAllowed.
    """
    _check(by)
    with acting(by):
        price, created = Price.objects.get_or_create(
            client=client,
            item=item,
            valid_from=valid_from,
            defaults={"amount": amount, "reference": reference},
        )
    if not created:
        raise RowInUse("Ce prix existe déjà à cette date : choisissez une autre date.")
    return price


@transaction.atomic
def add_rate(
    *, code: RateCode, valid_from: dt.date, threshold: int, pct: Decimal, reference: str, by: Actor
) -> BillingRate:
    """Add a VAT rate or a step of the volume discount (percent), for invoices dated from a day on."""
    _check(by)
    with acting(by):
        rate, created = BillingRate.objects.get_or_create(
            code=code,
            valid_from=valid_from,
            threshold=threshold,
            defaults={"pct": pct, "reference": reference},
        )
    if not created:
        raise RowInUse("Ce taux existe déjà à cette date : choisissez une autre date.")
    return rate


def _check(by: Actor) -> None:
    if not by.is_system and not by.roles & PRICING:
        raise NotAllowed("Les tarifs ne font pas partie de vos droits.")
