"""Control totals: each sheet's row equation, counts and sums on both sides."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from integrations.workbook.fates import Remark, SheetLedger
from integrations.workbook.replay.findings import plain
from integrations.workbook.replay.history import History
from integrations.workbook.replay.invoices import InvoiceReplay
from integrations.workbook.replay.pay import PayReplay
from integrations.workbook.rows import MissionRow
from spekty.core.money import ZERO

Figures = dict[str, dict[str, dict[str, Decimal | int]]]
LIMIT = 1000


class _Table:
    """Figures by key, each with the workbook's side and the application's side."""

    def __init__(self) -> None:
        self._figures: Figures = defaultdict(lambda: defaultdict(lambda: {"workbook": 0, "application": 0}))

    def add(self, key: str, figure: str, side: str, value: Decimal | int) -> None:
        self._figures[key or "(vide)"][figure][side] += value

    def as_dict(self) -> dict[str, Any]:
        return {
            key: {name: _both(sides) for name, sides in sorted(figures.items())}
            for key, figures in sorted(self._figures.items())
        }


def _both(sides: Mapping[str, Decimal | int]) -> dict[str, str | int | bool]:
    workbook, application = sides["workbook"], sides["application"]
    shown = {side: plain(v) if isinstance(v, Decimal) else v for side, v in sides.items()}
    return {**shown, "equal": workbook == application}


def control(history: History, pay: PayReplay, invoices: InvoiceReplay) -> dict[str, Any]:
    """Return what proves that nothing was lost: JSON-ready, amounts as text with two decimals."""
    by_month, by_client, by_agent, by_status = _Table(), _Table(), _Table(), _Table()
    _missions(history, by_month, by_client, by_agent, by_status)
    _billed(history, invoices, by_client, by_agent, by_status)
    _pay(pay, by_month, by_agent)
    _invoices(history, invoices, by_month, by_client)
    ledgers = history.book.ledgers
    remarks = sorted(history.book.remarks + history.remarks, key=lambda r: (r.sheet, r.row, r.column))
    return {
        "sheets": {ledger.sheet: _sheet(ledger) for ledger in ledgers},
        "balanced": all(ledger.balanced for ledger in ledgers),
        "other_sheets": history.book.other_sheets,
        "by_month": by_month.as_dict(),
        "by_client": by_client.as_dict(),
        "by_agent": by_agent.as_dict(),
        "by_status": by_status.as_dict(),
        "totals": _totals(history, pay, invoices),
        "remarks_count": len(remarks),
        "remarks": [_remark(remark) for remark in remarks[:LIMIT]],
    }


def _sheet(ledger: SheetLedger) -> dict[str, Any]:
    told = ledger.told()
    rows = [{"row": fate.row, "fate": fate.fate.value, "reason": fate.reason} for fate in told[:LIMIT]]
    return {"read": ledger.read, **ledger.counts(), "balanced": ledger.balanced, "rows": rows}


def _remark(remark: Remark) -> dict[str, str | int]:
    return {
        "sheet": remark.sheet,
        "row": remark.row,
        "column": remark.column,
        "value": remark.value,
        "reason": remark.reason,
    }


def _missions(history: History, month: _Table, client: _Table, agent: _Table, status: _Table) -> None:
    """Count missions as written on one side, as understood on the other."""
    for mission in history.book.missions:
        lot = history.lot_of(mission)
        status.add(_status(mission), "missions", "workbook", 1)
        status.add(mission.status.value if mission.status else "", "missions", "application", 1)
        client.add(lot.client if lot else "", "missions", "workbook", 1)
        owner = history.client_of(mission)
        client.add(owner.code if owner else "", "missions", "application", 1)
        if mission.held and mission.on_site and mission.visited_on:
            key = f"{mission.visited_on:%Y-%m}"
            month.add(key, "site_missions_held", "application", 1)
            agent.add(mission.agent, "site_missions_held", "application", 1)


def _billed(history: History, replay: InvoiceReplay, *tables: _Table) -> None:
    """Sum what invoiced missions cost: as written on one side, as recomputed on the other."""
    for mission in history.book.missions:
        price = replay.mission_price.get(mission.place.row, ZERO)
        billed = mission.billed or ZERO
        if not price and not billed:
            continue
        lot = history.lot_of(mission)
        keys = (lot.client if lot else "", mission.agent, _status(mission))
        for table, key in zip(tables, keys, strict=True):
            table.add(key, "billed_ht", "workbook", billed)
            table.add(key, "billed_ht", "application", price)


def _status(mission: MissionRow) -> str:
    return mission.status.value if mission.status else mission.status_text


def _pay(replay: PayReplay, month: _Table, agent: _Table) -> None:
    for (code, day), rows in replay.recorded.items():
        for row in rows:
            for table, key in ((month, _month(day)), (agent, code)):
                table.add(key, "pay", "workbook", row.total or ZERO)
                table.add(key, "site_missions_held", "workbook", int(row.missions or 0))
    for code, day in replay.months():
        total = replay.computed[code, day].total if (code, day) in replay.computed else ZERO
        month.add(_month(day), "pay", "application", total)
        agent.add(code, "pay", "application", total)


def _invoices(history: History, replay: InvoiceReplay, month: _Table, client: _Table) -> None:
    for row in history.book.invoices:
        key = _month(row.issued_on) if row.issued_on else ""
        invoice = replay.computed.get(row.place.row)
        for table, name in ((month, key), (client, row.client)):
            table.add(name, "invoices", "workbook", 1)
            table.add(name, "invoices", "application", 1 if invoice else 0)
            table.add(name, "invoiced_ht", "workbook", row.total_ht or ZERO)
            table.add(name, "invoiced_ht", "application", invoice.total_ht if invoice else ZERO)
            table.add(name, "invoiced_ttc", "workbook", row.total_ttc or ZERO)
            table.add(name, "invoiced_ttc", "application", invoice.total_ttc if invoice else ZERO)


def _totals(history: History, pay: PayReplay, invoices: InvoiceReplay) -> dict[str, Any]:
    book = history.book
    table = _Table()
    table.add("total", "pay", "workbook", sum((row.total or ZERO for row in book.pay), ZERO))
    due = (pay.computed[key].total for key in pay.months() if key in pay.computed)
    table.add("total", "pay", "application", sum(due, ZERO))
    table.add("total", "invoiced_ht", "workbook", sum((row.total_ht or ZERO for row in book.invoices), ZERO))
    computed = (invoice.total_ht for invoice in invoices.computed.values())
    table.add("total", "invoiced_ht", "application", sum(computed, ZERO))
    conclusions = Counter(mission.result_text and (mission.result or "?") for mission in book.missions)
    counts = {name: len(rows) for name, rows in (
        ("lots", book.lots), ("operations", book.operations), ("missions", book.missions),
        ("invoices", book.invoices), ("pay", book.pay),
    )}  # fmt: skip
    return {**table.as_dict()["total"], "rows": counts, "conclusions": dict(sorted(conclusions.items()))}


def _month(day: dt.date) -> str:
    return f"{day:%Y-%m}"
