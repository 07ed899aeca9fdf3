"""Screens of billing: the closing, invoices, what is written, the three-way control, prices."""
