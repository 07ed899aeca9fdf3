"""Load again the reference rows of the migrations, for tests whose tables were emptied."""

import csv
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from django.apps import apps

from billing.enums import RateCode
from billing.models import BillingRate, Issuer
from field.services import load_definitions as load_field_definitions
from lots.models import InspectionRate
from payroll.models import PayScale
from spekty.core.models import Parameter

ROOT = Path(__file__).resolve().parents[1]


def rows(path: str) -> Iterator[dict[str, str]]:
    with (ROOT / path).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def load_billing() -> None:
    """VAT, volume discounts, issuer."""
    if BillingRate.objects.exists():
        return
    for row in rows("billing/data/vat_rates.csv"):
        BillingRate.objects.create(code=RateCode.VAT, **row)
    for row in rows("billing/data/volume_discounts.csv"):
        threshold = row.pop("from_lines")
        BillingRate.objects.create(code=RateCode.DISCOUNT, threshold=threshold, **row)
    for row in rows("billing/data/issuer.csv"):
        Issuer.objects.create(**row)


def load_pay() -> None:
    """Pay scale."""
    if not PayScale.objects.exists():
        PayScale.objects.bulk_create(PayScale(**row) for row in rows("payroll/data/pay_rates.csv"))


def load_parameters() -> None:
    """Delays, thresholds, targets."""
    for module, name in (
        ("spekty.core.migrations.0003_parameters", "PARAMETERS"),
        ("planning.migrations.0002_reminder", "PARAMETERS"),
        ("quality.migrations.0002_targets", "TARGETS"),
    ):
        for code, label, value, unit, reference in getattr(import_module(module), name):
            defaults = {"label": label, "value": value, "unit": unit, "reference": reference}
            Parameter.objects.get_or_create(code=code, defaults=defaults)


def load_lots() -> None:
    """Fiches, inspection rates, NS ceilings."""
    if not InspectionRate.objects.exists():
        import_module("lots.migrations.0002_reference_data").load(apps, None)


def load_definitions() -> None:
    """Questionnaires."""
    load_field_definitions()
