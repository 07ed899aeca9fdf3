"""What the rules need, read from the database: terms, dated prices and rates, missions not yet invoiced."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from billing.enums import MISSION_KINDS, InvoiceStatus, LineKind, RateCode
from billing.models import BillingRate, Invoice, InvoiceLine, Price
from billing.rules import (
    BillableMission,
    Channel,
    ClientTerms,
    DiscountStep,
    InvoicingMode,
    InvoicingRules,
    MissionState,
    PriceList,
    PriceRow,
    VatRate,
)
from lots.models import Client
from missions.enums import EXIT_STATUSES, MissionStatus
from missions.models import Mission, UnproductiveVisit
from spekty.core import french
from spekty.core.months import month_end as month_end


def terms_of(client: Client) -> ClientTerms:
    """Return the client's invoicing terms as the rules read them."""
    return ClientTerms(
        code=client.code,
        mode=InvoicingMode(client.billing_mode),
        unproductive_pct=client.unproductive_pct,
        max_unproductive=client.unproductive_max,
        lot_fee=client.lot_fee,
        reinspection_pct=client.reinspection_pct,
        payment_days=client.payment_days,
    )


def price_list(client_ids: Iterable[int] | None = None) -> PriceList:
    """Return the dated prices of these clients (all when None)."""
    rows = Price.objects.select_related("client")
    if client_ids is not None:
        rows = rows.filter(client_id__in=client_ids)
    return PriceList(PriceRow(p.client.code, p.item, p.valid_from, p.amount) for p in rows)


def invoicing_rules() -> InvoicingRules:
    """Return the dated VAT rates and volume discounts."""
    rates = list(BillingRate.objects.all())
    return InvoicingRules(
        [DiscountStep(r.valid_from, r.threshold, r.pct) for r in rates if r.code == RateCode.DISCOUNT],
        [VatRate(r.valid_from, r.pct) for r in rates if r.code == RateCode.VAT],
    )


def live_lines() -> QuerySet[InvoiceLine]:
    """Return the lines that stand: neither credited nor a credit."""
    return InvoiceLine.objects.filter(is_credited=False, is_credit=False)


@dataclass
class Facts:
    """Missions as the rules see them, and how to find the rows again from the rules' references."""

    missions: list[BillableMission] = field(default_factory=list)
    mission_ids: dict[str, int] = field(default_factory=dict)
    lot_ids: dict[str, int] = field(default_factory=dict)
    doors: dict[str, list[UnproductiveVisit]] = field(default_factory=dict)
    # Every mission of a lot but its re-inspections, invoiced or not.
    states: dict[str, list[MissionState]] = field(default_factory=dict)
    # Status of each mission that still has to give a report.
    open_status: dict[str, str] = field(default_factory=dict)

    def visits_of(self, reference: str) -> str:
        """Say when the unproductive visits of a mission took place, in French."""
        times = [timezone.localtime(door.at) for door in self.doors.get(reference, [])]
        return ", ".join(f"{french.day(at)} à {french.hour(at)}" for at in times)

    def of_lot(self, lot: str) -> "Facts":
        """Return the same facts for one lot only."""
        missions = [m for m in self.missions if m.lot == lot]
        return replace(self, missions=missions)


def state_of(mission: Mission) -> MissionState:
    """Return how far a drawn mission is, as the rules for a lot's invoice read it."""
    if mission.status == MissionStatus.REPORTED:
        return MissionState.REPORTED
    return MissionState.ENDED if mission.status in EXIT_STATUSES else MissionState.OPEN


def _with_lines(missions: QuerySet[Mission], draft: Invoice | None) -> QuerySet[Mission]:
    """Note on each mission whether it, or its unproductive visits, stand on another invoice."""
    lines = live_lines().filter(mission=OuterRef("pk"))
    if draft is not None:
        lines = lines.exclude(invoice=draft)
    return missions.annotate(
        own_invoiced=Exists(lines.filter(kind__in=MISSION_KINDS)),
        doors_invoiced=Exists(lines.filter(kind=LineKind.UNPRODUCTIVE)),
    )


def billed_lots(
    clients: Iterable[int], draft: Invoice | None = None, *, issued_only: bool = False
) -> set[str]:
    """Return the numbers of these clients' lots that an invoice (other than `draft`) carries already."""
    lines = live_lines().filter(lot__client__in=clients)
    if draft is not None:
        lines = lines.exclude(invoice=draft)
    if issued_only:
        lines = lines.exclude(invoice__status=InvoiceStatus.DRAFT)
    return set(lines.values_list("lot__number", flat=True))


def gather(missions: QuerySet[Mission], draft: Invoice | None = None) -> Facts:
    """Return the facts of `missions`; what stands on another invoice than `draft` is left out."""
    facts = Facts()
    rows = (
        _with_lines(missions, draft)
        .select_related("lot")
        .prefetch_related("unproductive")
        .order_by("lot__number", "number")
    )
    for mission in rows:
        lot = mission.lot.number
        if mission.reinspection_of_id is None:
            facts.states.setdefault(lot, []).append(state_of(mission))
        if mission.own_invoiced:  # type: ignore[attr-defined]
            continue
        doors = [] if mission.doors_invoiced else list(mission.unproductive.all())  # type: ignore[attr-defined]
        facts.missions.append(_billable(mission, len(doors)))
        facts.mission_ids[mission.number] = mission.pk
        if state_of(mission) is MissionState.OPEN:
            facts.open_status[mission.number] = mission.status
        facts.lot_ids[lot] = mission.lot_id
        if doors:
            facts.doors[mission.number] = doors
    return facts


def _billable(mission: Mission, doors: int) -> BillableMission:
    return BillableMission(
        reference=mission.number,
        lot=mission.lot.number,
        channel=Channel(mission.channel),
        family=mission.family,
        lot_received_on=mission.lot.received_on,
        reinspection=mission.reinspection_of_id is not None,
        reported=mission.status == MissionStatus.REPORTED,
        unproductive_visits=doors,
    )
