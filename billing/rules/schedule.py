"""Which missions go on which invoice, by invoicing mode."""

import calendar
import datetime as dt
from collections.abc import Iterable, Set
from dataclasses import dataclass

from billing.rules.facts import BillableMission, Channel, ClientTerms, InvoicingMode, LotState, MissionState


@dataclass(frozen=True, slots=True)
class InvoicePlan:
    """One invoice to come: its date, the missions on it and the lots whose fee it carries."""

    on: dt.date
    missions: tuple[BillableMission, ...]
    fee_lots: tuple[str, ...]


def lot_is_ready(lot: LotState) -> bool:
    """Say whether an *Au lot* lot can be invoiced: every drawn mission is reported or ended without visit.

    `lot.drawn` leaves re-inspections out. A lot without any drawn mission is never ready.
    """
    return bool(lot.drawn) and all(state is not MissionState.OPEN for state in lot.drawn)


def plan_lot_invoice(on: dt.date, missions: Iterable[BillableMission]) -> InvoicePlan | None:
    """Return the invoice of a ready lot (mode Au lot): its missions not yet invoiced.

    Unproductive visits of all its missions are billed, even of those that ended without a report.
    Call it once per lot: re-inspections reported later go by `plan_month_end`.
    """
    carried = tuple(m for m in missions if m.reported or _has_unproductive(m))
    return InvoicePlan(on, carried, tuple(dict.fromkeys(m.lot for m in carried))) if carried else None


def plan_month_end(
    month: dt.date, terms: ClientTerms, missions: Iterable[BillableMission], billed_lots: Set[str]
) -> InvoicePlan | None:
    """Return the month-end invoice of a client from its reported missions that no invoice carries.

    Mensuelle: all of them, with the fee of each lot not in `billed_lots`. Au lot: re-inspections of lots
    already invoiced only, without fee. None when nothing is due.
    """
    on = month.replace(day=calendar.monthrange(month.year, month.month)[1])
    reported = [m for m in missions if m.reported]
    if terms.mode is InvoicingMode.PER_LOT:
        carried = tuple(m for m in reported if m.reinspection and m.lot in billed_lots)
        return InvoicePlan(on, carried, ()) if carried else None
    fees = tuple(lot for lot in dict.fromkeys(m.lot for m in reported) if lot not in billed_lots)
    return InvoicePlan(on, tuple(reported), fees) if reported else None


def _has_unproductive(mission: BillableMission) -> bool:
    return mission.channel is Channel.SITE and mission.unproductive_visits > 0
