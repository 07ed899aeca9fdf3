"""Invoices with their lines, and pay by agent and month, as the workbook holds them."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from billing.enums import InvoiceStatus, LineKind
from billing.models import Invoice, InvoiceLine
from integrations.workbook.fates import Fate
from integrations.workbook.loading.stages import Loading
from integrations.workbook.loading.upsert import Key, Upserted, upsert
from integrations.workbook.loading.words import CHANNELS
from integrations.workbook.rows import InvoiceRow, MissionRow, PayRow, Place
from payroll.enums import PayLineKind, PeriodStatus
from payroll.models import LegacyPayment, PayLine, PayPeriod
from spekty.core.enums import Channel
from spekty.core.models import NumberSeries

LEGACY = "Classeur"
ZERO = Decimal(0)
VAT_PCT = Decimal(20)
_SERIES = re.compile(r"^([A-Z]+)-(\d{4})-(\d+)$")


def load_invoices(loading: Loading) -> None:
    """Load the sheet Factures; a number written twice is one invoice, its first row."""
    wanted: dict[str, dict[str, Any]] = {}
    places = []
    for row in loading.book.invoices:
        client = loading.clients.get(row.client)
        if client is None or row.issued_on is None:
            reason = "client inconnu" if client is None else "date illisible"
            loading.settle(row.place, Fate.REJECTED, reason)
            continue
        if row.number in wanted:
            loading.settle(row.place, Fate.MERGED, "numéro de facture déjà lu")
            continue
        wanted[row.number] = _invoice(row, client)
        places.append((row.place, (row.number,)))
    done = loading.note("Invoice", upsert(Invoice, ("number",), wanted.values()))
    loading.settle_rows(places, done)
    loading.invoices = {str(key[0]): pk for key, pk in done.ids.items()}


def _invoice(row: InvoiceRow, client: int) -> dict[str, Any]:
    return {
        "number": row.number,
        "client_id": client,
        "status": InvoiceStatus.SENT,
        "issued_on": row.issued_on,
        "total_ht": row.total_ht or ZERO,
        "vat_pct": VAT_PCT,
        "total_vat": row.vat or ZERO,
        "total_ttc": row.total_ttc or ZERO,
        "is_legacy": True,
    }


def load_invoice_lines(loading: Loading) -> None:
    """Load one line per mission and invoice, as billed, with the fee and the discount of each invoice."""
    lines = [*_mission_lines(loading), *_invoice_extras(loading)]
    wanted = [line for _place, line in lines]
    done = upsert(
        InvoiceLine,
        ("invoice_id", "mission_id", "kind"),
        wanted,
        existing=InvoiceLine.objects.filter(is_legacy=True),
    )
    loading.note("InvoiceLine", done)
    places = ((place, (line["invoice_id"], line["mission_id"], line["kind"])) for place, line in lines)
    loading.tell(places, done, "Ligne de facture")


def _mission_lines(loading: Loading) -> Iterator[tuple[Place, dict[str, Any]]]:
    for row in loading.book.missions:
        for rank, number in enumerate(row.invoices):
            if number in loading.invoices and row.number in loading.missions:
                # The workbook holds one amount per mission: a second invoice number carries no other.
                amount = (row.billed or ZERO) if rank == 0 else ZERO
                line = _line(
                    loading.invoices[number],
                    _line_kind(row),
                    amount,
                    f"{row.number}, montant du classeur",
                    mission_id=loading.missions[row.number],
                    lot_id=loading.lots.get(row.lot),
                )
                yield row.place, line


def _line_kind(row: MissionRow) -> str:
    if row.channel and CHANNELS[row.channel] == Channel.CONTACT:
        return LineKind.CONTACT
    return LineKind.REINSPECTION if row.reinspection else LineKind.SITE


def _invoice_extras(loading: Loading) -> Iterator[tuple[Place, dict[str, Any]]]:
    for row in loading.book.invoices:
        invoice = loading.invoices.get(row.number)
        if invoice is None:
            continue
        if row.lot_fees:
            yield row.place, _line(invoice, LineKind.FEE, row.lot_fees, "Frais de lot du classeur")
        if row.discount:
            yield row.place, _line(invoice, LineKind.DISCOUNT, -abs(row.discount), "Remise du classeur")


def _line(
    invoice: int,
    kind: str,
    amount: Decimal,
    label: str,
    mission_id: int | None = None,
    lot_id: int | None = None,
) -> dict[str, Any]:
    return {
        "invoice_id": invoice,
        "mission_id": mission_id,
        "kind": kind,
        "lot_id": lot_id,
        "unit_amount": amount,
        "amount": amount,
        "rule": LEGACY,
        "label": label,
        "is_legacy": True,
    }


COMPONENTS = {
    "bonuses": (PayLineKind.SITE, "Primes de missions"),
    "contacts": (PayLineKind.CONTACT, "Contacts"),
    "unproductive": (PayLineKind.UNPRODUCTIVE, "Visites improductives"),
    "km": (PayLineKind.KM, "Kilomètres"),
    "meals": (PayLineKind.MEAL, "Paniers"),
    "volume": (PayLineKind.BONUS, "Prime de volume"),
}


def load_pay(loading: Loading) -> None:
    """Load the sheet Paie as closed periods, one line per component, and the month of each paid mission."""
    months = {row.month for row in loading.book.pay if row.month}
    months |= {row.pay_month for row in loading.book.missions if row.pay_month}
    periods = upsert(
        PayPeriod, ("month",), [{"month": m, "status": PeriodStatus.CLOSED} for m in sorted(months)]
    )
    loading.note("PayPeriod", periods)
    wanted: dict[Key, dict[str, Any]] = {}
    places: list[tuple[Place, list[Key]]] = []
    for row in loading.book.pay:
        agent = loading.agents.get(row.agent)
        if agent is None or row.month is None:
            loading.settle(
                row.place, Fate.REJECTED, "intervenant inconnu" if agent is None else "mois illisible"
            )
            continue
        lines: dict[Key, dict[str, Any]] = {
            (line["period_id"], agent, line["kind"]): line
            for line in _pay_lines(row, agent, periods.ids[(row.month,)])
        }
        wanted |= lines
        places.append((row.place, list(lines)))
    legacy = PayLine.objects.filter(is_legacy=True)
    done = upsert(PayLine, ("period_id", "agent_id", "kind"), wanted.values(), existing=legacy)
    loading.note("PayLine", done)
    _settle_pay(loading, places, done)
    _load_paid_missions(loading)


def _settle_pay(loading: Loading, places: list[tuple[Place, list[Key]]], done: Upserted) -> None:
    """A row of the sheet is several lines: updated when one of them changed."""
    for place, keys in places:
        loading.tell(((place, key) for key in keys), done, "Paie")
        if any(key in done.updated for key in keys):
            loading.settle(place, Fate.UPDATED, "mise à jour")
        elif keys and not any(key in done.created for key in keys):
            loading.settle(place, Fate.UNCHANGED)


def _pay_lines(row: PayRow, agent: int, period: int) -> Iterator[dict[str, Any]]:
    for name, (kind, label) in COMPONENTS.items():
        amount: Decimal | None = getattr(row, name)
        if amount:
            yield {
                "period_id": period,
                "agent_id": agent,
                "kind": kind,
                "belongs_to": row.month,
                "unit_amount": amount,
                "amount": amount,
                "rule": LEGACY,
                "label": f"{label}, montant du classeur",
                "is_legacy": True,
            }


def _load_paid_missions(loading: Loading) -> None:
    paid = [row for row in loading.book.missions if row.pay_month and row.number in loading.missions]
    wanted = [{"mission_id": loading.missions[row.number], "month": row.pay_month} for row in paid]
    done = loading.note("LegacyPayment", upsert(LegacyPayment, ("mission_id",), wanted))
    loading.tell(((row.place, (loading.missions[row.number],)) for row in paid), done, "Mois de paie")


def load_series(loading: Loading) -> None:
    """Move the gapless series past every number of the workbook, never back."""
    highest: dict[tuple[str, int], int] = {}
    for number in [*loading.missions, *loading.invoices, *loading.lots]:
        match = _SERIES.match(number)
        if match:
            key = (match[1], int(match[2]))
            highest[key] = max(highest.get(key, 0), int(match[3]))
    for (code, year), last in sorted(highest.items()):
        series, _ = NumberSeries.objects.select_for_update().get_or_create(code=code, year=year)
        if series.last < last:
            loading.series[f"{code} {year}"] = [series.last, last]
            series.last = last
            series.save(update_fields=["last"])
