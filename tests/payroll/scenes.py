"""Agents' days as pay meets them."""

import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from field.models import DailyKm
from missions.enums import MissionStatus
from missions.models import Mission, UnproductiveVisit
from payroll.models import PayLine
from spekty.accounts.models import Agent
from spekty.core.enums import Channel, Conclusion
from tests import factories

PARIS = ZoneInfo("Europe/Paris")
PAYER = factories.actor("paie-facturation")


def at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), PARIS)


def visit(agent: Agent, when: dt.datetime, **fields: Any) -> Mission:
    """Return a held mission of the agent; `address` says where."""
    address = fields.pop("address", None)
    values: dict[str, Any] = {
        "agent": agent,
        "visited_at": when,
        "status": MissionStatus.RECEIVED,
        "channel": Channel.SITE,
        "conclusion": Conclusion.S,
    }
    lot = fields.pop("lot", None)
    where = {"address": address} if address else {}
    values["operation"] = factories.operation(lot, **where)
    return factories.mission(**(values | fields))


def door(agent: Agent, when: dt.datetime, mission: Mission | None = None) -> UnproductiveVisit:
    mission = mission or factories.mission(agent=agent)
    return UnproductiveVisit.objects.create(mission=mission, agent=agent, at=when)


def drove(agent: Agent, day: dt.date, km: str) -> None:
    DailyKm.objects.create(agent=agent, day=day, km=Decimal(km))


def total(agent: Agent, **filters: Any) -> Decimal:
    return sum((line.amount for line in PayLine.objects.filter(agent=agent, **filters)), Decimal(0))
