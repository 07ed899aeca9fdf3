"""Cells beside the stated rules that contradict them: remarks of the control, never discrepancies."""

from decimal import Decimal

from billing.rules import Invoice, LineKind
from integrations.workbook.replay.findings import differs
from integrations.workbook.replay.history import History
from integrations.workbook.replay.invoices import InvoiceReplay
from integrations.workbook.rows import InvoiceRow, LotRow
from lots.rules.rates import RateRow, UnknownRate
from spekty.core import french
from spekty.core.money import ZERO

OWN_LINES = frozenset({LineKind.MISSION, LineKind.REINSPECTION, LineKind.CONTACT})


def remark_invoice_cells(history: History, replay: InvoiceReplay) -> None:
    """Remark the fee, discount, VAT or line count of an invoice whose totals are right."""
    for row in history.book.invoices:
        invoice = replay.computed.get(row.place.row)
        if invoice is None or differs(invoice.total_ht, row.total_ht or ZERO):
            continue
        for column, label, due, written in _cells(row, invoice):
            if differs(due, written):
                reason = f"{label} : attendu {french.number(due)}, trouvé {french.number(written)}"
                history.remark(row.place, column, french.number(written), reason)


def _cells(row: InvoiceRow, invoice: Invoice) -> list[tuple[str, str, Decimal, Decimal]]:
    own = sum(line.kind in OWN_LINES for line in invoice.lines)
    return [
        ("lot_fees", "Frais lot", invoice.of(LineKind.LOT_FEE), row.lot_fees or ZERO),
        ("discount", "Remise", invoice.of(LineKind.DISCOUNT), row.discount or ZERO),
        ("vat", "TVA", invoice.vat, row.vat or ZERO),
        ("mission_lines", "Nb lignes mission", Decimal(own), Decimal(row.mission_lines or 0)),
    ]


def remark_lot_cells(history: History, lot: LotRow, operations: int, rate: RateRow | UnknownRate) -> None:
    """Remark a lot whose announced size or rates aren't those of its operations."""
    if lot.operations != operations:
        reason = f"Nb opérations : {lot.operations} annoncées, {operations} lignes dans Opérations"
        history.remark(lot.place, "operations", str(lot.operations), reason)
    if isinstance(rate, UnknownRate):
        history.remark(lot.place, "fiche", lot.fiche, rate.reason)
        return
    for column, label, due, written in (
        ("site_pct", "Taux site %", rate.site_pct, lot.site_pct),
        ("contact_pct", "Taux contact %", rate.contact_pct, lot.contact_pct),
    ):
        if (due or ZERO) != (written or ZERO):
            reason = f"{label} : attendu {_shown(due)} (règle du {french.day(rate.engaged_from)}), "
            history.remark(lot.place, column, _shown(written), f"{reason}trouvé {_shown(written)}")


def _shown(rate: Decimal | None) -> str:
    return "aucun" if rate is None else french.percent_points(rate)
