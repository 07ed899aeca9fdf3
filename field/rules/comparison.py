"""Declared beside measured, with the gap and its effect: what a reviewer and a report read. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from field.rules.answers import decimal, points
from field.rules.conclusion import conclude
from field.rules.definition import Question, read_definition
from spekty.core import french

NBSP = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Row:
    """One point read, written. `effect` is NS, NV, "ok" or "" (no effect)."""

    label: str
    declared: str
    measured: str
    gap: str
    effect: str

    @property
    def effect_word(self) -> str:
        return {"NS": "Déclenche NS", "NV": "Déclenche NV", "ok": "Conforme", "": "Sans effet"}[self.effect]


def compare(definition: Mapping[str, Any], answers: Mapping[str, Any]) -> list[Row]:
    """Return one row per question asked, those left out at will excepted."""
    form = read_definition(definition)
    shown = (q for q in form.asked() if q.is_asked(answers) and (q.required or answers.get(q.code)))
    return [_row(question, answers) for question in shown]


def _row(question: Question, answers: Mapping[str, Any]) -> Row:
    declared, measured = decimal(answers, question.declared), _measured(question, answers)
    gap = ""
    if declared is not None and measured:
        gap = f"{french.signed((declared - measured) * 100 / measured, 2)}{NBSP}%"
    return Row(
        label=question.label,
        declared=_with_unit(declared, question.unit) or french.NOTHING,
        measured=write_answer(question, answers.get(question.code)),
        gap=gap or french.NOTHING,
        effect=_effect(question, answers),
    )


def _measured(question: Question, answers: Mapping[str, Any]) -> Decimal | None:
    if question.kind == "numbers":
        given = points(answers, question.code)
        return sum(given, Decimal(0)) / len(given) if given else None
    return decimal(answers, question.code) if question.kind == "number" else None


def write_answer(question: Question, answer: Any) -> str:
    """Write an answer as a person reads it: "126,5 m²", "120, 119 mm, moyenne 119,5 mm", "Oui"."""
    if not answer:
        return french.NOTHING
    if question.kind == "numbers":
        given = [Decimal(point) for point in answer if point]
        listed = " · ".join(french.number(point) for point in given)
        mean = french.number(sum(given, Decimal(0)) / len(given), 1)
        return f"{listed}{NBSP}{question.unit} (moyenne {mean})"
    if question.kind == "number":
        return _with_unit(Decimal(answer), question.unit)
    return question.word(answer)


def _with_unit(value: Decimal | None, unit: str) -> str:
    if value is None:
        return ""
    return f"{french.number(value)}{NBSP}{unit}" if unit else french.number(value)


def _effect(question: Question, answers: Mapping[str, Any]) -> str:
    alone = {"sections": [{"title": "", "questions": [{**question.raw, "when": {}}]}]}
    verdict = conclude(alone, answers).conclusion
    if verdict != "S":
        return verdict
    answer = answers.get(question.code)
    # "Without object" and the document codes above 1 change nothing: they don't prove conformity either.
    proves = answer and answer != "na" and (question.kind != "document" or answer == "1")
    return "ok" if proves and question.effect in ("decisive", "nv_forcing") else ""
