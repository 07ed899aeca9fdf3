"""Two clients with one of everything each, and a person of each role: what the rights are tried on."""

import datetime as dt
import tempfile
import uuid
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group
from django.utils import timezone
from guardian.shortcuts import assign_perm

from billing.services import store_invoice_pdf
from field.services import add_photo, load_definitions
from integrations.models import Condition, Dossier, LegacyWorkbook, WorkbookRun
from lots.enums import LotStatus
from lots.services.documents import add_document
from lots.services.imports import open_import
from missions.enums import MissionStatus
from missions.models import Appointment, MissionDocument, SavedView
from missions.services.draws import draw_lot
from planning.models import PlanRun
from planning.services.runs import Scope
from quality.services import accept_and_issue
from spekty.accounts.enums import Role
from spekty.accounts.models import Absence, Agent, User
from spekty.core.actors import system_actor
from spekty.core.enums import Conclusion, Source
from spekty.core.files import store_file
from spekty.core.models import InboxMessage, OutboxMessage, Parameter
from tests import factories
from tests.billing import scenes

BY = system_actor(Source.WEB, "Essai")
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82"
)
HEADER = (
    "Référence;Nom;Prénom;Adresse;Code postal;Ville;Fiche;Date engagement;Date achèvement;SIREN;Installateur"
)


@dataclass(frozen=True)
class Side:
    """A client's objects, as arguments of addresses; `word` is written in each of its texts."""

    word: str
    args: dict[str, Any]


@dataclass(frozen=True)
class World:
    a: Side
    b: Side
    people: dict[str, User]


def build() -> World:
    """Return clients A and B; the reader may see A, the agent « owner » has a part of A."""
    load_definitions()
    owner, other = _agent("Odile", "Aubin"), _agent("Oscar", "Zadig")
    people = {
        "owner": owner.user,
        "other": other.user,
        "planner": factories.user(Role.PLANNER),
        "office": factories.user(Role.HEAD_OFFICE),
        "quality": factories.user(Role.QUALITY),
        "pay": factories.user(Role.PAY_BILLING),
        "direction": factories.user(Role.DIRECTION),
        "reader": factories.user(),
        "admin": factories.user(Role.ADMIN),
    }
    a, b = _side("Aubépine", "1", owner, people), _side("Zibeline", "2", other, people)
    readers = Group.objects.create(name="lecteurs-a")
    assign_perm("lots.view_client", readers, a.args["client_object"])
    people["reader"].groups.add(readers)
    shared = _shared(people, owner)
    return World(
        Side(a.word, a.args | shared), Side(b.word, b.args | shared), {k: v for k, v in people.items() if v}
    )


def _agent(first: str, last: str) -> Agent:
    person = factories.user(Role.AGENT, first_name=first, last_name=last)
    return factories.agent(first_name=first, last_name=last, user=person, departments=["33"])


def _side(word: str, digit: str, agent: Agent, people: dict[str, Any]) -> Side:
    names = {"last_name": word, "city": f"{word}-sur-Mer", "address": f"{digit} rue {word}"}
    customer = scenes.customer(name=f"{word} Énergies", code=f"CL-{word}")
    lot = factories.lot(client=customer, number=f"LOT-{word.upper()}", size=12, emmy_ref=f"EMMY-{word}")
    operations = [
        factories.operation(lot, reference=f"{word}-{rank}", area_declared=Decimal(56), **names)
        for rank in range(12)
    ]
    draw_lot(lot_id=lot.pk, site_count=3, contact_count=1, by=BY, contact_by_us=True)
    draw = lot.draws.first()
    drawn = set(lot.missions.values_list("operation_id", flat=True))
    free = [operation for operation in operations if operation.pk not in drawn]

    soon = timezone.now() + dt.timedelta(days=1)

    def mission(rank: int) -> Any:
        at = soon + dt.timedelta(hours=2 * rank)
        return factories.mission(
            operation=free[rank], agent=agent, status=MissionStatus.CONFIRMED, appointment_at=at
        )

    open_one = mission(0)
    slot = Appointment.objects.create(
        mission=open_one, agent=agent, starts_at=soon, ends_at=soon + dt.timedelta(hours=1), state="confirmed"
    )
    waiting, reported = mission(1), mission(2)
    reading = factories.reading(waiting, signature=PNG)
    photo = add_photo(key=uuid.uuid4(), reading=reading, content=factories.jpeg(), question="facade", by=BY)[
        0
    ]
    second = factories.reading(waiting)
    done = factories.reading(reported)
    reported.refresh_from_db()
    report = accept_and_issue(
        mission_id=reported.pk,
        reviewer=people["quality"],
        conclusion=Conclusion.NS,
        reasons=done.why,
        observation=f"Vu chez {word}",
    )
    paper = MissionDocument.objects.create(
        mission=open_one, file=_file(f"{word}-mission"), title=f"Plan {word}"
    )
    document = add_document(lot=lot, content=f"Attestation {word}".encode(), name=f"{word}.txt", by=BY)
    billed = scenes.drawn_lot(customer, number=f"LOT-{word.upper()}-F")
    scenes.missions(billed, 1)
    invoice = scenes.issued(billed)
    store_invoice_pdf(invoice_id=invoice.pk, by=scenes.BILLER)
    to_bill = scenes.drawn_lot(customer, number=f"LOT-{word.upper()}-D")
    scenes.missions(to_bill, 1)
    draft = scenes.prepare_lot_invoice(lot_id=to_bill.pk, by=scenes.BILLER, on=scenes.TODAY)
    batch = _batch(customer, word)
    late = factories.lot(client=customer, number=f"LOT-{word.upper()}-R", received_on=dt.date(2025, 1, 2))
    closed = scenes.drawn_lot(customer, number=f"LOT-{word.upper()}-C", status=LotStatus.DRAWN)
    return Side(
        word,
        {
            "client_object": customer,
            "client": [customer.pk],
            "lot": [lot.number],
            "lot_to_draw": [late.number],
            "lot_closing": [closed.number],
            "lot_id": [to_bill.pk],
            "synthesis": [lot.number, "pdf"],
            "draw": [lot.number, draw.pk],
            "document": [document.pk],
            "batch": [batch.pk],
            "batch_line": [batch.pk, 2],
            "mission": [open_one.pk],
            "number": [open_one.number],
            "act": [open_one.number, "contacter"],
            "mission_paper": [paper.pk],
            "slot": [slot.token],
            "waiting": [waiting.pk],
            "reported": [reported.pk],
            "reading": [reading.key],
            "photo": [photo.key],
            "dispute": [second.pk],
            "signature": [reading.pk],
            "report": [report.pk],
            "invoice": [invoice.pk],
            "draft": [draft.pk],
            "anomaly": ["lot_not_drawn", "lot", late.pk, "attendre"],
        },
    )


def _file(name: str, content: bytes = b"%PDF-1.4 essai", mime: str = "") -> Any:
    return store_file(content=content, name=f"{name}.pdf", store_path=f"essai/{name}.pdf", by=BY, mime=mime)


def _batch(customer: Any, word: str) -> Any:
    dates = "01/10/2025;01/11/2025"
    line = f"{word}-N1;{word};Jean;1 rue {word};33000;Bordeaux;BAR-EN-101;{dates};957735640;Isolation"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{word}.csv"
        path.write_text(f"{HEADER}\n{line}\n", encoding="utf-8")
        return open_import(client=customer, path=path, name=path.name, by=BY, fiche=factories.fiche())[0]


def _shared(people: dict[str, Any], owner: Agent) -> dict[str, Any]:
    """Objects of nobody's client: agents' rows, the cut-over's, messages, settings."""
    workbook = LegacyWorkbook.objects.create(file=_file("classeur"), name="classeur.xlsx")
    run = WorkbookRun.objects.create(kind="import", status="done", file_name="classeur.xlsx")
    letter = OutboxMessage.objects.create(
        topic="ged.file", aggregate="core.storedfile", aggregate_id=1, dead_at=timezone.now(), error="x"
    )
    InboxMessage.objects.create(source="essai", external_id="1", sha256="0" * 64, raw={}, error="x")
    absence = Absence.objects.create(
        agent=owner, first_day=timezone.localdate(), last_day=timezone.localdate()
    )
    today = timezone.localdate()
    parameter = Parameter.objects.order_by("pk").first()
    assert parameter is not None
    right = owner.authorisations.first()
    assert right is not None
    return {
        "": [],
        "agent": [owner.pk],
        "token": [owner.calendar_token],
        "absence": [absence.pk],
        "right": [right.pk],
        "today": [timezone.localdate().isoformat()],
        "date": [timezone.localdate()],
        "view": [SavedView.objects.create(owner=people["planner"], name="Mienne", query="").pk],
        "letter": ["envoi", letter.pk, "classer"],
        "table": ["delais"],
        "row": ["delais", parameter.pk],
        "workbook": workbook.pk,
        "run": [run.pk],
        "plan_run": [PlanRun.objects.create(scope=Scope(today, today).as_json()).pk],
        "dossier": [Dossier.objects.create(file=_file("dossier"), signature="0" * 64).pk],
        "condition": [Condition.objects.create(code="essai", label="Essai").code],
        "script": ["siege"],
        "export": ["csv"],
        "secret": ["rien"],
        "message": ["absent"],
        "part": ["absent", 1],
    }
