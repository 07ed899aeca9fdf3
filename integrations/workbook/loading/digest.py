"""One fingerprint of everything loaded: two runs of one workbook give the same, whatever happened between."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from billing.models import Invoice, InvoiceLine, Price
from field.models import DailyKm
from lots.models import Client, Fiche, Installer, Lot, Operation
from missions.models import Mission, UnproductiveVisit
from payroll.models import LegacyPayment, PayLine, PayPeriod, PayScale
from quality.models import Report, Review
from spekty.accounts.models import Agent, Authorisation

# Keys, and what depends on the day or on chance, not on the workbook.
LEFT_OUT = frozenset({"id", "version", "calendar_token", "created_at", "user"})
NATURAL: dict[type[models.Model], str] = {
    Client: "code",
    Agent: "code",
    Fiche: "code",
    Installer: "siren",
    Lot: "number",
    Operation: "reference",
    Mission: "number",
    Invoice: "number",
    PayPeriod: "month",
}


def tables() -> Iterator[models.QuerySet[Any]]:
    """Yield every table that a load writes, those of history restricted to it."""
    whole: tuple[type[models.Model], ...] = (Client, Price, Agent, Authorisation, PayScale, Fiche, Installer)
    legacy: tuple[type[models.Model], ...] = (
        Lot,
        Operation,
        Mission,
        Review,
        Report,
        Invoice,
        InvoiceLine,
        PayLine,
    )
    for model in whole:
        yield model._default_manager.all()
    for model in legacy:
        yield model._default_manager.filter(is_legacy=True)
    yield UnproductiveVisit.objects.filter(source="import")
    for model in (DailyKm, PayPeriod, LegacyPayment):
        yield model._default_manager.all()


def history_digest() -> str:
    """Return the SHA-256 of the loaded history, every column, by natural keys, in a fixed order."""
    total = hashlib.sha256()
    for queryset in tables():
        total.update(queryset.model._meta.label.encode())
        columns = _columns(queryset.model)
        # Compared as text: the order must not depend on the collation nor on the rows' keys.
        lines = sorted(
            json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False)
            for row in queryset.order_by().values_list(*columns).iterator(chunk_size=5000)
        )
        for line in lines:
            total.update(line.encode())
    return total.hexdigest()


def _columns(model: type[models.Model]) -> list[str]:
    names = []
    for field in model._meta.concrete_fields:
        if field.name in LEFT_OUT:
            continue
        natural = NATURAL.get(field.related_model) if field.is_relation else None  # type: ignore[arg-type]
        names.append(f"{field.name}__{natural}" if natural else field.attname)
    return names
