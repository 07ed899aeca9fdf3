"""Dated price lists and rates, the issuer's identity, invoices and credit notes."""

from billing.models.invoices import Invoice, InvoiceLine, InvoiceQuerySet
from billing.models.reference import BillingRate, Issuer, Price

__all__ = ["BillingRate", "Invoice", "InvoiceLine", "InvoiceQuerySet", "Issuer", "Price"]
