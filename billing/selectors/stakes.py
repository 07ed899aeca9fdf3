"""What is at stake on missions not yet invoiced: their price before tax, without computing an invoice."""

from collections.abc import Iterable
from decimal import Decimal

from billing.enums import CONTACT_ITEM
from billing.rules import NoPrice
from billing.selectors.facts import price_list
from missions.models import Mission
from spekty.core.enums import Channel
from spekty.core.money import cents

HUNDRED = Decimal(100)


def stakes(mission_ids: Iterable[int]) -> dict[int, Decimal]:
    """Return the price of each mission at its lot's reception, in euros before tax; none known, no entry."""
    rows = list(
        Mission.objects.filter(pk__in=list(mission_ids))
        .select_related("lot__client")
        .only(
            *("channel", "family", "reinspection_of_id", "lot__received_on"),
            *("lot__client__code", "lot__client__reinspection_pct"),
        )
    )
    prices = price_list({row.lot.client_id for row in rows})
    found = {}
    for row in rows:
        item = row.family if row.channel == Channel.SITE else CONTACT_ITEM
        try:
            price = prices.require(row.lot.client.code, item, row.lot.received_on).amount
        except NoPrice:
            continue
        again = row.reinspection_of_id is not None
        found[row.pk] = cents(price * row.lot.client.reinspection_pct / HUNDRED) if again else price
    return found
