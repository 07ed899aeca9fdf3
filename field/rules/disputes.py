"""Whether another reading may count for a mission, and where two readings differ. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from field.rules.comparison import Row
from missions.enums import MissionStatus
from spekty.core import french

LEFT = (MissionStatus.CANCELLED, MissionStatus.REFUSED, MissionStatus.UNREACHABLE)


def taking_refusal(status: str) -> str:
    """Return why no other reading can count for a mission of `status`, with what to do; "" when one can."""
    if status == MissionStatus.REPORTED:
        return "Le rapport est émis et fait foi : écartez ce relevé, ou amendez le rapport."
    if status == MissionStatus.TO_PLAN:
        return "La mission n’est affectée à personne : affectez-la d’abord."
    if status in LEFT:
        word = MissionStatus(status).label.lower()
        return f"La mission est à l’état « {word} » : rouvrez-la et affectez-la d’abord."
    return ""


@dataclass(frozen=True, slots=True)
class Line:
    """What two readings say of one point."""

    label: str
    in_force: str
    other: str

    @property
    def differs(self) -> bool:
        return self.in_force != self.other


def side_by_side(in_force: Sequence[Row], other: Sequence[Row]) -> Iterator[Line]:
    """Yield each point that one of them read, in the questionnaire's order."""
    before = {row.label: row.measured for row in in_force}
    after = {row.label: row.measured for row in other}
    for label in {**before, **after}:
        yield Line(label, before.get(label, french.NOTHING), after.get(label, french.NOTHING))
