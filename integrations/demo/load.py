"""Load the demonstration: once, or again for today."""

import datetime as dt
import hashlib
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Q

from integrations.demo.people import create_accounts
from integrations.demo.readings import send_readings, take_readings
from integrations.demo.shift import shifted, weeks_to
from integrations.demo.tours import TO_COME, fill_day
from integrations.enums import RunKind
from integrations.models import WorkbookRun
from integrations.workbook.loading.run import load
from integrations.workbook.reader import read_workbook
from missions.models import Mission
from spekty.accounts.models import Agent
from spekty.core.actors import system_actor
from spekty.core.enums import Channel, Source
from spekty.core.models import Parameter

WORKBOOK: Path = settings.BASE_DIR / "demo" / "classeur-trimestre.xlsx"
AGENT_ACCOUNTS = 3
SHIFT = "demo-weeks"


def load_demo(today: dt.date, progress: Callable[[str], None] = lambda _: None) -> int:
    """Load the quarter's workbook as history, moved to `today`, with accounts and tours; return the weeks.

    Does nothing to a base that already has it, but for the tours of today and tomorrow.
    """
    by = system_actor(Source.IMPORT, "Démonstration")
    known = Parameter.objects.filter(code=SHIFT).first()
    weeks = int(known.value) if known else _load_history(today, progress)
    agents = _agents()
    create_accounts(agents)
    for agent in agents:
        for day in working_days(today, 2):
            fill_day(agent, day, by=by)
    return weeks


def _load_history(today: dt.date, progress: Callable[[str], None]) -> int:
    by = system_actor(Source.IMPORT, "Démonstration")
    book = read_workbook(WORKBOOK, progress)
    weeks = weeks_to(book, today)
    run = WorkbookRun.objects.create(
        kind=RunKind.IMPORT,
        file_name=WORKBOOK.name,
        sha256=hashlib.sha256(WORKBOOK.read_bytes()).hexdigest(),
        by_name=by.name,
    )
    history, waiting = take_readings(shifted(book, weeks, today))
    load(history, run, by=by, progress=progress)
    progress("Relevés à relire…")
    send_readings(waiting, by=by)
    Parameter.objects.create(
        code=SHIFT,
        label="Démonstration : dates décalées",
        value=weeks,
        unit="semaines",
        reference="Démonstration",
    )
    return weeks


def _agents() -> list[Agent]:
    """The agents with an account, else those whose departments hold most missions to come."""
    with_account = Agent.objects.filter(user__isnull=False).order_by("user_id")
    if with_account:
        return list(with_account)
    waiting = dict(
        Mission.objects.filter(channel=Channel.SITE, status__in=TO_COME)
        .values_list("operation__department")
        .annotate(Count("id"))
    )
    agents = list(Agent.objects.active().filter(~Q(departments=[])))
    agents.sort(key=lambda agent: (-sum(waiting.get(d, 0) for d in agent.departments), agent.code))
    chosen: list[Agent] = []
    for agent in agents:
        if not any(set(agent.departments) & set(other.departments) for other in chosen):
            chosen.append(agent)
    return chosen[:AGENT_ACCOUNTS]


def working_days(first: dt.date, count: int) -> list[dt.date]:
    """Return `count` days from `first` on: today and the next one, whatever the day of the week."""
    return [first + dt.timedelta(days=rank) for rank in range(count)]
