"""The database rules that history may pass, by name and in this one place: everything else stays on."""

from collections.abc import Iterator
from contextlib import contextmanager

import pgtrigger

# A corrected workbook may say another status, another report: that is history, not a transition.
LOADING = (
    "missions.Mission:mission_status_guard",
    "quality.Report:report_append_only",
    "billing.Invoice:invoice_status_guard",
    "lots.Lot:lot_status_guard",
    "payroll.PayPeriod:pay_period_status_guard",
)
# A rollback takes back what its own run brought, closed months and issued invoices included.
ROLLING_BACK = (
    *LOADING,
    "billing.Invoice:issued_invoice_frozen",
    "billing.InvoiceLine:issued_lines_frozen",
    "payroll.PayLine:closed_period_frozen",
    "core.StateChange:state_change_append_only",
)


@contextmanager
def lifted(guards: tuple[str, ...]) -> Iterator[None]:
    """Switch off `guards` for this connection, for the time of the block."""
    with pgtrigger.ignore(*guards):
        yield
