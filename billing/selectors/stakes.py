"""What is at stake on missions not yet invoiced: their price before tax, without computing an invoice."""

from collections.abc import Iterable
from decimal import Decimal

from django.conf import settings

from billing.enums import CONTACT_ITEM
from billing.rules import NoPrice, PriceList
from billing.selectors.facts import price_list
from missions.selectors.survey import Stake, Target
from spekty.core.memo import remembered
from spekty.core.money import cents

HUNDRED = Decimal(100)
Prices = PriceList


def stakes(targets: Iterable[Target]) -> dict[int, Decimal]:
    """Return the price of each mission at its lot's reception, in euros before tax; none known, no entry."""
    prices = known_prices()
    known = ((target.pk, price_of(target.stake, prices)) for target in targets if target.stake)
    return {pk: price for pk, price in known if price is not None}


def known_prices() -> PriceList:
    """Return the price list as lists keep it a minute (LIST_MEMORY): no invoice reads it."""
    return remembered("billing:stakes", settings.LIST_MEMORY, price_list)


def price_of(stake: Stake, prices: PriceList) -> Decimal | None:
    """Return the price before tax of an inspection, None when no price is known."""
    item = stake.item_family if stake.on_site else CONTACT_ITEM
    try:
        price = prices.require(stake.client, item, stake.received_on).amount
    except NoPrice:
        return None
    return cents(price * stake.reinspection_pct / HUNDRED) if stake.is_reinspection else price
