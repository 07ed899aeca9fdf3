"""What is to invoice: drafts, lots and months, with the amount to expect and what still blocks."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q

from billing import rules
from billing.enums import MISSION_KINDS, InvoiceStatus
from billing.models import Invoice
from billing.rules import InvoicePlan, InvoicingMode, NoPrice, plan_month_end
from billing.selectors.computing import compute, expected_lot_plan, is_ready, lot_plan_of
from billing.selectors.facts import (
    Facts,
    billed_lots,
    gather,
    invoicing_rules,
    live_lines,
    price_list,
    terms_of,
)
from lots.enums import BillingMode, LotStatus
from lots.models import Client, Lot, LotQuerySet
from missions.enums import EXIT_STATUSES, MissionStatus
from missions.models import Mission, UnproductiveVisit
from spekty.core import french
from spekty.core.months import month_end


@dataclass(frozen=True)
class Blocker:
    """What a dossier waits for: tone and icon of the status palette, a French sentence."""

    tone: str
    icon: str
    text: str


READY = Blocker("ok", "check-circle-fill", "Prête à émettre")
NO_ADDRESS = Blocker("ko", "x-octagon-fill", "Adresse du client manquante")
# status -> (tone, icon, one, several); the worst comes first.
WAITS = {
    MissionStatus.TO_COMPLETE: ("act", "arrow-return-left", "relevé à compléter", "relevés à compléter"),
    MissionStatus.TO_REVIEW: ("act", "eyeglasses", "relevé à relire", "relevés à relire"),
    MissionStatus.RECEIVED: ("act", "eyeglasses", "relevé reçu", "relevés reçus"),
    MissionStatus.IN_PROGRESS: ("wait", "hourglass-split", "visite en cours", "visites en cours"),
    MissionStatus.CONFIRMED: ("wait", "hourglass-split", "rendez-vous à tenir", "rendez-vous à tenir"),
    MissionStatus.FIXED: ("wait", "hourglass-split", "rendez-vous à confirmer", "rendez-vous à confirmer"),
    MissionStatus.TO_CONTACT: (
        "wait",
        "hourglass-split",
        "bénéficiaire à contacter",
        "bénéficiaires à contacter",
    ),
    MissionStatus.TO_PLAN: ("wait", "hourglass-split", "mission à planifier", "missions à planifier"),
}


@dataclass(frozen=True)
class Dossier:
    """A lot or a month of a client that waits for its invoice; amounts in euros before tax."""

    client: Client
    lot: Lot | None = None
    month: dt.date | None = None
    draft: Invoice | None = None
    amount: Decimal | None = None
    lines: int = 0
    blockers: list[Blocker] = field(default_factory=list)

    @property
    def is_ready(self) -> bool:
        return not self.blockers

    @property
    def key(self) -> str:
        """Name the dossier in an address."""
        if self.draft is not None:
            return f"brouillon-{self.draft.pk}"
        return f"lot-{self.lot.pk}" if self.lot else f"client-{self.client.pk}"

    @property
    def mode(self) -> str:
        if self.lot is not None:
            return self.lot.number
        if self.client.billing_mode == BillingMode.MONTHLY:
            return "Mensuelle"
        return "Contre-visites"

    @property
    def block(self) -> Blocker:
        """The tone and icon of the worst blocker, with all their words."""
        if not self.blockers:
            return READY
        worst = self.blockers[0]
        return Blocker(worst.tone, worst.icon, ", ".join(b.text for b in self.blockers[:3]))


@dataclass(frozen=True)
class ToInvoice:
    """Every dossier of a closing, ready ones first, with their totals in euros before tax."""

    dossiers: list[Dossier]

    @property
    def ready(self) -> list[Dossier]:
        return [d for d in self.dossiers if d.is_ready]

    @property
    def waiting(self) -> list[Dossier]:
        return [d for d in self.dossiers if not d.is_ready]

    @property
    def ready_total(self) -> Decimal:
        return sum((d.amount or Decimal(0) for d in self.ready), Decimal("0.00"))

    @property
    def waiting_total(self) -> Decimal:
        return sum((d.amount or Decimal(0) for d in self.waiting), Decimal("0.00"))


@dataclass(frozen=True)
class _Tariff:
    prices: rules.PriceList
    common: rules.InvoicingRules


def to_invoice(month: dt.date, today: dt.date) -> ToInvoice:
    """Return the dossiers of the closing of `month`: drafts, lots in mode Au lot, months of clients."""
    tariff = _Tariff(price_list(), invoicing_rules())
    drafts = (
        Invoice.objects.filter(status=InvoiceStatus.DRAFT, corrects__isnull=True)
        .select_related("client", "lot")
        .annotate(line_count=Count("lines"))
    )
    found = [_of_draft(draft, today) for draft in drafts]
    drafted = {(d.client.pk, d.month) for d in found}
    found += _lots(tariff, today)
    found += [d for d in _months(month, tariff, today) if (d.client.pk, d.month) not in drafted]
    return ToInvoice(sorted(found, key=lambda d: (not d.is_ready, d.client.name, d.mode)))


def _of_draft(draft: Invoice, today: dt.date) -> Dossier:
    blockers = _addressless(draft.client) + (_not_over(draft.month, today) if draft.month else [])
    lines: int = draft.line_count  # type: ignore[attr-defined]
    return Dossier(draft.client, draft.lot, draft.month, draft, draft.total_ht, lines, blockers)


def _addressless(client: Client) -> list[Blocker]:
    return [] if client.has_address else [NO_ADDRESS]


def _not_over(month: dt.date, today: dt.date) -> list[Blocker]:
    end = month_end(month)
    if end <= today:
        return []
    return [Blocker("wait", "hourglass-split", f"S’émet le {french.day(end)}, fin du mois")]


def _lots(tariff: _Tariff, today: dt.date) -> list[Dossier]:
    lots = list(_pending_lots().select_related("client", "fiche"))
    facts = gather(Mission.objects.filter(lot__in=lots))
    billed = billed_lots({lot.client_id for lot in lots})
    dossiers = (_of_lot(lot, facts, lot.number in billed, tariff, today) for lot in lots)
    return [dossier for dossier in dossiers if dossier is not None]


def _pending_lots() -> LotQuerySet:
    """Keep the lots of clients in mode Au lot where a mission, or a visit in vain, waits for an invoice."""
    lines = live_lines()
    own = lines.filter(mission=OuterRef("pk"), kind__in=MISSION_KINDS)
    waiting = Mission.objects.filter(lot=OuterRef("pk"), reinspection_of__isnull=True).exclude(
        Q(status__in=EXIT_STATUSES) | Exists(own)
    )
    doors = UnproductiveVisit.objects.filter(mission__lot=OuterRef("pk"))
    never = ~Exists(lines.filter(lot=OuterRef("pk")))
    return (
        Lot.objects.filter(client__billing_mode=BillingMode.LOT)
        .exclude(status=LotStatus.RECEIVED)
        .exclude(invoices__status=InvoiceStatus.DRAFT)
        .filter(Exists(waiting) | (never & Exists(doors)))
    )


def _of_lot(lot: Lot, facts: Facts, billed: bool, tariff: _Tariff, today: dt.date) -> Dossier | None:
    ready = is_ready(facts, lot.number)
    planner = lot_plan_of if ready else expected_lot_plan
    plan = planner(facts, lot.number, today, billed=billed)
    if plan is None:
        return None
    drawn = [m.reference for m in facts.missions if m.lot == lot.number and not m.reinspection]
    statuses = [facts.open_status[reference] for reference in drawn if reference in facts.open_status]
    return _dossier(lot.client, plan, tariff, today, lot=lot, blockers=_waits(statuses))


def _waits(statuses: Iterable[str]) -> list[Blocker]:
    counts = Counter(statuses)
    return [
        Blocker(tone, icon, french.plural(counts[status], one, several))
        for status, (tone, icon, one, several) in WAITS.items()
        if counts[status]
    ]


def _months(month: dt.date, tariff: _Tariff, today: dt.date) -> list[Dossier]:
    """Return the month-end dossiers: everything reported by then, or re-inspections of invoiced lots."""
    own = live_lines().filter(mission=OuterRef("pk"), kind__in=MISSION_KINDS)
    facts = gather(
        Mission.objects.filter(status=MissionStatus.REPORTED, reported_on__lte=month_end(month))
        .filter(Q(lot__client__billing_mode=BillingMode.MONTHLY) | Q(reinspection_of__isnull=False))
        .exclude(Exists(own))
    )
    clients = Client.objects.filter(lots__in=set(facts.lot_ids.values())).distinct()
    owner = dict(Lot.objects.filter(pk__in=facts.lot_ids.values()).values_list("number", "client_id"))
    dossiers = []
    for client in clients:
        terms = terms_of(client)
        per_lot = terms.mode is InvoicingMode.PER_LOT
        billed = billed_lots([client.pk], issued_only=per_lot)
        mine = [m for m in facts.missions if owner[m.lot] == client.pk]
        plan = plan_month_end(month, terms, mine, billed)
        if plan is not None:
            blockers = _not_over(month, today)
            dossiers.append(_dossier(client, plan, tariff, plan.on, month=month, blockers=blockers))
    return dossiers


def _dossier(
    client: Client,
    plan: InvoicePlan,
    tariff: _Tariff,
    on: dt.date,
    *,
    blockers: list[Blocker],
    lot: Lot | None = None,
    month: dt.date | None = None,
) -> Dossier:
    blockers = [*_addressless(client), *blockers]
    try:
        invoice = compute(client, plan, on, prices=tariff.prices, common=tariff.common)
    except NoPrice as error:
        missing = Blocker("ko", "x-octagon-fill", f"Aucun prix {error.item} au {french.day(error.day)}")
        return Dossier(client, lot, month, blockers=[missing, *blockers])
    return Dossier(client, lot, month, None, invoice.total_ht, len(invoice.lines), blockers)
