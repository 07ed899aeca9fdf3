"""What the machine checks before a person reads (NF EN ISO/IEC 17020; design reference, review). Pure."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spekty.core import french

NEAR_METRES = 150
EARTH_METRES = 6_371_000
# A visit is out of the ordinary below half, or above twice its usual length.
SHORT, LONG = 0.5, 2

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Check:
    """One line: state ok, act (look at it) or ko (blocks the issue)."""

    state: str
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a reading when it is read again. Minutes, degrees."""

    reviewer_is_inspector: bool
    competence_refusal: str
    family: str
    visit_day: str
    is_site: bool
    minutes: int | None
    usual_minutes: int
    site: Point | None
    photo_places: Sequence[Point]
    photo_count: int
    missing_photos: Sequence[str]
    signed: bool | None
    disputed: int


def automatic_checks(facts: Facts) -> list[Check]:
    """Return the checks in the order of their weight."""
    return list(_checks(facts))


def _checks(facts: Facts) -> Iterator[Check]:
    if facts.reviewer_is_inspector:
        yield Check("ko", "Vous êtes l’intervenant de ce relevé", "quelqu’un d’autre doit le relire")
    else:
        yield Check("ok", "Relecteur différent de l’intervenant")
    if facts.is_site and facts.competence_refusal:
        yield Check("act", "Habilitation à vérifier", facts.competence_refusal)
    elif facts.is_site:
        yield Check("ok", f"Habilitation {facts.family} valide le {facts.visit_day}")
    if facts.disputed:
        yield Check("act", "Un autre relevé est arrivé pour cette mission", "gardé à part, à trancher")
    if facts.is_site:
        yield _photos(facts)
        if facts.minutes is not None:
            yield _duration(facts.minutes, facts.usual_minutes)
    if facts.signed is not None:
        yield Check("ok", "Signature du bénéficiaire") if facts.signed else Check("act", "Sans signature")


def _photos(facts: Facts) -> Check:
    if facts.missing_photos:
        return Check("act", "Photos attendues absentes", ", ".join(facts.missing_photos))
    if not facts.photo_count:
        return Check("act", "Aucune photo")
    if facts.site is None or not facts.photo_places:
        return Check("act", "Lieu des photos inconnu", "le téléphone n’a pas donné de position")
    farthest = max(metres_between(facts.site, place) for place in facts.photo_places)
    if farthest <= NEAR_METRES:
        return Check("ok", f"Photos prises à moins de {french.distance(NEAR_METRES)} de l’adresse")
    return Check("act", f"Une photo prise à {french.distance(round(farthest))} de l’adresse")


def _duration(minutes: int, usual: int) -> Check:
    note = f"habituelle {french.duration(usual)}"
    text = f"Visite de {french.duration(minutes)}"
    return Check("ok" if SHORT * usual <= minutes <= LONG * usual else "act", text, note)


def metres_between(a: Point, b: Point) -> float:
    """Return the great-circle distance of two (latitude, longitude) points, in metres."""
    (lat_a, lon_a), (lat_b, lon_b) = (tuple(map(math.radians, point)) for point in (a, b))
    half = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    )
    return 2 * EARTH_METRES * math.asin(min(1, math.sqrt(half)))
