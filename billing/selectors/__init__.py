"""Reads: what is to invoice, invoices and their lines, done = billed = paid."""
