"""The pay scale: dated rows are added, never edited."""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from payroll.enums import PayItem
from payroll.models import PayScale
from payroll.workflow import PAY
from spekty.accounts.enums import Contract
from spekty.core.actors import Actor
from spekty.core.engine import NotAllowed, TransitionRefused
from spekty.core.history import acting


class RateInUse(TransitionRefused):
    """A row of that date exists: a new date is needed."""


@transaction.atomic
def add_rate(
    *,
    contract: Contract,
    item: PayItem,
    valid_from: dt.date,
    amount: Decimal,
    reference: str,
    by: Actor,
) -> PayScale:
    """Add a row of the scale (euros, coefficient or threshold) for visits from a date on.

    Raises RateInUse when that date has its row already, NotAllowed.
    """
    if not by.is_system and not by.roles & PAY:
        raise NotAllowed("Le barème ne fait pas partie de vos droits.")
    with acting(by):
        row, created = PayScale.objects.get_or_create(
            contract=contract,
            item=item,
            valid_from=valid_from,
            defaults={"amount": amount, "reference": reference},
        )
    if not created:
        raise RateInUse("Ce barème existe déjà à cette date : choisissez une autre date.")
    return row
