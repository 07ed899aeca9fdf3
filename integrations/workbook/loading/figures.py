"""Totals of a load: the workbook's side from its rows, the application's by SQL from its tables."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncMonth

from billing.enums import LineKind
from billing.models import Invoice, InvoiceLine
from field.models import DailyKm
from integrations.workbook.fates import Fate
from integrations.workbook.loading.stages import Loading
from integrations.workbook.loading.words import LOT_STATUSES, STATUSES, VERDICTS
from integrations.workbook.rows import PayRow, Place
from lots.enums import Verdict
from lots.models import Lot, Operation
from missions.enums import MissionStatus
from missions.models import Mission
from payroll.models import LegacyPayment, PayLine

ZERO = Decimal(0)
ASIDE = (Fate.MERGED, Fate.REJECTED)
Value = int | Decimal
MONEY = frozenset({"pay_parts", "invoiced_ht", "billed_ht", "km"})
COMPONENTS = ("bonuses", "contacts", "unproductive", "km", "meals", "volume")
UNKNOWN = "(inconnu)"


class Figures:
    """axis -> key -> figure -> side -> value; `aside` is what the workbook's set-aside rows weigh."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str], dict[str, Value]] = defaultdict(
            lambda: {"workbook": 0, "application": 0, "aside": 0}
        )

    def add(self, side: str, figure: str, value: Value, keys: dict[str, str]) -> None:
        """Add `value` to the total and to each axis's key."""
        for axis, key in {"total": "", **keys}.items():
            self._found[axis, key or UNKNOWN * (axis != "total"), figure][side] += value

    def put(self, axis: str, key: str, figure: str, value: Value) -> None:
        """Set the application's side of one figure, counted by the database."""
        self._found[axis, key or UNKNOWN * (axis != "total"), figure]["application"] += value

    def as_list(self) -> list[dict[str, Any]]:
        """Return one JSON-ready line per axis, key and figure; amounts are text with two decimals."""
        return [
            {"axis": axis, "key": key, "figure": figure, **_sides(figure, sides)}
            for (axis, key, figure), sides in sorted(self._found.items())
        ]


def _sides(figure: str, sides: dict[str, Value]) -> dict[str, Any]:
    workbook, application, aside = (Decimal(sides[name]) for name in ("workbook", "application", "aside"))
    shown = {name: f"{value:.2f}" if figure in MONEY else int(value) for name, value in sides.items()}
    return {**shown, "equal": workbook == application, "explained": workbook - aside == application}


def control_figures(loading: Loading) -> dict[str, Any]:
    """Return both sides of every figure, by month, client, agent and status, and whether the rows balance."""
    figures = Figures()
    _workbook_side(loading, figures)
    _application_side(figures)
    return {
        "figures": figures.as_list(),
        "balanced": all(ledger.balanced for ledger in loading.book.ledgers),
    }


def _workbook_side(loading: Loading, figures: Figures) -> None:
    aside = {
        (fate.sheet, fate.row)
        for ledger in loading.book.ledgers
        for fate in ledger.fates
        if fate.fate in ASIDE
    }
    clients = {lot.number: lot.client for lot in loading.book.lots}

    def add(place: Place, figure: str, value: Value, **keys: str) -> None:
        figures.add("workbook", figure, value, keys)
        if (place.sheet, place.row) in aside:
            figures.add("aside", figure, value, keys)

    _lots(loading, add)
    for mission in loading.book.missions:
        status = str(STATUSES[mission.status].label) if mission.status else UNKNOWN
        keys = {"client": clients.get(mission.lot, ""), "agent": mission.agent, "status": status}
        add(mission.place, "missions", 1, **keys)
        if mission.pay_month:
            add(mission.place, "paid", 1, agent=mission.agent, month=f"{mission.pay_month:%Y-%m}")
        if mission.invoices:
            add(mission.place, "billed_ht", mission.billed or ZERO, client=keys["client"])
    for row in loading.book.kilometres:
        add(row.place, "km", row.km or ZERO, agent=row.agent, month=f"{row.day:%Y-%m}" if row.day else "")
    for invoice in loading.book.invoices:
        month = f"{invoice.issued_on:%Y-%m}" if invoice.issued_on else ""
        add(invoice.place, "invoices", 1, client=invoice.client, month=month)
        add(invoice.place, "invoiced_ht", invoice.total_ht or ZERO, client=invoice.client, month=month)
    for pay in loading.book.pay:
        add(
            pay.place,
            "pay_parts",
            _paid(pay),
            agent=pay.agent,
            month=f"{pay.month:%Y-%m}" if pay.month else "",
        )


def _lots(loading: Loading, add: Any) -> None:
    for lot in loading.book.lots:
        add(lot.place, "lots", 1, client=lot.client)
        if lot.verdict and VERDICTS[lot.verdict] == Verdict.COMPLIANT:
            add(lot.place, "compliant", 1, client=lot.client)
        if lot.status and LOT_STATUSES[lot.status] == "closed":
            add(lot.place, "closed_lots", 1, client=lot.client)
    clients = {lot.number: lot.client for lot in loading.book.lots}
    for operation in loading.book.operations:
        add(operation.place, "operations", 1, client=clients.get(operation.lot, ""))


def _paid(row: PayRow) -> Decimal:
    return sum((getattr(row, name) or ZERO for name in COMPONENTS), ZERO)


def _application_side(figures: Figures) -> None:
    lots, missions = Lot.objects.filter(is_legacy=True), Mission.objects.filter(is_legacy=True)
    operations = Operation.objects.filter(is_legacy=True)
    billed = InvoiceLine.objects.filter(is_legacy=True, mission__isnull=False).exclude(kind=LineKind.FEE)
    labels = dict(MissionStatus.choices)
    _count(figures, "lots", lots, client="client__code")
    _count(figures, "compliant", lots.filter(verdict=Verdict.COMPLIANT), client="client__code")
    _count(figures, "closed_lots", lots.filter(status="closed"), client="client__code")
    _count(figures, "operations", operations, client="lot__client__code")
    _count(figures, "missions", missions, client="lot__client__code", agent="agent__code")
    for status, count in missions.order_by().values_list("status").annotate(Count("pk")):
        figures.put("status", str(labels[status]), "missions", count)
    payments = LegacyPayment.objects.annotate(at=TruncMonth("month"))
    _count(figures, "paid", payments, agent="mission__agent__code", month="at")
    _sum(figures, "billed_ht", billed, "amount", client="mission__lot__client__code")
    km = DailyKm.objects.annotate(at=TruncMonth("day"))
    _sum(figures, "km", km, "km", agent="agent__code", month="at")
    invoices = Invoice.objects.filter(is_legacy=True).annotate(at=TruncMonth("issued_on"))
    _count(figures, "invoices", invoices, client="client__code", month="at")
    _sum(figures, "invoiced_ht", invoices, "total_ht", client="client__code", month="at")
    pay = PayLine.objects.filter(is_legacy=True).annotate(at=TruncMonth("belongs_to"))
    _sum(figures, "pay_parts", pay, "amount", agent="agent__code", month="at")


def _count(figures: Figures, figure: str, rows: QuerySet[Any], **axes: str) -> None:
    _gather(figures, figure, rows, Count("pk"), axes)


def _sum(figures: Figures, figure: str, rows: QuerySet[Any], column: str, **axes: str) -> None:
    _gather(figures, figure, rows, Sum(column), axes)


def _gather(figures: Figures, figure: str, rows: QuerySet[Any], measure: Any, axes: dict[str, str]) -> None:
    figures.put("total", "", figure, rows.aggregate(x=measure)["x"] or 0)
    for axis, column in axes.items():
        found: Iterable[tuple[Any, Any]] = rows.order_by().values_list(column).annotate(x=measure)
        for key, value in found:
            figures.put(axis, f"{key:%Y-%m}" if axis == "month" and key else key or "", figure, value or 0)
