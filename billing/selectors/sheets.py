"""An invoice as a person reads it: head, lines grouped and explained, totals, what was checked."""

import datetime as dt
from dataclasses import dataclass, field

from billing.enums import InvoiceKind
from billing.models import Invoice, InvoiceLine
from billing.rules import NoPrice, due_on
from billing.rules.invoice import NoVatRate
from billing.rules.numbering import format_number
from billing.selectors.computing import compute, expected_lot_plan, is_ready, lot_plan, month_plan
from billing.selectors.dossiers import Blocker, Dossier
from billing.selectors.facts import billed_lots, invoicing_rules
from billing.selectors.lines import Section, checks, sections, unsaved_line
from billing.selectors.parties import missing_mention
from spekty.core.models import NumberSeries
from spekty.core.months import month_end


@dataclass
class Sheet:
    """One invoice on screen; `invoice` isn't saved while nothing was prepared."""

    invoice: Invoice
    sections: list[Section] = field(default_factory=list)
    checks: list[tuple[str, str]] = field(default_factory=list)
    blockers: list[Blocker] = field(default_factory=list)
    refusal: str = ""
    on: dt.date | None = None
    due_on: dt.date | None = None
    next_number: str = ""

    @property
    def is_prepared(self) -> bool:
        return self.invoice.pk is not None


def issue_date(invoice: Invoice, today: dt.date, last: dt.date | None) -> dt.date:
    """Return the date to propose: the month's end once it is over, never before the last number's date."""
    wanted = month_end(invoice.month) if invoice.month else today
    if invoice.month and wanted > today:
        return wanted
    return max(wanted, last) if last else wanted


def next_number(on: dt.date) -> str:
    """Return the number that an invoice dated `on` would take now."""
    last = NumberSeries.objects.filter(code="FA", year=on.year).values_list("last", flat=True).first()
    return format_number(on.year, (last or 0) + 1)


def last_issued(kind: InvoiceKind = InvoiceKind.INVOICE) -> dt.date | None:
    """Return the date of the last paper of the series."""
    row = Invoice.objects.issued().filter(kind=kind).order_by("-issued_on").first()
    return row.issued_on if row else None


def sheet_of(invoice: Invoice, today: dt.date) -> Sheet:
    """Return the sheet of a stored invoice."""
    lines = list(invoice.lines.order_by("id"))
    sheet = Sheet(invoice, sections(lines))
    if not invoice.is_draft:
        sheet.on, sheet.due_on = invoice.issued_on, invoice.due_on
        return sheet
    return _to_issue(sheet, lines, today)


def _to_issue(sheet: Sheet, lines: list[InvoiceLine], today: dt.date) -> Sheet:
    sheet.refusal = missing_mention(sheet.invoice.client)
    sheet.on = issue_date(sheet.invoice, today, last_issued())
    sheet.due_on = due_on(sheet.on, sheet.invoice.client.payment_days)
    sheet.next_number = next_number(sheet.on)
    sheet.checks = checks(lines, invoicing_rules(), sheet.on)
    return sheet


def preview(dossier: Dossier, today: dt.date) -> Sheet:
    """Return the sheet that a dossier would give now, or once its lot is ready; nothing is written."""
    invoice = Invoice(client=dossier.client, lot=dossier.lot, month=dossier.month)
    sheet = Sheet(invoice, blockers=dossier.blockers)
    if dossier.lot is not None:
        plan, facts = lot_plan(dossier.lot, today)
        if not is_ready(facts, dossier.lot.number):
            billed = dossier.lot.number in billed_lots([dossier.client.pk])
            plan = expected_lot_plan(facts, dossier.lot.number, today, billed=billed)
    else:
        plan, facts = month_plan(dossier.client, dossier.month or today)
    if plan is None:
        sheet.refusal = "Rien n’est à facturer."
        return sheet
    try:
        computed = compute(dossier.client, plan, plan.on)
    except (NoPrice, NoVatRate) as error:
        sheet.refusal = str(error)
        return sheet
    invoice.total_ht, invoice.vat_pct = computed.total_ht, computed.vat_pct
    invoice.total_vat, invoice.total_ttc = computed.vat, computed.total_ttc
    lines = [unsaved_line(invoice, line, facts) for line in computed.lines]
    sheet.sections = sections(lines)
    return _to_issue(sheet, lines, today)
