"""What the answers conclude (domain.md, conclusions). Pure.

A question's `effect` is decisive (a gap -> NS), nv_forcing (-> NV) or informative (nothing). What a gap is:
`gaps` (answers), `nv` (answers that can't be verified), `area_gap` (tolerance in percent between the
declared area and the measured one), `minimum` (lowest value), documents by their scale (`sizing` for the
sizing note).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from field.rules.answers import decimal
from field.rules.definition import Question, read_definition
from spekty.core import french

NV_KINDS = ("not_visible", "not_accessible")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The proposed conclusion (S, NS, NV), which kind of NV, and why, in French sentences."""

    conclusion: str
    not_verifiable: str
    reasons: list[str]


def conclude(definition: Mapping[str, Any], answers: Mapping[str, Any]) -> Outcome:
    """Return what the answers conclude; without decisive gap nor NV the works are satisfactory."""
    verdicts: dict[str, list[str]] = {"NS": [], "NV": []}
    kinds: list[str] = []
    for question in read_definition(definition).questions():
        if not question.is_asked(answers):
            continue
        for verdict, reason in _findings(question, answers):
            verdicts[verdict].append(reason)
            if verdict == "NV" and answers.get(question.code) in NV_KINDS:
                kinds.append(answers[question.code])
    if verdicts["NS"]:
        return Outcome("NS", "", verdicts["NS"])
    if verdicts["NV"]:
        return Outcome("NV", kinds[0] if kinds else "", verdicts["NV"])
    return Outcome("S", "", [])


def _findings(question: Question, answers: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if question.effect == "informative":
        return
    answer = answers.get(question.code)
    if question.kind == "document" and isinstance(answer, str):
        yield from _document(question, answer)
    elif isinstance(answer, str) and answer in question.raw.get("nv", []):
        yield "NV", f"{question.label} : {question.word(answer).lower()}."
    elif isinstance(answer, str) and answer in question.raw.get("gaps", []):
        yield _verdict(question), f"{question.label} : {question.word(answer).lower()}."
    elif question.kind == "number":
        yield from _number(question, answers)


def _document(question: Question, answer: str) -> Iterator[tuple[str, str]]:
    reason = f"{question.label} : {question.word(answer)}."
    if answer == "3":
        yield "NS", reason
    elif question.raw.get("sizing") and answer in "2456":
        yield "NV", reason


def _number(question: Question, answers: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    value = decimal(answers, question.code)
    if value is None:
        return
    if "area_gap" in question.raw:
        declared = decimal(answers, question.declared)
        tolerance = Decimal(str(question.raw["area_gap"]))
        if declared is not None and exceeds(declared, value, tolerance):
            yield _verdict(question), gap_sentence(declared, value, tolerance)
    lowest = question.raw.get("minimum")
    if lowest is not None and value < Decimal(str(lowest)):
        floor = french.number(Decimal(str(lowest)))
        yield _verdict(question), f"{question.label} : {french.number(value)}, au-dessous de {floor}."


def exceeds(declared: Decimal, measured: Decimal, tolerance: Decimal) -> bool:
    """Return whether (declared − measured) / measured is above `tolerance` percent; nothing measured is."""
    return (declared - measured) * 100 > tolerance * measured


def gap_sentence(declared: Decimal, measured: Decimal, tolerance: Decimal) -> str:
    """Write the arithmetic of an area gap above its tolerance."""
    left, right = french.number(declared, 2), french.number(measured, 2)
    limit = french.percent_points(tolerance)
    if not measured:
        return f"Surface : {left} m² déclarés, rien de mesuré."
    rate = french.number((declared - measured) * 100 / measured, 2)
    return f"({left} − {right}) ÷ {right} = {rate}\N{NO-BREAK SPACE}%, au-dessus de {limit}."


def _verdict(question: Question) -> str:
    return "NV" if question.effect == "nv_forcing" else "NS"
