"""The draw of a lot: a ranking that anyone can compute again from the frozen list and the seed (R1, R2).

Algorithm "spekty-sha256-rank", version 1. The mark of an operation is the hexadecimal SHA-256 of the UTF-8
text `seed|channel|reference`; operations are ranked by rising mark. With a seed that nobody chose (64
hexadecimal digits of the `secrets` module, drawn after the list is frozen) every order is equally likely.
By hand: printf '%s' 'SEED|SITE|REFERENCE' | sha256sum
"""

import datetime as dt
import hashlib
import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from spekty.core import french

ALGORITHM = "spekty-sha256-rank/1"
SEED = re.compile(r"[0-9a-f]{64}")
REFERENCE = "reference"
SITE, CONTACT = "SITE", "CONTACT"

Value = str | int | Decimal | dt.date | None


class DrawRefused(ValueError):
    """The list or the seed can't be drawn from; the message is a French sentence."""

    def __init__(self, message: str) -> None:
        super().__init__(french.typo(message))


class TopUpReason(StrEnum):
    """Why one more operation is drawn after the first draw."""

    NS = "ns"
    NV = "nv"
    UNREACHABLE = "unreachable"
    REFUSAL = "refusal"

    @property
    def label(self) -> str:
        return TOP_UP_LABELS[self]


TOP_UP_LABELS = {
    TopUpReason.NS: "Non satisfaisant",
    TopUpReason.NV: "Non vérifiable",
    TopUpReason.UNREACHABLE: "Bénéficiaire injoignable",
    TopUpReason.REFUSAL: "Refus du bénéficiaire",
}


@dataclass(frozen=True)
class Snapshot:
    """The frozen list: rows of texts in the order of their references; `text` is what the SHA-256 signs."""

    rows: tuple[Mapping[str, str], ...]
    text: str
    sha256: str

    @property
    def references(self) -> tuple[str, ...]:
        return tuple(row[REFERENCE] for row in self.rows)


@dataclass(frozen=True, slots=True)
class Ranked:
    """One operation of the ranking, from rank 1, with the mark that placed it."""

    rank: int
    reference: str
    mark: str


@dataclass(frozen=True)
class FirstDraw:
    """Both selections of a lot; `*_short` is how many operations the list lacked."""

    site_ranking: tuple[Ranked, ...]
    contact_ranking: tuple[Ranked, ...]
    site: tuple[str, ...]
    contact: tuple[str, ...]
    site_short: int
    contact_short: int


@dataclass(frozen=True)
class TopUp:
    """The next ranks taken, each with the operation it makes up for; `short` could not be given."""

    taken: tuple[str, ...]
    reasons: Mapping[str, TopUpReason]
    short: int

    @property
    def sentence(self) -> str:
        """Return the reasons in one French sentence, for the record."""
        parts = [f"{reference} ({reason.label.lower()})" for reference, reason in self.reasons.items()]
        return f"Remplace {', '.join(parts)}."


def freeze(rows: Iterable[Mapping[str, Value]]) -> Snapshot:
    """Return the frozen list of a lot's operations: one JSON object per line, sorted, texts in NFC.

    Freezing a snapshot's own rows gives the same snapshot. Raises DrawRefused for an empty list, or a
    reference that is missing or double.
    """
    frozen = sorted((_frozen(row) for row in rows), key=lambda row: row.get(REFERENCE, ""))
    references = [row.get(REFERENCE, "") for row in frozen]
    if not references:
        raise DrawRefused("La liste est vide : il n’y a rien à tirer.")
    if not all(references):
        raise DrawRefused("Une opération de la liste n’a pas de référence.")
    double = next(
        (left for left, right in zip(references, references[1:], strict=False) if left == right), None
    )
    if double:
        raise DrawRefused(f"La référence {double} est deux fois dans la liste.")
    text = "".join(_json(row) + "\n" for row in frozen)
    return Snapshot(tuple(frozen), text, hashlib.sha256(text.encode()).hexdigest())


def _frozen(row: Mapping[str, Value]) -> dict[str, str]:
    return {name: _text(value) for name, value in sorted(row.items()) if value is not None and value != ""}


def _text(value: Value) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, dt.date):
        return value.isoformat()
    return unicodedata.normalize("NFC", str(value)).strip()


def _json(row: Mapping[str, str]) -> str:
    return json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def mark(seed: str, channel: str, reference: str) -> str:
    """Return the mark that places an operation in the ranking."""
    return hashlib.sha256(f"{seed}|{channel}|{reference}".encode()).hexdigest()


def rank(snapshot: Snapshot, seed: str, channel: str) -> tuple[Ranked, ...]:
    """Return the ranking of every operation of the list for one channel (SITE or CONTACT)."""
    if not SEED.fullmatch(seed):
        raise DrawRefused("La graine doit avoir 64 chiffres hexadécimaux.")
    if channel not in (SITE, CONTACT):
        raise DrawRefused(f"Canal inconnu : {channel}.")
    marks = sorted((mark(seed, channel, reference), reference) for reference in snapshot.references)
    return tuple(Ranked(place, reference, found) for place, (found, reference) in enumerate(marks, start=1))


def replay(snapshot: Sequence[Mapping[str, Value]], seed: str, channel: str) -> tuple[Ranked, ...]:
    """Return the ranking of a record from its stored rows and seed."""
    return rank(freeze(snapshot), seed, channel)


def take(ranking: Sequence[Ranked], count: int, used: Collection[str] = frozenset()) -> tuple[str, ...]:
    """Return the references of the next `count` free ranks, fewer when the list ends before."""
    free = [item.reference for item in ranking if item.reference not in used]
    return tuple(free[: max(count, 0)])


def reserves(ranking: Sequence[Ranked], used: Collection[str]) -> tuple[Ranked, ...]:
    """Return what is left to draw, in the order in which it will be taken."""
    return tuple(item for item in ranking if item.reference not in used)


def draw_lot(snapshot: Snapshot, seed: str, site_count: int, contact_count: int) -> FirstDraw:
    """Draw on site in the complete list (R1), then by contact in the list minus that selection (R2)."""
    site_ranking, contact_ranking = rank(snapshot, seed, SITE), rank(snapshot, seed, CONTACT)
    site = take(site_ranking, site_count)
    contact = take(contact_ranking, contact_count, frozenset(site))
    return FirstDraw(
        site_ranking, contact_ranking, site, contact, site_count - len(site), contact_count - len(contact)
    )


def top_up(ranking: Sequence[Ranked], used: Collection[str], reasons: Mapping[str, TopUpReason]) -> TopUp:
    """Take one next rank per operation to make up for; `used` are all references drawn so far, both channels.

    `reasons` says why, by reference of the operation that fell short; it stays selected (R9).
    """
    drawn = set(used)
    unknown = sorted(set(reasons) - drawn)
    if unknown:
        raise DrawRefused(f"L’opération {unknown[0]} n’est pas tirée : rien à compléter pour elle.")
    taken = take(ranking, len(reasons), drawn)
    return TopUp(taken, dict(reasons), len(reasons) - len(taken))


@dataclass(frozen=True)
class DrawRecord:
    """What is stored of a draw, as far as it can be verified."""

    algorithm: str
    seed: str
    channel: str
    snapshot: Sequence[Mapping[str, Value]]
    sha256: str
    ranking: Sequence[str]
    taken: Sequence[str]
    used_before: Collection[str] = frozenset()


def verify(record: DrawRecord) -> list[str]:
    """Return what in a record doesn't follow from its list and its seed, in French; [] when all does."""
    if record.algorithm != ALGORITHM:
        return [f"Algorithme inconnu : {record.algorithm}."]
    snapshot = freeze(record.snapshot)
    faults = []
    if snapshot.sha256 != record.sha256:
        faults.append("L’empreinte de la liste ne correspond pas à la liste.")
    ranking = rank(snapshot, record.seed, record.channel)
    if [item.reference for item in ranking] != list(record.ranking):
        faults.append("Le classement ne correspond pas à la liste et à la graine.")
    expected = take(ranking, len(record.taken), record.used_before)
    if expected != tuple(record.taken):
        count = french.plural(len(record.taken), "opération tirée", "opérations tirées")
        faults.append(f"La sélection ({count}) ne suit pas le classement.")
    return faults
