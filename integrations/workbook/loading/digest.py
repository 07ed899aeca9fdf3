"""One fingerprint of everything loaded: two runs of one workbook give the same, whatever happened between."""

import hashlib
from collections.abc import Iterator

from billing.models import Invoice, InvoiceLine, Price
from field.models import DailyKm
from lots.models import Client, Lot, Operation
from missions.models import Mission, UnproductiveVisit
from payroll.models import LegacyPayment, PayLine, PayScale
from quality.models import Report, Review
from spekty.accounts.models import Agent, Authorisation


def history_digest() -> str:
    """Return the SHA-256 of the loaded history, by natural keys, in a fixed order."""
    total = hashlib.sha256()
    for name, rows in _tables():
        total.update(name.encode())
        for row in rows:
            total.update(repr(row).encode())
    return total.hexdigest()


def _tables() -> Iterator[tuple[str, Iterator[tuple[object, ...]]]]:
    # Natural keys only: primary keys depend on what was there before.
    legacy_lots = Lot.objects.filter(is_legacy=True)
    legacy_missions = Mission.objects.filter(is_legacy=True)
    for queryset, fields in (
        (Client.objects.all(), ("code", "name", "siren", "billing_mode", "unproductive_pct", "lot_fee")),
        (Price.objects.all(), ("client__code", "item", "valid_from", "amount")),
        (Agent.objects.all(), ("code", "initials", "last_name", "contract", "vehicle", "postcode")),
        (Authorisation.objects.all(), ("agent__code", "family", "valid_from", "valid_to")),
        (PayScale.objects.all(), ("contract", "item", "valid_from", "amount")),
        (
            legacy_lots,
            (
                "number",
                "client__code",
                "fiche__code",
                "size",
                "received_on",
                "filing_on",
                "status",
                "verdict",
            ),
        ),
        (
            Operation.objects.filter(is_legacy=True),
            (
                "lot__number",
                "reference",
                "last_name",
                "address",
                "postcode",
                "engaged_on",
                "selected",
                "rank",
            ),
        ),
        (
            legacy_missions,
            (
                "number",
                "operation__reference",
                "status",
                "conclusion",
                "agent__code",
                "visited_at",
                "appointment_at",
            )
            + ("reported_on", "area_measured", "comment"),
        ),
        (UnproductiveVisit.objects.filter(source="import"), ("mission__number", "agent__code", "at")),
        (DailyKm.objects.all(), ("agent__code", "day", "km")),
        (Review.objects.filter(is_legacy=True), ("mission__number", "reviewer_name", "conclusion")),
        (Report.objects.filter(is_legacy=True), ("mission__number", "rank", "conclusion", "issued_at")),
        (
            Invoice.objects.filter(is_legacy=True),
            ("number", "client__code", "issued_on", "total_ht", "total_ttc"),
        ),
        (
            InvoiceLine.objects.filter(is_legacy=True),
            ("invoice__number", "mission__number", "kind", "amount"),
        ),
        (PayLine.objects.filter(is_legacy=True), ("agent__code", "belongs_to", "kind", "amount")),
        (LegacyPayment.objects.all(), ("mission__number", "month")),
    ):
        rows = queryset.order_by(*fields).values_list(*fields)
        yield queryset.model._meta.label, rows.iterator(chunk_size=5000)
