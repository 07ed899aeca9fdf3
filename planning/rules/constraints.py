"""The constraints of a plan, in the words of the people who meet them."""

from dataclasses import dataclass
from enum import StrEnum


class Constraint(StrEnum):
    AUTHORISATION = "habilitation"
    LINK = "lien déclaré"
    ABSENCE = "absence"
    NON_SALARIED = "part des non-salariés"
    LOCK = "verrou"
    FROZEN = "tournée commencée ou verrouillée"
    SLOT = "créneau du bénéficiaire"
    DUE_DATE = "échéance"
    WORKING_HOURS = "horaires de travail"
    LUNCH = "pause déjeuner"
    MAX_KM = "kilomètres par jour"
    MAX_MISSIONS = "missions par jour"
    TIMES = "horaires impossibles"
    COUNT = "mission inconnue ou comptée deux fois"


BLOCKING = frozenset(
    {
        Constraint.AUTHORISATION,
        Constraint.LINK,
        Constraint.ABSENCE,
        Constraint.NON_SALARIED,
        Constraint.LOCK,
        Constraint.FROZEN,
        Constraint.TIMES,
        Constraint.COUNT,
    }
)
"""Never accepted from a planner; the others ask a reason."""


@dataclass(frozen=True, slots=True)
class Violation:
    constraint: Constraint
    text: str
    agent: int | None = None
    day: int | None = None
    mission: int | None = None
    amount: int = 0
    """By how much: seconds, metres or missions, whichever the constraint counts."""

    @property
    def is_blocking(self) -> bool:
        return self.constraint in BLOCKING
