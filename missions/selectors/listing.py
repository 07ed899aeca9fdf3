"""The missions' list: business views, orders, pages. Two queries a page, whatever the number of rows."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from missions.enums import MissionStatus
from missions.models import Mission, MissionQuerySet
from missions.rules.anomalies import Delays
from missions.selectors import facts
from missions.selectors.anomalies import house_delays, open_anomalies
from missions.selectors.filters import Filters, apply_filters
from missions.selectors.lot_anomalies import lots_that_will_be_late
from spekty.accounts.models import User
from spekty.core.enums import Conclusion
from spekty.core.keyset import KeysetPage, Order, keyset_page
from spekty.core.tables import Cell

PAGE = 50
EXPORTED = 50_000
FAR = dt.date(9999, 12, 31)
FAR_MOMENT = dt.datetime(9999, 12, 30, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class BusinessView:
    """A question that head office asks every day, as a view of the list."""

    code: str
    label: str
    keep: Callable[[MissionQuerySet, Delays, dt.datetime], MissionQuerySet]


def _lots_late(missions: MissionQuerySet, delays: Delays, now: dt.datetime) -> MissionQuerySet:
    over = (MissionStatus.REPORTED, MissionStatus.UNREACHABLE, MissionStatus.REFUSED, MissionStatus.CANCELLED)
    lots = lots_that_will_be_late(now.date(), delays.filing_days)
    return missions.filter(lot__in=lots).exclude(status__in=over)


def _silent(missions: MissionQuerySet, delays: Delays, now: dt.datetime) -> MissionQuerySet:
    before = now.date() - dt.timedelta(days=delays.contact_days)
    drawn = Q(lot__drawn_on__lt=before) | Q(lot__drawn_on__isnull=True, created_at__lt=facts.start_of(before))
    return facts.never_contacted(missions).filter(drawn)


def _no_reading(missions: MissionQuerySet, delays: Delays, now: dt.datetime) -> MissionQuerySet:
    return facts.held_without_reading(missions, now - dt.timedelta(hours=delays.reading_hours))


def _ns_open(missions: MissionQuerySet, delays: Delays, now: dt.datetime) -> MissionQuerySet:
    """NS with a report and no re-inspection that still stands."""
    standing = Mission.objects.filter(reinspection_of__isnull=False).exclude(status=MissionStatus.CANCELLED)
    ns = missions.filter(
        status=MissionStatus.REPORTED, conclusion=Conclusion.NS, reinspection_of__isnull=True
    )
    return ns.exclude(pk__in=standing.values("reinspection_of_id"))


def _to_invoice_late(missions: MissionQuerySet, delays: Delays, now: dt.datetime) -> MissionQuerySet:
    before = now.date() - dt.timedelta(days=delays.invoice_days)
    return facts.not_invoiced(missions).filter(reported_on__lt=before)


def _call_back(missions: MissionQuerySet, delays: Delays, now: dt.datetime) -> MissionQuerySet:
    due = missions.filter(status__in=facts.TO_PLAN, attempts__call_back_on__lte=now.date())
    return due.distinct()


VIEWS = (
    BusinessView("", "Toutes", lambda missions, delays, now: missions),
    BusinessView("en-retard", "En retard", lambda m, d, now: m.filter(facts.late_on(now.date()))),
    BusinessView("lots-en-danger", "Lots qui ne tiendront pas leur date", _lots_late),
    BusinessView("a-contacter", "À contacter depuis {contact_days} j", _silent),
    BusinessView("a-rappeler", "À rappeler", _call_back),
    BusinessView("sans-releve", "Visites sans relevé", _no_reading),
    BusinessView("a-relire", "À relire", lambda m, d, now: m.filter(status__in=facts.TO_REVIEW)),
    BusinessView("ns", "NS à traiter", _ns_open),
    BusinessView("a-facturer", "À facturer", lambda m, d, now: facts.not_invoiced(m)),
    BusinessView("a-facturer-retard", "À facturer depuis {invoice_days} j", _to_invoice_late),
)
BY_CODE = {view.code: view for view in VIEWS}

# name in the address -> (column that is never NULL, what it is called)
ORDERS = {
    "mission": ("", "Mission"),
    "echeance": ("due_key", "Échéance"),
    "visite": ("visit_key", "Visite"),
    "lot": ("lot_key", "Lot"),
}


def filtered(user: User, filters: Filters, now: dt.datetime | None = None) -> MissionQuerySet:
    """Return the missions that `user` may see and asked for, in no order."""
    moment = timezone.localtime(now)
    missions = apply_filters(Mission.objects.visible_to(user), filters)
    view = BY_CODE.get(filters.view)
    if view and view.code:
        missions = view.keep(missions, house_delays(), moment)
    if filters.anomaly:
        found = open_anomalies(moment)
        ids = [a.aggregate_id for a in found if a.rule == filters.anomaly and a.aggregate == "mission"]
        missions = missions.filter(pk__in=ids)
    return missions


def read_order(word: str) -> Order:
    """Return the order that `?tri=` names; the newest missions first by default."""
    name = word.removeprefix("-")
    if name not in ORDERS:
        return Order.by(descending=True)
    return Order.by(*filter(None, [ORDERS[name][0]]), descending=word.startswith("-"))


def in_order(missions: QuerySet[Mission], order: Order) -> QuerySet[Mission]:
    """Return the missions with the column that `order` sorts by; what has no date comes last."""
    keys = {
        "due_key": Coalesce("due_on", Value(FAR)),
        "visit_key": Coalesce("visited_at", "appointment_at", Value(FAR_MOMENT)),
        "lot_key": Coalesce("lot__number", Value("")),
    }
    missions = missions.annotate(**{name: keys[name] for name in order.names})
    return missions.order_by(*order.columns())


def page_of(missions: MissionQuerySet, order: Order, cursor: str = "") -> KeysetPage[Mission]:
    """Return one page of the list, with what a line shows and the capped count: two queries."""
    rows = in_order(missions, order).select_related("operation", "lot__client", "lot__fiche", "agent")
    return keyset_page(rows, order, cursor, size=PAGE, counted=True)


HEADER = (
    *("Mission", "Lot", "Client", "Référence", "Fiche", "Canal", "Avancement", "Conclusion", "Bénéficiaire"),
    *("Adresse", "Code postal", "Ville", "Intervenant", "Rendez-vous", "Visite", "Rapport", "Échéance"),
)


def export_rows(missions: QuerySet[Mission]) -> Iterator[tuple[Cell, ...]]:
    """Yield the lines of the export, at most 50 000, without keeping them all in memory."""
    rows = missions.select_related("operation", "lot__client", "lot__fiche", "agent")
    for mission in rows[:EXPORTED].iterator(chunk_size=1000):
        site, lot = mission.operation, mission.lot
        yield (
            *(mission.number, lot.number, lot.client.name, site.reference, lot.fiche.code),
            *(mission.get_channel_display(), mission.get_status_display(), mission.get_conclusion_display()),
            *(site.beneficiary, site.address, site.postcode, site.city),
            str(mission.agent) if mission.agent else "",
            *(_day(mission.appointment_at), _day(mission.visited_at), mission.reported_on, mission.due_on),
        )


def _day(at: dt.datetime | None) -> dt.date | None:
    return timezone.localdate(at) if at else None
