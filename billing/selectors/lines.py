"""From a computed line to a row, and from rows to the sheet a person reads: grouped, each group explained."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from billing import rules
from billing.enums import MISSION_KINDS, LineKind
from billing.models import Invoice, InvoiceLine
from billing.selectors.facts import Facts
from lots.models import Lot
from missions.models import Mission
from spekty.core import french
from spekty.core.money import ZERO

# (one, several) by kind: what a grouped line is called.
WORDS = {
    LineKind.SITE: ("Mission sur site", "Missions sur site"),
    LineKind.REINSPECTION: ("Contre-visite", "Contre-visites"),
    LineKind.CONTACT: ("Contrôle par contact", "Contrôles par contact"),
    LineKind.UNPRODUCTIVE: ("Visite improductive", "Visites improductives"),
    LineKind.FEE: ("Frais de lot", "Frais de lot"),
    LineKind.DISCOUNT: ("Remise de volume", "Remise de volume"),
}
ORDER = list(WORDS)
# The label of these says it all; the others share one sentence.
SPOKEN = frozenset({LineKind.REINSPECTION, LineKind.UNPRODUCTIVE, LineKind.FEE, LineKind.DISCOUNT})


def unsaved_line(invoice: Invoice, line: rules.InvoiceLine, facts: Facts) -> InvoiceLine:
    """Return the row of a computed line, with the dates of the unproductive visits it bills."""
    label = line.label
    if line.kind is rules.LineKind.UNPRODUCTIVE and (visits := facts.visits_of(line.mission)):
        label = f"{label} Visites : {visits}."
    return InvoiceLine(
        invoice=invoice,
        kind=LineKind(line.kind.value),
        lot_id=facts.lot_ids.get(line.lot),
        mission_id=facts.mission_ids.get(line.mission),
        quantity=line.quantity,
        unit_amount=line.unit,
        amount=line.amount,
        rule=str(line.rule),
        rule_from=line.rule_date,
        label=label,
    )


@dataclass
class Group:
    """Lines of one lot, kind and price, shown as one."""

    kind: LineKind
    item: str
    unit: Decimal
    lines: list[InvoiceLine] = field(default_factory=list)
    missions: list[str] = field(default_factory=list)
    lot: Lot | None = None

    @property
    def quantity(self) -> Decimal:
        return sum((line.quantity for line in self.lines), Decimal(0))

    @property
    def amount(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def is_credited(self) -> bool:
        return all(line.is_credited for line in self.lines)

    @property
    def credited(self) -> int:
        """Count the lines that a credit note took back."""
        return sum(line.is_credited for line in self.lines)

    @property
    def title(self) -> str:
        one, several = WORDS[self.kind]
        word = several if self.quantity > 1 else one
        family = self.kind in (LineKind.SITE, LineKind.REINSPECTION) and self.item != LineKind.SITE
        return f"{word} {self.item}" if family and not self.lines[0].is_legacy else word

    @property
    def why(self) -> list[str]:
        """Say why this amount is due: the rule, its date, the arithmetic, what it is counted on."""
        first = self.lines[0]
        if self.kind in SPOKEN or first.is_legacy or self.lot is None:
            return [line.label for line in self.lines]
        since = f"Tarif {self.item} du {french.day(first.rule_from)}" if first.rule_from else self.item
        sums = f"{french.number(self.quantity)} × {french.euros(self.unit)} = {french.euros(self.amount)}"
        return [
            f"{since}, en vigueur le {french.day(self.lot.received_on)}, date de réception du lot : {sums}.",
            f"{french.plural(len(self.missions), 'mission')} : {', '.join(self.missions)}.",
        ]


@dataclass
class Section:
    """The groups of one lot; without lot, what concerns the whole invoice."""

    lot: Lot | None
    groups: list[Group] = field(default_factory=list)


def sections(lines: Iterable[InvoiceLine]) -> list[Section]:
    """Return the lines by lot, grouped by kind and unit price, whole-invoice lines last."""
    rows = list(lines)
    lots = Lot.objects.select_related("fiche").in_bulk([r.lot_id for r in rows if r.lot_id])
    numbers = _numbers(rows)
    found: dict[int | None, Section] = {}
    groups: dict[tuple[object, ...], Group] = {}
    for row in rows:
        lot = lots.get(row.lot_id) if row.lot_id else None
        section = found.setdefault(row.lot_id, Section(lot))
        key = (row.lot_id, row.kind, row.rule, row.rule_from, row.unit_amount)
        if key not in groups:
            groups[key] = Group(LineKind(row.kind), row.rule, row.unit_amount, lot=lot)
            section.groups.append(groups[key])
        groups[key].lines.append(row)
        if row.mission_id:
            groups[key].missions.append(numbers[row.mission_id])
    for section in found.values():
        section.groups.sort(key=lambda g: ORDER.index(g.kind))
    return sorted(found.values(), key=lambda s: (s.lot is None, s.lot.number if s.lot else ""))


def _numbers(rows: list[InvoiceLine]) -> dict[int, str]:
    wanted = {row.mission_id for row in rows if row.mission_id}
    return dict(Mission.objects.filter(pk__in=wanted).values_list("pk", "number"))


def checks(lines: Iterable[InvoiceLine], common: rules.InvoicingRules, on: dt.date) -> list[tuple[str, str]]:
    """Say what was checked: volume discount, fees, missions invoiced once; as (state, sentence)."""
    rows = list(lines)
    counted = sum(1 for row in rows if row.kind in (LineKind.SITE, LineKind.REINSPECTION))
    said = []
    if not any(row.kind == LineKind.DISCOUNT for row in rows):
        least = min((s.from_lines for s in common.discounts if s.valid_from <= on), default=0)
        words = french.plural(counted, "ligne sur site ou contre-visite", "lignes sur site et contre-visites")
        said.append(("info", f"Remise de volume : {words}, moins de {least}. Aucune remise."))
    missions = sum(1 for row in rows if row.kind in MISSION_KINDS)
    words = french.plural(missions, "mission contrôlée", "missions contrôlées")
    said.append(("ok", f"{words} : aucune n’est sur une autre facture."))
    return said
