"""Writes of billing: drafts, issue, credit notes, payment, price lists."""

from billing.services.credits import issue_credit_note
from billing.services.documents import invoice_pdf, store_invoice_pdf
from billing.services.drafts import (
    LotNotReady,
    NothingToInvoice,
    PriceMissing,
    discard_draft,
    prepare_lot_invoice,
    prepare_monthly_invoices,
    refresh_draft,
)
from billing.services.issuing import DraftChanged, WrongDate, issue_invoice
from billing.services.payments import send_invoice, settle_invoice, unsettle_invoice
from billing.services.prices import RowInUse, add_price, add_rate

__all__ = [
    "DraftChanged",
    "LotNotReady",
    "NothingToInvoice",
    "PriceMissing",
    "RowInUse",
    "WrongDate",
    "add_price",
    "add_rate",
    "discard_draft",
    "invoice_pdf",
    "issue_credit_note",
    "issue_invoice",
    "prepare_lot_invoice",
    "prepare_monthly_invoices",
    "refresh_draft",
    "send_invoice",
    "settle_invoice",
    "store_invoice_pdf",
    "unsettle_invoice",
]
