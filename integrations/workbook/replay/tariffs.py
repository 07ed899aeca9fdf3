"""The workbook's own prices and pay scale: where a row is missing nothing is due, and it is said once."""

import datetime as dt
from collections.abc import Callable, Iterable

from billing.rules import NoPrice, PriceList, PriceRow
from payroll.rules import NoPayRate, PayRate, PayScale
from spekty.core.money import ZERO

Say = Callable[[str, str], None]


class RecordedPrices(PriceList):
    """Prices of the sheet Tarifs; a missing one is zero, so that what was invoiced shows as a difference."""

    def __init__(self, rows: Iterable[PriceRow], say: Say) -> None:
        super().__init__(rows)
        self._say, self._said = say, set[tuple[str, str]]()

    def require(self, client: str, item: str, day: dt.date) -> PriceRow:
        """Return the price in force, zero (remarked) when the sheet has none."""
        try:
            return super().require(client, item, day)
        except NoPrice as error:
            if (client, item) not in self._said:
                self._said.add((client, item))
                self._say(f"{client} {item}", str(error))
            return PriceRow(client, item, day, ZERO)


class RecordedScale(PayScale):
    """Rates of the sheet Barème paie and the reference items it lacks; a missing one is zero."""

    def __init__(self, rates: Iterable[PayRate], say: Say) -> None:
        super().__init__(rates)
        self._say, self._said = say, set[tuple[str, str]]()

    def require(self, contract: str, item: str, day: dt.date) -> PayRate:
        """Return the rate in force, zero (remarked) when the sheet has none."""
        try:
            return super().require(contract, item, day)
        except NoPayRate as error:
            if (contract, item) not in self._said:
                self._said.add((contract, item))
                self._say(f"{contract} {item}", str(error))
            return PayRate(contract, item, day, ZERO)
