"""Load again the reference rows of the migrations, for tests whose tables were emptied."""

import csv
from collections.abc import Iterator
from pathlib import Path

from billing.enums import RateCode
from billing.models import BillingRate, Issuer
from payroll.models import PayScale

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
