"""INVOICE_DIFF, MISSION_PRICE_DIFF, NOT_INVOICED, INVOICED_TWICE."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from billing.rules import (
    Invoice,
    InvoicingMode,
    LineKind,
    compute_invoice,
    mission_lines,
)
from integrations.workbook.replay.findings import Discrepancy, Kind, differs, found_at, plain
from integrations.workbook.replay.history import History
from integrations.workbook.rows import InvoiceRow, MissionRow
from spekty.core import french
from spekty.core.money import ZERO


@dataclass(frozen=True)
class InvoiceReplay:
    """The workbook's invoices (by row), the missions each carries, and what each should be."""

    carried: Mapping[int, list[MissionRow]]
    computed: Mapping[int, Invoice]
    mission_price: Mapping[int, Decimal]


def replay_invoices(history: History) -> InvoiceReplay:
    """Recompute every invoice of the sheet Factures with billing.rules."""
    carried = _carried(history)
    computed: dict[int, Invoice] = {}
    fees_taken: set[str] = set()
    for row in sorted(history.book.invoices, key=lambda r: (r.issued_on or dt.date.max, r.number)):
        missions = carried.get(row.place.row, [])
        lots = dict.fromkeys(lot.number for m in missions if (lot := history.lot_of(m)))
        fee_lots = [lot for lot in lots if lot not in fees_taken]
        fees_taken.update(fee_lots)
        invoice = _compute(history, row, missions, fee_lots)
        if invoice is not None:
            computed[row.place.row] = invoice
    prices = {
        mission.place.row: price
        for mission in history.book.missions
        if mission.invoices and (price := _mission_price(history, mission)) is not None
    }
    return InvoiceReplay(carried, computed, prices)


def _carried(history: History) -> dict[int, list[MissionRow]]:
    """Return the missions that carry each invoice's number, by row of the invoice.

    When a number was used twice, a mission goes to the row of its client and lot.
    """
    rows: dict[str, list[InvoiceRow]] = defaultdict(list)
    for row in history.book.invoices:
        rows[row.number].append(row)
    carried: dict[int, list[MissionRow]] = defaultdict(list)
    for mission in history.book.missions:
        for number in mission.invoices:
            if number not in rows:
                reason = f"facture inconnue de la feuille Factures : {number}"
                history.remark(mission.place, "invoices", number, reason)
                continue
            carried[_row_of(history, mission, rows[number]).place.row].append(mission)
    return carried


def _row_of(history: History, mission: MissionRow, rows: list[InvoiceRow]) -> InvoiceRow:
    """Among the rows of one number: same client and lot listed, then the first not before the report."""
    if len(rows) == 1:
        return rows[0]
    lot = history.lot_of(mission)
    reported = mission.reported_on or dt.date.min

    def rank(row: InvoiceRow) -> tuple[bool, bool, bool, dt.date]:
        issued = row.issued_on or dt.date.max
        return (
            not (lot and row.client == lot.client),
            not (lot and lot.number in row.lots),
            issued < reported,
            issued,
        )

    return min(rows, key=rank)


def _compute(
    history: History, row: InvoiceRow, missions: list[MissionRow], fee_lots: list[str]
) -> Invoice | None:
    """Return what the invoice should be, None (with a remark) when a fact is missing."""
    owners = Counter(client.code for m in missions if (client := history.client_of(m)))
    owner = owners.most_common(1)[0][0] if owners else row.client
    if set(owners) - {row.client}:
        others = ", ".join(sorted(set(owners) - {row.client}))
        reason = f"facture au nom de {row.client} qui porte des missions de {others}"
        history.remark(row.place, "client", row.client, reason)
    terms = history.terms.get(owner)
    if terms is None or row.issued_on is None:
        reason = "facture non recalculable : client ou date inconnus"
        history.remark(row.place, "client", row.client, reason)
        return None
    return compute_invoice(
        on=row.issued_on,
        terms=terms,
        missions=[b for m in missions if (b := history.billable(m))],
        fee_lots=fee_lots,
        prices=history.prices,
        rules=history.rules.invoicing,
    )


def _mission_price(history: History, mission: MissionRow) -> Decimal | None:
    billable, client = history.billable(mission), history.client_of(mission)
    terms = history.terms.get(client.code) if client else None
    if billable is None or terms is None:
        return None
    return sum((line.amount for line in mission_lines(billable, terms, history.prices)), ZERO)


def invoice_discrepancies(history: History, replay: InvoiceReplay) -> Iterator[Discrepancy]:
    """Yield the invoices whose total HT or TTC isn't the recomputed one."""
    uses = Counter(row.number for row in history.book.invoices)
    for row in history.book.invoices:
        invoice = replay.computed.get(row.place.row)
        if invoice is None or (uses[row.number] > 1 and not replay.carried.get(row.place.row)):
            continue
        ht, ttc = row.total_ht or ZERO, row.total_ttc or ZERO
        if differs(invoice.total_ht, ht) or differs(invoice.total_ttc, ttc):
            expected = f"HT {plain(invoice.total_ht)} ; TTC {plain(invoice.total_ttc)}"
            found = f"HT {plain(ht)} ; TTC {plain(ttc)}"
            yield found_at(
                row.place,
                Kind.INVOICE_DIFF,
                row.number,
                expected,
                found,
                f"Facture {row.number} : attendu {french.euros(invoice.total_ht)} HT et "
                f"{french.euros(invoice.total_ttc)} TTC, trouvé {french.euros(ht)} et {french.euros(ttc)}. "
                f"{_arithmetic(invoice)}",
            )


_PARTS = {
    LineKind.MISSION: ("mission sur site", "missions sur site"),
    LineKind.REINSPECTION: ("contre-visite", "contre-visites"),
    LineKind.CONTACT: ("contact", "contacts"),
    LineKind.UNPRODUCTIVE: ("déplacement improductif", "déplacements improductifs"),
    LineKind.DISCOUNT: ("remise", "remises"),
    LineKind.LOT_FEE: ("frais de lot", "frais de lot"),
}


def _arithmetic(invoice: Invoice) -> str:
    """Say how the expected total is made, with the dates of the prices applied."""
    parts = []
    for kind, nouns in _PARTS.items():
        lines = [line for line in invoice.lines if line.kind is kind]
        if lines:
            # One mission may have had several visits for nothing.
            count = french.plural(int(sum(line.quantity for line in lines)), *nouns)
            parts.append(f"{count} {french.euros(invoice.of(kind))}")
    dates = sorted({line.rule_date for line in invoice.lines if line.rule_date and line.mission})
    prices = ", ".join(french.day(day) for day in dates)
    priced = f", tarifs du {prices}" if prices else ""
    vat = french.percent_points(invoice.vat_pct)
    return f"Recalcul : {' + '.join(parts) or 'aucune ligne'}{priced}, TVA {vat}."


def mission_price_discrepancies(history: History, replay: InvoiceReplay) -> Iterator[Discrepancy]:
    """Yield the invoiced missions whose amount isn't that of their lines."""
    for mission in history.book.missions:
        price = replay.mission_price.get(mission.place.row)
        billed = mission.billed or ZERO
        if price is None or not differs(price, billed):
            continue
        yield found_at(
            mission.place,
            Kind.MISSION_PRICE_DIFF,
            mission.number,
            plain(price),
            plain(billed),
            f"Mission {mission.number}, facture {mission.invoices[0]} : attendu {french.euros(price)}, "
            f"trouvé {french.euros(billed)}. {_lines_text(history, mission)}",
        )


def _lines_text(history: History, mission: MissionRow) -> str:
    billable, client = history.billable(mission), history.client_of(mission)
    if billable is None or client is None:
        return ""
    lines = mission_lines(billable, history.terms[client.code], history.prices)
    if not lines:
        return "Rien n’est facturable : aucun rapport émis."
    return " ".join(f"{french.euros(line.amount)} : {line.label}" for line in lines)


def invoiced_twice(history: History) -> Iterator[Discrepancy]:
    """Yield the missions that carry two invoice numbers."""
    for mission in history.book.missions:
        if len(mission.invoices) > 1:
            numbers = " ; ".join(mission.invoices)
            yield found_at(
                mission.place,
                Kind.INVOICED_TWICE,
                mission.number,
                mission.invoices[0],
                numbers,
                f"Mission {mission.number} facturée {len(mission.invoices)} fois ({numbers}) : attendu une "
                f"seule facture par mission.",
            )


def not_invoiced(history: History) -> Iterator[Discrepancy]:
    """Yield the reported missions that no invoice carries though one should."""
    last = max((row.issued_on for row in history.book.invoices if row.issued_on), default=None)
    first_of_lot: dict[str, str] = {}
    for row in history.book.invoices:
        for lot in row.lots:
            first_of_lot.setdefault(lot, row.number)
    for mission in history.book.missions:
        if not mission.reported or mission.invoices:
            continue
        why = _why_due(history, mission, last, first_of_lot)
        if why:
            yield found_at(
                mission.place,
                Kind.NOT_INVOICED,
                mission.number,
                "un numéro de facture",
                "",
                f"Mission {mission.number} : rapport émis, aucune facture alors que {why}.",
            )


def _why_due(
    history: History, mission: MissionRow, last: dt.date | None, first_of_lot: Mapping[str, str]
) -> str:
    lot, client = history.lot_of(mission), history.client_of(mission)
    if lot is None or client is None or client.mode is None:
        return ""
    if client.mode is InvoicingMode.PER_LOT and not mission.reinspection:
        number = first_of_lot.get(lot.number)
        return f"le lot {lot.number} (mode Au lot) a été facturé par {number}" if number else ""
    if last is None or mission.reported_on is None or mission.reported_on > last:
        return ""
    what = "contre-visite d’un lot Au lot" if client.mode is InvoicingMode.PER_LOT else "mode Mensuelle"
    return (
        f"le rapport du {french.day(mission.reported_on)} n’est pas postérieur à la dernière facture du "
        f"{french.day(last)} ({what})"
    )
