"""Load the demonstration: once, or again for today."""

import datetime as dt
import hashlib
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Q

from integrations.demo.clients import complete_addresses
from integrations.demo.people import PLANNER, create_accounts
from integrations.demo.readings import send_readings, take_readings
from integrations.demo.shift import shifted, weeks_to
from integrations.demo.tours import TO_COME, fill_day
from integrations.enums import RunKind
from integrations.models import WorkbookRun
from integrations.workbook.loading.run import load
from integrations.workbook.reader import read_workbook
from lots.enums import LotStatus
from missions.models import Mission
from spekty.accounts.models import Agent, User
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
    known = Parameter.objects.filter(code=SHIFT).first()
    weeks = int(known.value) if known else _load_history(today, progress)
    complete_addresses()
    agents = _agents()
    create_accounts(agents)
    planner = User.objects.get(email=PLANNER).acting()
    for agent in agents:
        for day in (today, today + dt.timedelta(days=1)):
            fill_day(agent, day, by=planner)
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
        Mission.objects.filter(channel=Channel.SITE, status__in=TO_COME, lot__status=LotStatus.DRAWN)
        .values_list("operation__department")
        .annotate(Count("id"))
    )
    agents = list(Agent.objects.active().filter(~Q(departments=[])))
    agents.sort(key=lambda agent: (-sum(waiting.get(d, 0) for d in agent.departments), agent.code))
    # Agents of one sector stand side by side: the third would find little left in the first one.
    first = agents[0]
    elsewhere = [agent for agent in agents if not set(agent.departments) & set(first.departments)]
    return [first, *elsewhere[:1], *(agent for agent in agents[1:] if agent not in elsewhere[:1])][
        :AGENT_ACCOUNTS
    ]
