"""Readings as columns of a table, one per question, in the order of their questionnaire. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from field.rules.answers import decimal, points
from field.rules.comparison import write_answer
from field.rules.definition import Question, read_definition

GAP = "gap"
Value = str | Decimal | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `code` names the question, or the gap between a declared and a measured value."""

    code: str
    label: str
    kind: str = ""


def columns_of(definitions: Iterable[Mapping[str, Any]]) -> list[Column]:
    """Return the columns of these questionnaires: those of the first, then what others add.

    A measure that is compared with a declared value is followed by its gap (S9: declared less measured, in
    percent of the measured).
    """
    found: dict[str, Column] = {}
    for content in definitions:
        questions = {question.code: question for question in read_definition(content).questions()}
        for question in questions.values():
            label = f"{question.label} ({question.unit})" if question.unit else question.label
            taken = {column.label for code, column in found.items() if code != question.code}
            if label in taken:
                label = f"{label}, {_condition(question, questions)}"
            found.setdefault(question.code, Column(question.code, label, question.kind))
            if question.declared:
                gap = f"{GAP} {question.code}"
                found.setdefault(gap, Column(gap, f"Écart : {question.label.lower()} (%)", GAP))
    return list(found.values())


def _condition(question: Question, questions: Mapping[str, Question]) -> str:
    """Tell apart two questions of one name by the answer that calls for each."""
    words = [questions[code].word(word) for code, allowed in question.when.items() for word in allowed]
    return ", ".join(words).lower() or question.code


def cells_of(
    columns: Sequence[Column], content: Mapping[str, Any], answers: Mapping[str, Any]
) -> list[Value]:
    """Return a reading's cells in the order of `columns`; numbers stay numbers, words are French."""
    questions = {question.code: question for question in read_definition(content).questions()}
    return [_cell(column, questions, answers) for column in columns]


def _cell(column: Column, questions: Mapping[str, Question], answers: Mapping[str, Any]) -> Value:
    question = questions.get(column.code.removeprefix(f"{GAP} "))
    if question is None:
        return None
    if column.kind == GAP:
        declared, measured = decimal(answers, question.declared), decimal(answers, question.code)
        if declared is None or not measured:
            return None
        return round((declared - measured) * 100 / measured, 2)
    if question.kind == "number":
        return decimal(answers, question.code)
    if question.kind == "numbers":
        return " · ".join(str(point) for point in points(answers, question.code)) or None
    answer = answers.get(question.code)
    return write_answer(question, answer) if answer else None
