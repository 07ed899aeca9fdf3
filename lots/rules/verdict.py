"""The verdict of a lot, with its arithmetic (R4 to R12)."""

import math
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from lots.rules.rates import CeilingRow, RateRow, UnknownRate
from spekty.core import french

HUNDRED = Decimal(100)


class Verdict(StrEnum):
    COMPLIANT = "CONFORME"
    NS_ABOVE_CEILING = "NS_PLAFOND"
    RATE_MISSED = "TAUX_NON_ATTEINT"
    UNKNOWN = "INDETERMINE"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Verdict.COMPLIANT: "Conforme",
    Verdict.NS_ABOVE_CEILING: "NS > plafond",
    Verdict.RATE_MISSED: "Taux non atteint",
    Verdict.UNKNOWN: "Indéterminé",
}


class Outcome(StrEnum):
    """What became of one operation, for filing."""

    SATISFIED = "SATISFAISANT"
    NS = "NON_SATISFAISANT"
    NS_PUT_RIGHT = "NS_CORRIGE"
    NV = "NON_VERIFIABLE"
    NOT_INSPECTED = "NON_CONTROLE"


@dataclass(frozen=True, slots=True)
class LotFacts:
    """Counts of one lot: first inspections with an issued report, re-inspections left out (R7, R8).

    `site_nv` counts in the NS ratio. `contact_is_ours` false: the contact rate isn't our target.
    """

    operations: int
    site_satisfied: int
    site_ns: int
    site_nv: int
    contact_satisfied: int
    contact_is_ours: bool = True

    @property
    def site_concluded(self) -> int:
        return self.site_satisfied + self.site_ns + self.site_nv


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the arithmetic, ready to be shown: label, formula with its figures, value, held or not."""

    rule: str
    label: str
    formula: str
    value: str
    holds: bool


@dataclass(frozen=True, slots=True)
class LotVerdict:
    """The verdict, its steps in order, and the targets as counts (None = no obligation)."""

    verdict: Verdict
    steps: tuple[Step, ...]
    site_target: int | None = None
    contact_target: int | None = None
    unknown: str = ""

    @property
    def explanation(self) -> str:
        """Return the whole arithmetic in one French sentence."""
        if self.unknown:
            return self.unknown
        return " ; ".join(f"{step.label} : {step.formula} → {step.value}" for step in self.steps) + "."


def target(rate_pct: Decimal, operations: int) -> int:
    """Return how many satisfied inspections a rate asks of a lot (R10): rounded up, exact."""
    return math.ceil(rate_pct * operations / HUNDRED)


def judge(facts: LotFacts, rate: RateRow | UnknownRate, ceiling: CeilingRow | None) -> LotVerdict:
    """Return the verdict of a lot for its rates and the NS ceiling of its filing year (R12)."""
    if isinstance(rate, UnknownRate):
        return LotVerdict(Verdict.UNKNOWN, (), unknown=rate.reason)
    if ceiling is None:
        return LotVerdict(Verdict.UNKNOWN, (), unknown="Aucun plafond NS connu pour l’année de dépôt.")
    steps = []
    site_target = contact_target = None
    if rate.site_pct is not None:
        site_target = target(rate.site_pct, facts.operations)
        steps.append(_site_step(facts, rate.site_pct, site_target))
    if rate.contact_pct is not None and facts.contact_is_ours:
        contact_target = target(rate.contact_pct, facts.operations)
        steps.append(_contact_step(facts, rate.site_pct, rate.contact_pct, contact_target))
    rates_met = all(step.holds for step in steps)
    steps.append(_ns_step(facts, ceiling))
    if not rates_met:
        verdict = Verdict.RATE_MISSED
    else:
        verdict = Verdict.COMPLIANT if steps[-1].holds else Verdict.NS_ABOVE_CEILING
    return LotVerdict(verdict, tuple(steps), site_target, contact_target)


def _site_step(facts: LotFacts, pct: Decimal, needed: int) -> Step:
    formula = (
        f"{french.plural(facts.site_satisfied, 'satisfaisant')} pour "
        f"{needed} requis ({french.percent_points(pct)} de {facts.operations})"
    )
    holds = facts.site_satisfied >= needed
    return Step("R4", "Taux sur site", formula, _met(holds), holds)


def _contact_step(facts: LotFacts, site_pct: Decimal | None, pct: Decimal, needed: int) -> Step:
    formula = (
        f"{french.plural(facts.contact_satisfied, 'satisfaisant')} pour "
        f"{needed} requis ({french.percent_points(pct)} de {facts.operations})"
    )
    holds = facts.contact_satisfied >= needed
    if not holds and site_pct is not None:
        both = target(site_pct + pct, facts.operations)
        total = facts.site_satisfied + facts.contact_satisfied
        holds = total >= both
        formula += (
            f", ou {total} sur site et par contact pour {both} ({french.percent_points(site_pct + pct)})"
        )
    return Step("R5-R6", "Taux par contact", formula, _met(holds), holds)


def _ns_step(facts: LotFacts, ceiling: CeilingRow) -> Step:
    done = facts.site_concluded
    holds = Decimal(facts.site_ns) * HUNDRED <= ceiling.ceiling_pct * done
    ratio = ns_ratio(facts)
    shown = french.percent_points(round(ratio, 1)) if ratio is not None else "aucun contrôle"
    limit = french.percent_points(ceiling.ceiling_pct)
    bound = f"plafond {limit} pour un dépôt à partir de {ceiling.filing_year}"
    controls = french.plural(done, "contrôle sur site", "contrôles sur site")
    formula = f"{facts.site_ns} NS sur {controls}, {bound}"
    return Step(
        "R8-R11", "Part de NS", formula, f"{shown}, {'sous' if holds else 'au-dessus du'} plafond", holds
    )


def ns_ratio(facts: LotFacts) -> Decimal | None:
    """Return NS in percent of on-site inspections with any conclusion (R8); None when there is none."""
    if not facts.site_concluded:
        return None
    return Decimal(facts.site_ns) * HUNDRED / facts.site_concluded


def _met(holds: bool) -> str:
    return "atteint" if holds else "non atteint"


_FILEABLE = {
    Verdict.COMPLIANT: frozenset(Outcome) - {Outcome.NS},
    Verdict.NS_ABOVE_CEILING: frozenset({Outcome.SATISFIED, Outcome.NV, Outcome.NS_PUT_RIGHT}),
    Verdict.RATE_MISSED: frozenset({Outcome.SATISFIED, Outcome.NS_PUT_RIGHT}),
    Verdict.UNKNOWN: frozenset[Outcome](),
}


def may_file(verdict: Verdict, outcome: Outcome) -> bool:
    """Say whether an operation may be filed under the lot's verdict (R12, domain-sources 4.3)."""
    return outcome in _FILEABLE[verdict]
