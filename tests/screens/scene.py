"""What the demonstration lacks, made by the services: its objects are in every state that a page shows."""

import datetime as dt
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import Group
from guardian.shortcuts import assign_perm

from billing.selectors.dossiers import to_invoice
from billing.services import prepare_lot_invoice, prepare_monthly_invoices
from integrations.cutover.decisions import add_condition
from integrations.cutover.runs import perform
from integrations.cutover.uploads import take_workbook
from integrations.demo.people import PASSWORD
from integrations.enums import RunKind
from integrations.models import WorkbookRun
from lots.models import Client
from lots.services.documents import add_document
from lots.services.imports import commit_batch, open_import
from missions.enums import ContactOutcome, MissionStatus
from missions.models import Mission
from missions.services import cancel_mission, record_attempt
from missions.services.documents import add_mission_document
from missions.services.draws import draw_lot
from missions.services.views import save_view
from payroll.models import PayPeriod
from payroll.services import compute_month
from planning.services.people import add_absence
from planning.services.runs import Scope, ask_run, carry_out
from quality.services import accept_and_issue, send_back
from spekty.accounts.models import Agent, User
from spekty.core.actors import Actor
from spekty.core.enums import Channel, Conclusion
from tests.integrations.troubles import trouble

LOTS = settings.BASE_DIR / "demo" / "lots"
READER = "lecteur@spekty.example"


def actor(role: str) -> Actor:
    return person(role).acting()


def person(role: str) -> User:
    return User.objects.get(email=f"{role}@spekty.example")


def write_letter(folder: Path) -> None:
    """Keep a letter in the mail catcher's folder, as the catcher does."""
    letter = EmailMessage()
    letter["Subject"] = "Votre rapport d’inspection"
    letter["From"], letter["To"] = "inspection@spekty.example", "cliente@exemple.fr"
    letter.set_content("Bonjour,\nvoici votre rapport.")
    (folder / "1764000000000000000-1.eml").write_bytes(letter.as_bytes())


def complete(today: dt.date) -> None:
    """Add what a quarter of history has not to the demonstration."""
    reader = User.objects.create_user(READER, PASSWORD, first_name="Lise", last_name="Arnaud", is_demo=True)
    readers = Group.objects.create(name="lecteurs")
    reader.groups.add(readers)
    assign_perm("lots.view_client", readers, Client.objects.get(code="CL-001"))
    _imports()
    _lives(today)
    _money(today)
    _cutover()
    trouble(Client.objects.get(code="CL-001"))


def _imports() -> None:
    """One file checked and waiting, one imported, one drawn."""
    office, client = actor("siege"), Client.objects.get(code="CL-001")
    for rank, name in enumerate(("0001-matrice.xlsx", "0002-export.csv", "0005-export.csv")):
        path = LOTS / f"LOT-2025-{name}"
        batch, _ = open_import(client=client, path=path, name=path.name, by=office, new_lot=True, wait=True)
        if rank == 0:
            continue
        lot = commit_batch(batch_id=batch.pk, by=office).lot
        if rank == 2 and lot:
            draw_lot(lot_id=lot.pk, site_count=8, contact_count=12, by=office, contact_by_us=True)
            add_document(lot=lot, content=b"Attestation", name="attestation.txt", by=office)


def _lives(today: dt.date) -> None:
    """An attempt, a paper, a cancelled mission, a reading sent back, a report, an absence, a plan, a view."""
    planner = actor("planning")
    waiting = list(Mission.objects.filter(status=MissionStatus.TO_PLAN, channel=Channel.SITE)[:2])
    call_back = today + dt.timedelta(days=2)
    record_attempt(
        mission_id=waiting[0].pk, outcome=ContactOutcome.CALL_BACK, call_back_on=call_back, by=planner
    )
    add_mission_document(mission=waiting[0], content=b"%PDF-1.4", name="plan.pdf", title="Plan", by=planner)
    cancel_mission(mission_id=waiting[1].pk, reason="Demande du client", by=planner)
    reviewer = person("qualite")
    back, good = Mission.objects.filter(status=MissionStatus.TO_REVIEW, conclusion=Conclusion.S)[:2]
    send_back(mission_id=back.pk, reviewer=reviewer, comment="Reprenez la photo de la façade.")
    accept_and_issue(mission_id=good.pk, reviewer=reviewer, conclusion=Conclusion.S)
    absent = Agent.objects.filter(user__isnull=True).first()
    if absent:
        add_absence(agent=absent, first_day=today, last_day=call_back, reason="Congé", by=planner)
    carry_out(ask_run(scope=Scope(today + dt.timedelta(days=1), call_back), by=planner), seconds=0.1)
    save_view(owner=person("siege"), name="Mes retards", query="etat=to_plan")


def _money(today: dt.date) -> None:
    """A draft of an invoice, a month of pay that is still open."""
    biller, first = actor("paie"), today.replace(day=1)
    last = (first - dt.timedelta(days=1)).replace(day=1)
    for month in (last, first):
        if not PayPeriod.objects.filter(month=month, status="closed").exists():
            compute_month(month=month, by=biller)
    for dossier in to_invoice(last, today).dossiers:
        if dossier.is_ready and dossier.draft is None and dossier.lot:
            prepare_lot_invoice(lot_id=dossier.lot.pk, by=biller, on=today)
            return
        if dossier.is_ready and dossier.draft is None and dossier.month:
            prepare_monthly_invoices(client=dossier.client, month=dossier.month, by=biller)
            return


def _cutover() -> None:
    """The workbook handed in and replayed, a condition of one's own."""
    office, path = actor("siege"), settings.BASE_DIR / "demo" / "classeur-trimestre.xlsx"
    workbook = take_workbook(content=path.read_bytes(), name=path.name, by=office)
    run = WorkbookRun.objects.create(
        workbook=workbook, kind=RunKind.REPLAY, file_name=workbook.name, sha256=workbook.sha256
    )
    perform(run.pk)
    add_condition(label="Sauvegarde vérifiée", by=office)
