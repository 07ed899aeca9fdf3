"""Small objects with sensible defaults; a test names only what it is about."""

import datetime as dt
import io
import itertools
import uuid
from typing import Any

from django.contrib.auth.models import Group
from django.utils import timezone
from PIL import Image

from billing.models import Price
from field.models import Reading
from field.services import record_reading
from field.services.readings import Visit
from lots.enums import BillingMode, LotStatus
from lots.models import Client, Fiche, Installer, Lot, Operation
from missions.enums import HELD_STATUSES, MissionStatus
from missions.models import Mission
from spekty.accounts.enums import Contract, Role, Vehicle
from spekty.accounts.models import Agent, Authorisation, User
from spekty.core.actors import Actor
from spekty.core.enums import Channel, Family, Source

_serial = itertools.count(1)
PASSWORD = "une phrase de passe longue"


def user(*roles: str, **fields: Any) -> User:
    """Return a person who holds `roles`."""
    number = next(_serial)
    values = {
        "email": f"personne{number}@spekty.example",
        "first_name": "Nadia",
        "last_name": f"Ferrand{number}",
    }
    person = User.objects.create_user(password=PASSWORD, **(values | fields))
    person.groups.set(Group.objects.get_or_create(name=role)[0] for role in roles)
    return person


def actor(*roles: str, source: Source = Source.WEB) -> Actor:
    """Return a person as services see one; no account is needed."""
    return Actor(user_id=1, name="Test", roles=frozenset(roles), source=source)


def agent(*, families: tuple[str, ...] = tuple(Family.values), **fields: Any) -> Agent:
    """Return an agent authorised for `families` since 2020."""
    number = next(_serial)
    values: dict[str, Any] = {
        "code": f"AG-{number:03d}",
        "initials": f"A{number}",
        "last_name": "Coste",
        "first_name": "Dominique",
        "contract": Contract.EMPLOYEE,
        "vehicle": Vehicle.OWN,
        "postcode": "33000",
        "city": "Bordeaux",
        "lat": 44.84,
        "lon": -0.58,
        "departments": ["33"],
    }
    person = Agent.objects.create(**(values | fields))
    for family in families:
        Authorisation.objects.create(agent=person, family=family, valid_from=dt.date(2020, 1, 1))
    return person


def client(**fields: Any) -> Client:
    number = next(_serial)
    values = {
        "code": f"CL-{number:03d}",
        "name": f"Énergies {number}",
        "siren": "",
        "address": "12 quai des Chartrons",
        "postcode": "33000",
        "city": "Bordeaux",
        "billing_mode": BillingMode.LOT,
    }
    return Client.objects.create(**(values | fields))


def price(customer: Client, item: str, amount: str, since: dt.date = dt.date(2020, 1, 1)) -> Price:
    return Price.objects.create(client=customer, item=item, amount=amount, valid_from=since)


def fiche(code: str = "BAR-EN-101", family: str = Family.ISO, minutes: int = 45) -> Fiche:
    defaults = {"family": family, "minutes": minutes, "label": "Isolation de combles"}
    return Fiche.objects.get_or_create(code=code, defaults=defaults)[0]


def lot(**fields: Any) -> Lot:
    number = next(_serial)
    values: dict[str, Any] = {
        "number": f"LOT-2026-{number:04d}",
        "received_on": dt.date(2026, 1, 5),
        "size": 10,
    }
    if fields.get("status", LotStatus.RECEIVED) != LotStatus.RECEIVED:
        values["drawn_on"] = dt.date(2026, 1, 6)
    values |= fields
    values.setdefault("client", None)
    values["client"] = values["client"] or client()
    values["fiche"] = values.get("fiche") or fiche()
    return Lot.objects.create(**values)


def operation(parent: Lot | None = None, **fields: Any) -> Operation:
    number = next(_serial)
    installer, _ = Installer.objects.get_or_create(siren="957735640", defaults={"name": "Isolation du Sud"})
    values: dict[str, Any] = {
        "lot": parent or lot(),
        "reference": f"REF-{number:05d}",
        "last_name": "Poirier",
        "first_name": "Gabrielle",
        "address": f"{number} rue des Acacias",
        "postcode": "33650",
        "city": "Saint-Selve",
        "department": "33",
        "engaged_on": dt.date(2025, 10, 1),
        "completed_on": dt.date(2025, 11, 1),
        "installer": installer,
        "lat": 44.67,
        "lon": -0.48,
    }
    return Operation.objects.create(**(values | fields))


def mission(**fields: Any) -> Mission:
    """Return a mission; a held or reported status fills the dates that it needs."""
    number = next(_serial)
    parent = fields.pop("lot", None)
    site = fields.pop("operation", None) or operation(parent)
    values: dict[str, Any] = {
        # Beyond the numbers of the demonstration's workbook.
        "number": f"M-2026-{500_000 + number}",
        "lot": site.lot,
        "operation": site,
        "channel": Channel.SITE,
        "family": site.lot.fiche.family,
        "status": MissionStatus.TO_PLAN,
    }
    if fields.get("status") in HELD_STATUSES:
        values["visited_at"] = dt.datetime(2026, 1, 20, 9, 0, tzinfo=dt.UTC)
    if fields.get("status") == MissionStatus.REPORTED:
        values["reported_on"] = dt.date(2026, 1, 25)
    return Mission.objects.create(**(values | fields))


def field_agent(**fields: Any) -> Agent:
    """Return an agent who signs in to the field portal."""
    person = user(Role.AGENT, first_name="Suzanne", last_name="Lemonnier")
    values: dict[str, Any] = {"first_name": "Suzanne", "last_name": "Lemonnier"}
    return agent(**(values | fields), user=person)


ISO_ANSWERS: dict[str, Any] = {
    "done": "yes",
    "access": "yes",
    "area_measured": "47",
    "thickness": ["121", "119", "119"],
    "even": "yes",
    "flue_distance": "na",
    "quote": "2",
    "invoice": "1",
}


def reading(
    parent: Mission | None = None,
    *,
    by: Agent | None = None,
    answers: dict[str, Any] | None = None,
    **visit: Any,
) -> Reading:
    """Return a complete reading of a loft, sent by its agent: its mission is to be reviewed."""
    inspector = by or (parent.agent if parent and parent.agent else field_agent())
    target = parent or mission(status=MissionStatus.CONFIRMED, agent=inspector)
    details: dict[str, Any] = {
        "answers": ISO_ANSWERS if answers is None else answers,
        "started_at": timezone.now() - dt.timedelta(minutes=50),
        "finished_at": timezone.now() - dt.timedelta(minutes=5),
        "signer": "Gabrielle Poirier",
    }
    return record_reading(
        key=uuid.uuid4(),
        mission_id=target.pk,
        agent=inspector,
        visit=Visit(**(details | visit)),
        by=actor(Role.AGENT, source=Source.FIELD),
    ).reading


def jpeg(size: tuple[int, int] = (640, 480), colour: str = "teal", **options: Any) -> bytes:
    """Return a small photo."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG", **options)
    return out.getvalue()
