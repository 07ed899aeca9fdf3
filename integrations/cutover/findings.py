"""A replay's report as rows: what each discrepancy is about, for the filters."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator

from integrations.models import Discrepancy, WorkbookRun
from integrations.workbook.reader import Workbook
from integrations.workbook.replay import Discrepancy as Found
from integrations.workbook.replay import ReplayReport

About = tuple[str, str, str]  # client, agent, month


def keep_report(run: WorkbookRun, book: Workbook, report: ReplayReport) -> None:
    """Write the report's discrepancies under the run."""
    about = dict(_about(book))
    marks = _marks(report.discrepancies)
    Discrepancy.objects.bulk_create(
        (
            Discrepancy(
                run=run,
                kind=d.kind.value,
                ref=d.ref[:100],
                expected=d.expected,
                found=d.found,
                message=d.message,
                mark=marks[d.kind, d.ref],
                sheet=d.sheet,
                row=d.row,
                **dict(
                    zip(("client", "agent", "month"), about.get((d.sheet, d.row), ("", "", "")), strict=True)
                ),
            )
            for d in report.discrepancies
        ),
        batch_size=1000,
    )


def _marks(found: Iterable[Found]) -> dict[tuple[str, str], str]:
    """Return the fingerprint of what each kind and reference says: lines of one reference together."""
    said: dict[tuple[str, str], list[str]] = defaultdict(list)
    for d in found:
        said[d.kind, d.ref].append(f"{d.expected}\x1f{d.found}")
    return {
        key: hashlib.sha256("\x1e".join(sorted(lines)).encode()).hexdigest()[:16]
        for key, lines in said.items()
    }


def _about(book: Workbook) -> Iterator[tuple[tuple[str, int], About]]:
    clients = {lot.number: lot.client for lot in book.lots}
    for lot in book.lots:
        month = f"{lot.received_on:%Y-%m}" if lot.received_on else ""
        yield (lot.place.sheet, lot.place.row), (lot.client, "", month)
    for operation in book.operations:
        yield (operation.place.sheet, operation.place.row), (clients.get(operation.lot, ""), "", "")
    for mission in book.missions:
        day = mission.visited_on or mission.reported_on
        about = (clients.get(mission.lot, ""), mission.agent, f"{day:%Y-%m}" if day else "")
        yield (mission.place.sheet, mission.place.row), about
    for invoice in book.invoices:
        month = f"{invoice.issued_on:%Y-%m}" if invoice.issued_on else ""
        yield (invoice.place.sheet, invoice.place.row), (invoice.client, "", month)
    for pay in book.pay:
        month = f"{pay.month:%Y-%m}" if pay.month else ""
        yield (pay.place.sheet, pay.place.row), ("", pay.agent, month)
