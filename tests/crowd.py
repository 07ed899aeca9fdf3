"""Many rows of all that lists show, added to the world of tests/access_world.py."""

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

from django.utils import timezone

from billing.models import Invoice, Price
from integrations.cutover.words import KINDS
from integrations.models import Discrepancy, WorkbookRow, WorkbookRun
from lots.enums import DocumentKind, LotStatus, RowFate
from lots.models import Client, ImportBatch, ImportRow, Installer, Lot, LotDocument, Operation
from missions.enums import ContactOutcome, MissionStatus
from missions.models import ContactAttempt, Mission, MissionDocument
from payroll.enums import PayLineKind
from payroll.models import PayLine, PayPeriod
from planning.models import PlanRun
from planning.services.runs import Scope
from spekty.accounts.enums import Contract
from spekty.accounts.models import Absence, Agent
from spekty.core.enums import Channel, Conclusion
from spekty.core.models import InboxMessage, OutboxMessage, StoredFile
from tests import factories

STATUSES = [
    *(MissionStatus.TO_PLAN, MissionStatus.TO_CONTACT, MissionStatus.FIXED, MissionStatus.IN_PROGRESS),
    *(MissionStatus.RECEIVED, MissionStatus.TO_REVIEW, MissionStatus.REPORTED, MissionStatus.REPORTED),
]
_serial = itertools.count(100_000)


def grow(count: int, world: Any) -> None:
    """Add `count` rows of each kind."""
    serial = [next(_serial) for _ in range(count)]
    now, today = timezone.now(), timezone.localdate()
    customers = Client.objects.bulk_create(Client(code=f"F-{n}", name=f"Foule {n}") for n in serial)
    fiche = factories.fiche()
    lots = Lot.objects.bulk_create(
        Lot(
            number=f"LOT-FOULE-{n}", client=customer, fiche=fiche, size=40,
            received_on=today - dt.timedelta(30),
            status=LotStatus.DRAWN, drawn_on=today - dt.timedelta(20), filing_on=today + dt.timedelta(n % 90),
            site_pct=Decimal(10),
        )
        for n, customer in zip(serial, customers, strict=True)
    )  # fmt: skip
    installers = Installer.objects.bulk_create(Installer(siren=f"{n:09d}", name=f"Pro {n}") for n in serial)
    own = Client.objects.get(pk=world.a.args["client"][0])
    own_lot = own.lots.get(number=world.a.args["lot"][0])
    sites = Operation.objects.bulk_create(
        Operation(
            lot=lot, reference=f"REF-F-{n}-{part}", last_name="Foule", address=f"{n} rue Longue",
            postcode="33650",
            city="Saint-Selve", department="33", engaged_on=dt.date(2025, 10, 1),
            completed_on=dt.date(2025, 11, 1), installer=installer, lat=44.67, lon=-0.48, selected="site",
        )
        for n, lot, installer in zip(serial, lots, installers, strict=True)
        for part, lot in enumerate((lot, own_lot))
    )  # fmt: skip
    agents = Agent.objects.bulk_create(
        Agent(code=f"AF-{n}", initials=f"{n % 100_000}", last_name=f"Foule{n}", first_name="Ana",
        contract=Contract.EMPLOYEE,
              postcode="33000", city="Bordeaux", lat=44.84, lon=-0.58, departments=["33"])
        for n in serial
    )  # fmt: skip
    owner = Agent.objects.get(user=world.people["owner"])
    missions = Mission.objects.bulk_create(_missions(sites, agents, owner, now))
    ContactAttempt.objects.bulk_create(
        ContactAttempt(mission=mission, at=now - dt.timedelta(days=1), outcome=ContactOutcome.NO_ANSWER,
        by_name="F")
        for mission in missions[:count]
    )  # fmt: skip
    files = StoredFile.objects.bulk_create(
        StoredFile(sha256=f"{n:064d}", name=f"f{n}.pdf", mime="application/pdf", size=10, store_path=f"f/{n}")
        for n in serial
    )
    LotDocument.objects.bulk_create(
        LotDocument(lot=own_lot, file=file, kind=DocumentKind.OTHER, title=file.name) for file in files
    )
    held = Mission.objects.get(number=world.a.args["number"][0])
    MissionDocument.objects.bulk_create(MissionDocument(mission=held, file=file, title="x") for file in files)
    batch = ImportBatch.objects.get(pk=world.a.args["batch"][0])
    ImportBatch.objects.bulk_create(
        ImportBatch(
            client=own, file=file, lot=own_lot, state=batch.state, counts=batch.counts, options=batch.options
        )
        for file in files
    )
    ImportRow.objects.bulk_create(
        ImportRow(
            batch=batch,
            line=n,
            fate=RowFate.REJECTED,
            reasons=[{"field": "fiche", "severity": "error", "text": "Essai"}],
        )
        for n in serial
    )
    _around(serial, missions, customers, lots, agents, world.a.args["run"][0])


def _missions(sites: list[Operation], agents: list[Agent], owner: Agent, now: dt.datetime) -> list[Mission]:
    made = []
    for rank, site in enumerate(sites):
        n, status = next(_serial), STATUSES[rank // 2 % len(STATUSES)]
        mission = Mission(
            number=f"M-F-{n}", lot=site.lot, operation=site, family="ISO", status=status,
            channel=Channel.CONTACT if rank % 7 == 0 else Channel.SITE,
            agent=(owner, agents[rank % len(agents)])[rank % 2],
        )  # fmt: skip
        if status not in STATUSES[:2]:
            mission.appointment_at = now - dt.timedelta(days=3)
        if status in STATUSES[4:]:
            mission.visited_at = now - dt.timedelta(days=30)
        if status == MissionStatus.REPORTED:
            mission.reported_on = (now - dt.timedelta(days=20)).date()
            mission.conclusion = (Conclusion.S, Conclusion.NS)[rank % 2]
        made.append(mission)
    return made


def _around(
    serial: list[int],
    missions: list[Mission],
    customers: list[Client],
    lots: list[Lot],
    agents: list[Agent],
    run: int,
) -> None:
    """What other lists show: invoices, dead letters, runs, absences, pay."""
    now, today = timezone.now(), timezone.localdate()
    Invoice.objects.bulk_create(
        Invoice(number=f"F-{n}", client=customer, lot=lot, status="issued", issued_on=today, due_on=today)
        for n, customer, lot in zip(serial, customers, lots, strict=True)
    )
    OutboxMessage.objects.bulk_create(
        OutboxMessage(topic="ged.file", aggregate="core.storedfile", aggregate_id=n, dead_at=now, error="x")
        for n in serial
    )
    InboxMessage.objects.bulk_create(
        InboxMessage(source="kizeo", external_id=f"F{n}", sha256="0" * 64, raw={}, error="Mission inconnue")
        for n in serial
    )
    Absence.objects.bulk_create(Absence(agent=agent, first_day=today, last_day=today) for agent in agents)
    PlanRun.objects.bulk_create(PlanRun(scope=Scope(today, today).as_json()) for _ in serial)
    OutboxMessage.objects.bulk_create(
        OutboxMessage(
            topic="search.mission",
            aggregate="missions.mission",
            aggregate_id=mission.pk,
            dead_at=now,
            error="x",
        )
        for mission in missions[: len(serial)]
    )
    WorkbookRun.objects.bulk_create(
        WorkbookRun(kind="import", status="done", file_name=f"c{n}.xlsx") for n in serial
    )
    _, replay = (
        WorkbookRun.objects.create(kind="replay", status="done", file_name="foule.xlsx") for _ in range(2)
    )
    Discrepancy.objects.bulk_create(
        Discrepancy(
            run=replay, kind=next(iter(KINDS)), ref=f"R{n}", message="x", mark="m", sheet="Lots", row=n
        )
        for n in serial
    )
    WorkbookRow.objects.bulk_create(
        WorkbookRow(run_id=run, sheet="Missions", row=n, fate="rejected", reason="Essai") for n in serial
    )
    period, _ = PayPeriod.objects.get_or_create(month=today.replace(day=1))
    PayLine.objects.bulk_create(
        PayLine(
            period=period,
            agent=agent,
            kind=PayLineKind.BONUS,
            belongs_to=period.month,
            unit_amount=1,
            amount=1,
            rule="essai",
            label="Essai",
        )
        for agent in agents
    )
    Price.objects.bulk_create(
        Price(client=customer, item="ISO", amount=100, valid_from=dt.date(2020, 1, 1))
        for customer in customers
    )
