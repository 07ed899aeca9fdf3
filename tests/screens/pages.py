"""The pages that each role may open, from the table of addresses, with objects of the demonstration."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils import timezone

from billing.enums import InvoiceStatus
from billing.models import Invoice
from field.models import Photo, Reading
from integrations.enums import RunKind
from integrations.models import Condition, LegacyWorkbook, WorkbookRun
from lots.enums import LotStatus
from lots.models import Client, Draw, ImportBatch, Lot, LotDocument
from missions.enums import MissionStatus
from missions.models import Appointment, Mission, MissionDocument
from missions.selectors.anomalies import all_anomalies
from missions.views.acts import ACTS
from planning.models import PlanRun
from quality.models import Report
from spekty.accounts.models import Agent, User
from spekty.core.models import Parameter
from spekty.core.reference import tables
from tests.test_url_access import LINES, Line

# A role of the demonstration -> the same in the table of addresses.
ROLES = {
    "planning": "planner",
    "siege": "office",
    "terrain": "owner",
    "qualite": "quality",
    "paie": "pay",
    "direction": "direction",
    "admin": "admin",
    "lecteur": "reader",
    "anonyme": "anonymous",
}
# Views and filters that change a page as much as another address would.
QUERIES: dict[str, tuple[str, ...]] = {
    "lots:list": ("vue=tous", "q=rien+de+tel"),
    "missions:list": ("etat=reported", "q=rien+de+tel"),
    "missions:anomalies": ("etat=cote",),
    "quality:search": ("q=Martin", "q=rien+de+tel"),
    "billing:list": ("mois=2020-01",),
    "payroll:list": ("mois=2020-01",),
    "planning:day": ("type=ISO",),
    "quality:dashboard": ("mois=12&type=ISO",),
    "cutover:classify": ("tout=1&nature=PAY_DIFF",),
}
# The table tries these without their argument: nothing is there. With it, they are pages.
WITH_ARGUMENT = {"accounts:add_row", "cutover:freeze"}
# Pages of django-allauth that our templates draw.
DOORS = ("account_login", "account_reset_password", "account_reset_password_done", "account_signup")
OWN_DOORS = ("account_change_password", "account_logout", "account_reauthenticate")
# Files, data, pieces of a page.
NO_PAGES = {
    *("billing:export", "billing:pdf", "cutover:dossier_file", "cutover:findings_export", "cutover:progress"),
    *("field:manifest", "field:photo", "field:worker", "health", "integrations:agent_calendar"),
    *("lots:document", "lots:export", "lots:import_file", "lots:synthesis", "missions:document"),
    *("missions:export", "missions:invitation_calendar", "payroll:agent_pdf", "payroll:export"),
    *("payroll:mine_pdf", "quality:photo", "quality:preview", "quality:report", "quality:signature"),
}
REFUSED = {"planning": "payroll:scales", "terrain": "lots:list", "lecteur": "billing:list"}


@dataclass(frozen=True)
class Screen:
    """One page; `is_first` of its address, the others being the same page on another object."""

    name: str
    path: str
    is_first: bool = True
    code: int = 200


class NoObject(Exception):
    """The scene has no object for an address of the table."""


def screens(role: str) -> list[Screen]:
    """Return every page that the table lets a role open; several objects of one address differ by state."""
    found = [*_of_table(role), Screen("404", "/nulle-part/", code=404)]
    found += [Screen(name, reverse(name)) for name in (DOORS if role == "anonyme" else OWN_DOORS)]
    if role in REFUSED:
        found.append(Screen("403", reverse(REFUSED[role]), code=403))
    return found


def not_pages() -> Iterator[tuple[str, str, str]]:
    """Return (role, name, path) of what is left out for being no page, if the scene has an object of it."""
    for line in LINES:
        role = next((one for one in ROLES if _opens(line, ROLES[one])), None)
        if role and line.name in NO_PAGES:
            for values in arguments(role).get(line.args, [])[:1]:
                yield role, line.name, reverse(line.name, args=values)


def _opens(line: Line, role: str) -> bool:
    code = line.expected("GET", role)
    return code in (200, 286) or (line.name in WITH_ARGUMENT and code == 404)


def _of_table(role: str) -> Iterator[Screen]:
    objects, more = arguments(role), {**QUERIES, "cutover:freeze": (_workbook(),)}
    for line in LINES:
        if not _opens(line, ROLES[role]) or line.name in NO_PAGES:
            continue
        found = objects.get(line.name) or objects.get(line.args)
        if not found:
            raise NoObject(f"{line.name}: nothing for « {line.args} » in tests/screens/pages.py")
        is_shown = role != next(one for one in ROLES if _opens(line, ROLES[one]))
        paths = [reverse(line.name, args=values) for values in found]
        asked = [f"{paths[0]}?{query}" for query in more.get(line.name, ())]
        all_of_them = asked if line.name == "cutover:freeze" else paths + asked
        # Another role was shown each object: one is enough.
        for rank, path in enumerate(all_of_them[:1] if is_shown else all_of_them):
            yield Screen(line.name, path, rank == 0)


def _workbook() -> str:
    return f"classeur={LegacyWorkbook.objects.values_list('pk', flat=True).first()}"


def arguments(role: str) -> dict[str, list[list[Any]]]:
    """Return the arguments of each key of the table (or of one address), one object of each state."""
    user = User.objects.get(email=f"{'admin' if role == 'anonyme' else role}@spekty.example")
    today = timezone.localdate()
    own = Mission.objects.visible_to(user)
    agent = Agent.objects.select_related("user").get(user__email="terrain@spekty.example")
    mine = Mission.objects.filter(agent=agent, stop__tour__day=today) or Mission.objects.filter(agent=agent)
    mine = mine.select_related("lot__fiche")
    lots = _by_state(Lot.objects.visible_to(user).order_by("-pk"))
    missions = _by_state(own.order_by("-pk"))
    draft = Invoice.objects.filter(status=InvoiceStatus.DRAFT)
    issued = Invoice.objects.exclude(status=InvoiceStatus.DRAFT)
    waiting = Mission.objects.filter(status=MissionStatus.TO_REVIEW, readings__isnull=False)
    return {
        "": [[]],
        "act": [[mission.number, verb] for mission in missions[:1] for verb in ACTS],
        "agent": [[agent.pk]],
        "anomaly": _anomalies(),
        "batch": _pks(ImportBatch.objects.order_by("pk")),
        "client": _pks(Client.objects.visible_to(user))[:2],
        "condition": [[row.code] for row in Condition.objects.all()],
        "date": [[today]],
        "document": _pks(LotDocument.objects.all()),
        "dispute": _pks(Reading.objects.filter(state__in=("disputed", "set_aside")).order_by("pk")),
        "draft": _pks(draft),
        "draw": [[draw.lot.number, draw.pk] for draw in Draw.objects.select_related("lot")],
        "export": [["csv"]],
        "invoice": _pks(issued),
        "lot": [[lot.number] for lot in lots],
        "lot_closing": [[lot.number] for lot in lots if lot.status == LotStatus.DRAWN],
        "lot_to_draw": [[lot.number] for lot in lots if lot.status == LotStatus.RECEIVED],
        "mission": _pks(mine)[:2],
        "mission_paper": _pks(MissionDocument.objects.all()),
        "number": [[mission.number] for mission in missions],
        "photo": [[photo.key] for photo in Photo.objects.filter(reading__mission__agent=agent)[:1]],
        "plan_run": _pks(PlanRun.objects.all()),
        "reading": [[reading.key] for reading in Reading.objects.all()[:1]],
        "report": _pks(Report.objects.filter(file__isnull=False)),
        "reported": _pks(own.filter(status=MissionStatus.REPORTED)),
        "row": [["delais", row.pk] for row in Parameter.objects.all()[:1]],
        "run": _pks(WorkbookRun.objects.order_by("-pk")),
        "cutover:rollback": _pks(WorkbookRun.objects.filter(kind=RunKind.IMPORT)),
        "script": [["siege"], ["facturation"]],
        "signature": _pks(Reading.objects.filter(signature__isnull=False)),
        "slot": [[one.token] for one in Appointment.objects.order_by("-pk")[:1]],
        "synthesis": [[lot.number, "pdf"] for lot in lots[:1]],
        "table": [[table.code] for table in tables() if table.may_add],
        "today": [[today.isoformat()]],
        "token": [[agent.calendar_token]],
        "waiting": _pks(waiting),
    }


def _pks(rows: QuerySet[Any]) -> list[list[Any]]:
    return [[pk] for pk in rows.values_list("pk", flat=True)[:2]]


def _by_state(rows: QuerySet[Any]) -> list[Any]:
    """Return one row of each state."""
    found: dict[str, Model] = {}
    for row in rows:
        found.setdefault(row.status, row)
    return list(found.values())


def _anomalies() -> list[list[Any]]:
    """Return an act on one anomaly of each kind of object."""
    found = {anomaly.aggregate: anomaly for anomaly in all_anomalies(timezone.now())}
    return [[one.rule, one.aggregate, one.aggregate_id, "attendre"] for one in found.values()]
