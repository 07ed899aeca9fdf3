"""What the sources of anomalies look at, and what their findings are about: read together in one query."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from missions.rules.anomalies import Anomaly, Delays
from spekty.core.oneshot import Ask, Row, day, exact, moment, number

TargetKey = tuple[str, int]
Rows = Mapping[str, list[Row]]


@dataclass(frozen=True, slots=True)
class Moment:
    """When the rules are applied and with which delays; `now` is in local time."""

    now: dt.datetime
    delays: Delays

    @property
    def today(self) -> dt.date:
        return self.now.date()


@dataclass(frozen=True, slots=True)
class Stake:
    """What the price of a mission depends on."""

    client: str
    item_family: str
    on_site: bool
    is_reinspection: bool
    received_on: dt.date
    reinspection_pct: Decimal


@dataclass(frozen=True, slots=True)
class Target:
    """What a finding is about, as a line shows it; `key` is how its page is addressed."""

    aggregate: str
    pk: int
    name: str
    key: str = ""
    lot_id: int | None = None
    lot: str = ""
    status: str = ""
    appointment_at: dt.datetime | None = None
    stake: Stake | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Rules of a kind: what they read, and what they find in it.

    `asks` names its reads apart from those of the others; `judge` is given all rows by the same names.
    """

    asks: Callable[[Moment], Mapping[str, Ask]]
    judge: Callable[[Rows, Moment], Iterable[tuple[Anomaly, Target]]]


# What a line says of a mission, whatever the rule.
MISSION = {
    "pk": "pk",
    "number": "number",
    "status": "status",
    "channel": "channel",
    "family": "family",
    "reinspection_of": "reinspection_of_id",
    "appointment_at": "appointment_at",
    "created_at": "created_at",
    "reported_on": "reported_on",
    "lot_id": "lot_id",
    "lot": "lot__number",
    "received_on": "lot__received_on",
    "client": "lot__client__code",
    "billing_mode": "lot__client__billing_mode",
    "reinspection_pct": exact("lot__client__reinspection_pct"),
}


def mission_target(row: Row) -> Target:
    """Return the mission of a row read with the fields of MISSION."""
    stake = Stake(
        client=row["client"],
        item_family=row["family"],
        on_site=row["channel"] == "SITE",
        is_reinspection=row["reinspection_of"] is not None,
        received_on=day(row["received_on"]) or dt.date.min,
        reinspection_pct=number(row["reinspection_pct"]) or Decimal(0),
    )
    return Target(
        aggregate="mission",
        pk=row["pk"],
        name=row["number"],
        key=row["number"],
        lot_id=row["lot_id"],
        lot=row["lot"],
        status=row["status"],
        appointment_at=moment(row["appointment_at"]),
        stake=stake,
    )


def local_day(text: str) -> dt.date:
    """Return the local day of a moment that is never empty."""
    at: Any = moment(text)
    return at.date()  # type: ignore[no-any-return]
