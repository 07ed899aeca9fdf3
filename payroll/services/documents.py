"""Papers of pay: an agent's sheet, and the file for the payroll office."""

from typing import Any

from payroll.models import PayExport, PayPeriod
from payroll.selectors.periods import HEADER, MonthSheet, export_rows
from spekty.accounts.models import Agent
from spekty.core.actors import Actor
from spekty.core.files import free_path, store_file
from spekty.core.history import acting
from spekty.core.pdf import render_pdf
from spekty.core.tables import as_csv


def pay_sheet_pdf(sheet: MonthSheet, agent: Agent) -> bytes:
    """Return the PDF of an agent's month, each line explained."""
    context: dict[str, Any] = {"sheet": sheet, "agent": agent, "pay": sheet.of(agent)}
    return render_pdf("payroll/pdf/sheet.html", context)


def export_period(period: PayPeriod, by: Actor) -> PayExport:
    """Keep the file of a closed period for the payroll office, in the caller's transaction."""
    rows = export_rows(period.lines.select_related("agent"), period.month)
    name = f"paie-{period.month:%Y-%m}.csv"
    file = store_file(
        content=as_csv(HEADER, rows),
        name=name,
        mime_hint="text/csv",
        store_path=free_path("paie", name),
        by=by,
    )
    with acting(by):
        return PayExport.objects.create(period=period, file=file)
