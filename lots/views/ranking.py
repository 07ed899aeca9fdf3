"""Lots sorted or kept by what the rules say of them: next blocker, NS ratio, amount to expect."""

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal

from billing.selectors.stakes import Prices, known_prices, price_of
from lots.selectors.lots import LotFilters, filtered_lots, with_facts
from lots.views.lines import LotLine, lines_of
from missions.selectors.survey import Stake
from spekty.accounts.models import User
from spekty.core.enums import Channel

# The lots looked at for such an order, the newest received first; the page says so when there are more.
MOST = 2_000
LAST = 2**62
Place = list[int | list[int]]


def ruled_lines(
    user: User, filters: LotFilters, today: dt.date, most: int = MOST
) -> tuple[list[LotLine], bool]:
    """Return the lines of the lots asked for, and whether there were more than `most`: two queries."""
    lots = list(with_facts(filtered_lots(user, filters)).order_by("-received_on", "-id")[: most + 1])
    lines = lines_of(lots[:most], today)
    if filters.blocker:
        lines = [line for line in lines if line.blocker.kind == filters.blocker]
    return lines, len(lots) > most


def place_in(filters: LotFilters) -> Callable[[LotLine], Place]:
    """Return the place of a line in the order asked for; what has no value comes last, both ways."""
    name, sign = filters.sort.removeprefix("-"), -1 if filters.sort.startswith("-") else 1
    prices = known_prices()

    def place(line: LotLine) -> Place:
        lot = line.lot
        deadline = lot.filing_on.toordinal() if lot.filing_on else LAST
        if name == "montant":
            amount = amount_of(line, prices)
            return [LAST if amount is None else sign * int(amount * 100), deadline, lot.pk]
        if name == "ns":
            rate = line.ns_rate
            return [LAST if rate is None else sign * int(rate * 1_000_000), deadline, lot.pk]
        if name == "blocage":
            return [sign * line.blocker.kind.rank, deadline, lot.pk]
        if name == "depot":
            return [LAST if lot.filing_on is None else sign * deadline, lot.pk]
        if name in ("client", "lot"):
            return [_spelt(lot.client.name if name == "client" else lot.number, sign), sign * lot.pk]
        return [sign * lot.received_on.toordinal(), sign * lot.pk]

    return place


def _spelt(text: str, sign: int) -> list[int]:
    """Return a text as numbers that sort as it does, or the other way round."""
    return [*(sign * ord(letter) for letter in text), 0]


def amounts_of(lines: Sequence[LotLine]) -> dict[int, Decimal]:
    """Return what each lot's inspections are worth, in euros before tax; unknown: no entry."""
    prices = known_prices()
    found = ((line.lot.pk, amount_of(line, prices)) for line in lines)
    return {pk: amount for pk, amount in found if amount is not None}


def amount_of(line: LotLine, prices: Prices) -> Decimal | None:
    """Return the price before tax of the missions still standing; None when a price is unknown."""
    lot, total = line.lot, Decimal(0)
    for channel, again, count in line.tally.standing:
        stake = Stake(
            client=lot.client.code,
            item_family=lot.fiche.family,
            on_site=channel == Channel.SITE,
            is_reinspection=again,
            received_on=lot.received_on,
            reinspection_pct=lot.client.reinspection_pct,
        )
        price = price_of(stake, prices)
        if price is None:
            return None
        total += price * count
    return total if line.tally.counts else None
