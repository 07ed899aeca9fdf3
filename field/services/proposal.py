"""The one place that turns answers into a proposed conclusion."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from field.models import ReadingDefinition
from field.rules.answers import Answers, decimal
from field.rules.conclusion import conclude
from field.rules.definition import Questionnaire
from lots.models import Operation
from missions.enums import NotVerifiableKind
from spekty.core.enums import Conclusion


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a reading proposes to the reviewer. Area in m²."""

    conclusion: Conclusion
    not_verifiable: NotVerifiableKind | None
    why: list[str]
    area_measured: Decimal | None


def with_known(form: Questionnaire, answers: Mapping[str, Any], operation: Operation) -> Answers:
    """Return the answers completed with what the office knows (declared values)."""
    known: Answers = {}
    for question in form.questions():
        if question.source.startswith("operation."):
            value = getattr(operation, question.source.removeprefix("operation."))
            if value is not None:
                known[question.code] = str(value)
    return {**answers, **known}


def propose(definition: ReadingDefinition, answers: Mapping[str, Any]) -> Proposal:
    """Return the conclusion of the rules, and the measured area to two decimals."""
    outcome = conclude(definition.content, answers)
    area = decimal(answers, "area_measured")
    return Proposal(
        conclusion=Conclusion(outcome.conclusion),
        not_verifiable=NotVerifiableKind(outcome.not_verifiable) if outcome.not_verifiable else None,
        why=outcome.reasons,
        area_measured=None if area is None else area.quantize(Decimal("0.01"), ROUND_HALF_UP),
    )
