"""What a client is invoiced, and why (pay-and-billing.md)."""

from billing.rules.facts import (
    BillableMission,
    Channel,
    ClientTerms,
    InvoiceLine,
    InvoicingMode,
    LineKind,
    LotState,
    MissionState,
)
from billing.rules.invoice import DiscountStep, Invoice, InvoicingRules, VatRate, compute_invoice, due_on
from billing.rules.numbering import (
    InvoiceNumber,
    find_duplicates,
    find_gaps,
    format_number,
    next_number,
    parse_number,
)
from billing.rules.prices import NoPrice, PriceList, PriceRow, lot_fee_line, mission_lines
from billing.rules.schedule import InvoicePlan, lot_is_ready, plan_lot_invoice, plan_month_end

__all__ = [
    "BillableMission",
    "Channel",
    "ClientTerms",
    "DiscountStep",
    "Invoice",
    "InvoiceLine",
    "InvoiceNumber",
    "InvoicePlan",
    "InvoicingMode",
    "InvoicingRules",
    "LineKind",
    "LotState",
    "MissionState",
    "NoPrice",
    "PriceList",
    "PriceRow",
    "VatRate",
    "compute_invoice",
    "due_on",
    "find_duplicates",
    "find_gaps",
    "format_number",
    "lot_fee_line",
    "lot_is_ready",
    "mission_lines",
    "next_number",
    "parse_number",
    "plan_lot_invoice",
    "plan_month_end",
]
