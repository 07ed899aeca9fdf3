"""A questionnaire as data: what is asked, in which form, with which effect on the conclusion. Pure.

Content of a definition (JSON): `sections` (title, questions), `photos` (code, label, required) and
`signature` (bool). A question: code, label, type, unit, values [{code, label}], count, required,
`when` {code: [answers]} (asked only then), `source` (known to the office, never asked), `declared` (code of
the declared value it is compared with), and what concludes: see field.rules.conclusion.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

NBSP = "\N{NO-BREAK SPACE}"

YES_NO = (("yes", "Oui"), ("no", "Non"), ("not_visible", "Non visible"))
# Answers of document questions, 1 to 6 (domain.md, conclusions).
DOCUMENT = (
    ("1", f"1{NBSP}· Oui, montré"),
    ("2", f"2{NBSP}· Oui, non montré"),
    ("3", f"3{NBSP}· Non, attestation écrite"),
    ("4", f"4{NBSP}· Non, sans attestation"),
    ("5", f"5{NBSP}· Ne s’en souvient pas"),
    ("6", f"6{NBSP}· La personne présente n’est pas le bénéficiaire"),
)
ANSWERS = {"yes_no": YES_NO, "document": DOCUMENT}


@dataclass(frozen=True, slots=True)
class Question:
    """One point to read. `raw` keeps the whole entry, for the rules."""

    code: str
    label: str
    kind: str
    unit: str
    options: tuple[tuple[str, str], ...]
    count: int
    required: bool
    when: Mapping[str, tuple[str, ...]]
    source: str
    declared: str
    effect: str
    help: str
    raw: Mapping[str, Any]

    def word(self, answer: str) -> str:
        """Return the French word of an answer's code."""
        return next((label for code, label in self.options if code == answer), answer)

    def is_asked(self, answers: Mapping[str, Any]) -> bool:
        """Return whether the other answers make this question relevant."""
        return all(answers.get(code) in allowed for code, allowed in self.when.items())

    @property
    def is_segmented(self) -> bool:
        """Short choices are buttons side by side, long ones a list."""
        return self.kind != "document" and 0 < len(self.options) <= 3


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class PhotoNeed:
    code: str
    label: str
    required: bool


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """The typed view of a definition's content."""

    sections: tuple[Section, ...]
    photos: tuple[PhotoNeed, ...]
    signature: bool

    def questions(self) -> Iterator[Question]:
        """Yield every question in order, those known to the office included."""
        for section in self.sections:
            yield from section.questions

    def asked(self) -> Iterator[Question]:
        """Yield what a person answers."""
        return (question for question in self.questions() if not question.source)


def read_definition(content: Mapping[str, Any]) -> Questionnaire:
    """Return the typed view of a definition's content; a missing key is a broken definition (KeyError)."""
    return Questionnaire(
        sections=tuple(
            Section(part["title"], tuple(_question(entry) for entry in part["questions"]))
            for part in content["sections"]
        ),
        photos=tuple(
            PhotoNeed(entry["code"], entry["label"], entry.get("required", False))
            for entry in content.get("photos", [])
        ),
        signature=content.get("signature", False),
    )


def _question(entry: Mapping[str, Any]) -> Question:
    kind = entry["type"]
    listed = tuple((value["code"], value["label"]) for value in entry.get("values", []))
    return Question(
        code=entry["code"],
        label=entry["label"],
        kind=kind,
        unit=entry.get("unit", ""),
        options=listed or ANSWERS.get(kind, ()),
        count=entry.get("count", 1),
        required=entry.get("required", True),
        when={code: tuple(allowed) for code, allowed in entry.get("when", {}).items()},
        source=entry.get("source", ""),
        declared=entry.get("declared", ""),
        effect=entry.get("effect", ""),
        help=entry.get("help", ""),
        raw=entry,
    )
