"""From what a person typed to answers that can be kept, and what is still missing. Pure.

Numbers are kept as text with a decimal point ("126.5"), never as floats; several points as a list.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from field.rules.definition import Question, Questionnaire

Answers = dict[str, Any]
NUMBERS = ("number", "numbers")


class NotANumber(ValueError):
    """What was typed isn't a number."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that a complete reading needs: where to go (`code`), how it is called, the verb."""

    code: str
    label: str
    act: str = "Aller"


def read_number(text: str) -> str:
    """Return a typed number ("1 126,5") in its kept form ("1126.5"), "" for nothing; raises NotANumber."""
    bare = re.sub(r"\s", "", text).replace(",", ".")
    if not bare:
        return ""
    if not re.fullmatch(r"\d{1,9}(\.\d{1,4})?", bare, re.ASCII):
        raise NotANumber(text)
    return bare


def decimal(answers: Mapping[str, Any], code: str) -> Decimal | None:
    """Return a kept number, None when it wasn't given."""
    value = answers.get(code)
    return Decimal(value) if isinstance(value, str) and value else None


def points(answers: Mapping[str, Any], code: str) -> list[Decimal]:
    """Return the points given to a question of several numbers."""
    value = answers.get(code)
    return [Decimal(point) for point in value if point] if isinstance(value, list) else []


def read_answers(form: Questionnaire, typed: Mapping[str, Sequence[str]]) -> tuple[Answers, dict[str, str]]:
    """Return (answers, refusals by question): unknown codes are ignored, empty answers left out."""
    answers: Answers = {}
    refusals: dict[str, str] = {}
    for question in form.asked():
        values = [value.strip() for value in typed.get(question.code, ())]
        try:
            answer = _read(question, values)
        except NotANumber:
            refusals[question.code] = f"{question.label} : écrivez un nombre, par exemple 47,5."
            continue
        except LookupError:
            refusals[question.code] = f"{question.label} : cette réponse n’est pas prévue."
            continue
        if answer not in ("", []):
            answers[question.code] = answer
    return answers, refusals


def _read(question: Question, values: Sequence[str]) -> str | list[str]:
    if question.kind == "numbers":
        kept = [read_number(value) for value in values[: question.count]]
        return kept if any(kept) else []
    value = values[0] if values else ""
    if question.kind == "number":
        return read_number(value)
    if question.options and value and value not in dict(question.options):
        raise LookupError(value)
    return value


def missing_answers(form: Questionnaire, answers: Mapping[str, Any]) -> list[Missing]:
    """Return the required questions left without a full answer, in order."""
    found: list[Missing] = []
    for question in form.asked():
        if not question.required or not question.is_asked(answers):
            continue
        if question.kind == "numbers":
            given = answers.get(question.code) or []
            found += [
                Missing(f"{question.code}-{rank}", f"{question.label}, point {rank}")
                for rank in range(1, question.count + 1)
                if len(given) < rank or not given[rank - 1]
            ]
        elif not answers.get(question.code):
            found.append(Missing(question.code, question.label))
    return found


def missing_parts(
    form: Questionnaire, answers: Mapping[str, Any], *, photos: frozenset[str], signed: bool
) -> list[Missing]:
    """Return all that a complete reading still needs: answers, photos, signature."""
    found = missing_answers(form, answers)
    found += [
        Missing(f"photo-{need.code}", f"Photo : {need.label.lower()}", "Prendre")
        for need in form.photos
        if need.required and need.code not in photos
    ]
    if form.signature and not signed:
        found.append(Missing("signature", "Signature", "Signer"))
    return found
