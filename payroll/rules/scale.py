"""Dated pay scale: which rate was in force on a day."""

import csv
import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TextIO

from spekty.core import french


class PayItem(StrEnum):
    """Everything an administrator can date and change; families are items of their own (ISO, PAC...)."""

    CONTACT = "CONTACT"
    UNPRODUCTIVE = "IMPRODUCTIF"
    MEAL = "PANIER"
    MEAL_STOPS = "PANIER_ARRETS"
    MEAL_KM = "PANIER_KM"
    SAME_ADDRESS = "MEME_ADRESSE"
    KM_OWN = "KM_PERSONNEL"
    KM_COMPANY = "KM_SOCIETE"
    KM_FREE = "KM_FRANCHISE"
    VOLUME_1_FROM = "VOLUME_1_SEUIL"
    VOLUME_1_BONUS = "VOLUME_1_PRIME"
    VOLUME_2_FROM = "VOLUME_2_SEUIL"
    VOLUME_2_BONUS = "VOLUME_2_PRIME"


# How a pay sheet says them; a family is said by its own code.
SPOKEN: dict[str, str] = {
    PayItem.CONTACT: "contact",
    PayItem.UNPRODUCTIVE: "visite improductive",
    PayItem.MEAL: "panier",
    PayItem.MEAL_STOPS: "panier, nombre d’arrêts",
    PayItem.MEAL_KM: "panier, kilomètres",
    PayItem.SAME_ADDRESS: "même adresse",
    PayItem.KM_OWN: "véhicule personnel",
    PayItem.KM_COMPANY: "véhicule de société",
    PayItem.KM_FREE: "kilomètres non payés",
    PayItem.VOLUME_1_FROM: "premier palier de volume",
    PayItem.VOLUME_1_BONUS: "prime du premier palier",
    PayItem.VOLUME_2_FROM: "second palier de volume",
    PayItem.VOLUME_2_BONUS: "prime du second palier",
}


def spoken(item: str) -> str:
    """Return an item of the scale as a reader knows it: « barème ISO », « barème véhicule personnel »."""
    return SPOKEN.get(item, item)


class NoPayRate(Exception):
    """No rate is in force for an item that must be paid."""

    def __init__(self, contract: str, item: str, day: dt.date) -> None:
        self.contract, self.item, self.day = contract, item, day
        super().__init__(f"Aucun barème {spoken(item)} ({contract}) en vigueur le {french.day(day)}.")


@dataclass(frozen=True, slots=True)
class PayRate:
    """One dated row: euros, a factor, a number of stops or of kilometres, by item."""

    contract: str
    item: str
    valid_from: dt.date
    amount: Decimal
    reference: str = ""


class PayScale:
    """All dated rows, looked up by contract, item and day."""

    def __init__(self, rates: Iterable[PayRate]) -> None:
        self._rows: dict[tuple[str, str], list[PayRate]] = {}
        for rate in sorted(rates, key=lambda r: r.valid_from):
            self._rows.setdefault((str(rate.contract), str(rate.item)), []).append(rate)

    def find(self, contract: str, item: str, day: dt.date) -> PayRate | None:
        """Return the row in force on `day`, None when this contract has no such item."""
        rows = self._rows.get((str(contract), str(item)), [])
        index = bisect_right(rows, day, key=lambda r: r.valid_from)
        return rows[index - 1] if index else None

    def require(self, contract: str, item: str, day: dt.date) -> PayRate:
        """Return the row in force on `day`; raise NoPayRate when there is none."""
        rate = self.find(contract, item, day)
        if rate is None:
            raise NoPayRate(contract, item, day)
        return rate


def read_pay_rates(lines: TextIO) -> list[PayRate]:
    """Return the rows of a CSV with columns contract, item, valid_from, amount, reference."""
    return [
        PayRate(
            row["contract"],
            row["item"],
            dt.date.fromisoformat(row["valid_from"]),
            Decimal(row["amount"]),
            row["reference"],
        )
        for row in csv.DictReader(lines)
    ]
