"""The share of inspected operations that non-salaried agents take over a calendar year."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Max, Q, Subquery

from missions.enums import HELD_STATUSES, OPEN_STATUSES
from missions.models import Mission
from planning.rules.quota import non_salaried_room
from spekty.accounts.enums import Contract
from spekty.core.enums import Channel
from spekty.core.models import Parameter
from spekty.core.parameters import parameters


@dataclass(frozen=True, slots=True)
class FreelanceShare:
    """Counts over the year; `planned` is every visit still to come, whoever takes it."""

    done: int
    done_freelance: int
    planned: int
    planned_freelance: int
    warn_percent: Decimal
    block_percent: Decimal

    @property
    def rate(self) -> Decimal:
        total = self.done + self.planned
        return Decimal(self.done_freelance + self.planned_freelance) / total if total else Decimal(0)

    @property
    def room(self) -> int:
        """Return how many of the visits to come non-salaried agents may take, those they have included."""
        return non_salaried_room(
            done=self.done,
            done_non_salaried=self.done_freelance,
            planned=self.planned,
            ceiling_percent=self.block_percent,
        )

    @property
    def is_near(self) -> bool:
        return self.rate * 100 >= self.warn_percent


def freelance_share(year: int) -> FreelanceShare:
    """Count the visits of `year`, done and to come (domain.md, non-salaried staff): one query."""
    held = Q(status__in=HELD_STATUSES, visited_at__year=year)
    to_come = Q(status__in=OPEN_STATUSES)
    outside = Q(agent__contract=Contract.FREELANCE)
    placed = Q(stop__tour__agent__contract=Contract.FREELANCE)
    counts = Mission.objects.filter(channel=Channel.SITE).aggregate(
        warn_percent=Max(_limit("freelance-warn")),
        block_percent=Max(_limit("freelance-block")),
        done=Count("pk", filter=held),
        done_freelance=Count("pk", filter=held & outside),
        planned=Count("pk", filter=to_come),
        planned_freelance=Count("pk", filter=to_come & (placed | Q(stop=None) & outside)),
    )
    if counts["block_percent"] is None:
        limits = parameters("freelance-warn", "freelance-block")
        counts |= {f"{code.split('-')[1]}_percent": value for code, value in limits.items()}
    return FreelanceShare(**counts)


def _limit(code: str) -> Subquery:
    return Subquery(Parameter.objects.filter(code=code).values("value"))
