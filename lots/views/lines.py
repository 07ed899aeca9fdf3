"""One line of the lots' list, and the facts of one lot's page: lots and missions put together."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.conf import settings

from lots.models import Lot
from lots.rules.blockers import Blocker, LotState, next_blocker
from lots.rules.rates import CeilingRow
from lots.rules.verdict import LotFacts, LotVerdict, Verdict, ns_ratio
from lots.selectors.verdicts import Law, Targets, ceiling_of, targets_of, verdict_of
from missions.selectors.lots import LotTally, tallies
from spekty.core.enums import Channel
from spekty.core.memo import remembered

FEW = 10


@dataclass(frozen=True)
class LotLine:
    """A lot with what its line shows."""

    lot: Lot
    tally: LotTally
    facts: LotFacts
    targets: Targets
    judged: LotVerdict
    ceiling: CeilingRow | None
    blocker: Blocker

    @property
    def ns_rate(self) -> Fraction | None:
        done = self.facts.site_concluded
        return Fraction(self.facts.site_ns, done) if done else None

    @property
    def ns_points(self) -> Decimal | None:
        return ns_ratio(self.facts)

    @property
    def ceiling_rate(self) -> Fraction:
        return Fraction(self.ceiling.ceiling_pct) / 100 if self.ceiling else Fraction(0)

    @property
    def few(self) -> bool:
        return self.facts.site_concluded < FEW

    @property
    def parts(self) -> list[tuple[str, int, str]]:
        return self.tally.parts

    @property
    def is_drawn(self) -> bool:
        return self.lot.drawn_on is not None

    @property
    def ns_above(self) -> bool:
        rate = self.ns_rate
        return rate is not None and self.ceiling is not None and rate > self.ceiling_rate


def lines_of(lots: Sequence[Lot], today: dt.date) -> list[LotLine]:
    """Return the lines of lots (annotated by with_facts): one query whatever their number.

    The law's rows are kept a minute for the list; a lot's own page and every act read them anew.
    """
    law = remembered("lots:law", settings.LIST_MEMORY, Law.read)
    counts = tallies([lot.pk for lot in lots])
    return [line_of(lot, counts[lot.pk], law, today) for lot in lots]


def line_of(lot: Lot, tally: LotTally, law: Law, today: dt.date) -> LotLine:
    """Return one line."""
    row: Any = lot
    facts = tally.facts(lot)
    targets = targets_of(lot, row.latest_engaged, law)
    judged = verdict_of(lot, facts, row.latest_engaged, law, today)
    ceiling = ceiling_of(lot, law, today)
    state = LotState(
        status=lot.status,
        received_on=lot.received_on,
        draw_days=int(row.draw_days),
        verdict=judged.verdict,
        unknown=targets.unknown,
        ns_above=ceiling is not None and facts.site_ns * 100 > ceiling.ceiling_pct * facts.site_concluded,
        site_needed=max((targets.site or 0) - facts.site_satisfied, 0),
        site_left=tally.pending(Channel.SITE),
        contact_needed=_contact_needed(facts, targets),
        contact_left=tally.pending(Channel.CONTACT),
        to_review=tally.parts[1][1],
        booked=tally.parts[2][1],
        to_plan=tally.parts[3][1],
    )
    return LotLine(lot, tally, facts, targets, judged, ceiling, next_blocker(state, today))


def _contact_needed(facts: LotFacts, targets: Targets) -> int:
    """Return the contacts still missing; none once R5 or R6 holds."""
    if targets.contact is None:
        return 0
    own = max(targets.contact - facts.contact_satisfied, 0)
    if not targets.rate or targets.rate.site_pct is None or targets.rate.contact_pct is None:
        return own
    both = -(-(targets.rate.site_pct + targets.rate.contact_pct) * facts.operations // 100)
    return min(own, max(int(both) - facts.site_satisfied - facts.contact_satisfied, 0))


def is_compliant(line: LotLine) -> bool:
    """Return whether the lot may be filed whole."""
    return line.judged.verdict is Verdict.COMPLIANT
