"""Who may inspect what (NF EN ISO/IEC 17020: competence and independence). Pure."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Right:
    """An authorisation: family, first and last day (None: without end)."""

    family: str
    valid_from: dt.date
    valid_to: dt.date | None


@dataclass(frozen=True)
class Link:
    """A declared link: with a firm by SIREN, or with a person by name."""

    kind: str
    siren: str
    name: str
    reason: str
    valid_from: dt.date
    valid_to: dt.date | None


@dataclass(frozen=True)
class Parties:
    """Whom the inspection concerns."""

    client_siren: str
    client_name: str
    installer_siren: str
    installer_name: str
    beneficiary: str
    beneficiary_siren: str = ""


def competence_refusal(family: str, day: dt.date, rights: Sequence[Right]) -> str | None:
    """Return why the agent lacks the competence for `family` on `day`, in French, or None."""
    mine = [right for right in rights if right.family == family]
    if any(r.valid_from <= day and (r.valid_to is None or day <= r.valid_to) for r in mine):
        return None
    if not mine:
        return f"Pas d’habilitation {family}."
    ended = [r.valid_to for r in mine if r.valid_to is not None and r.valid_to < day]
    if ended:
        return f"Habilitation {family} expirée le {max(ended):%d/%m/%Y}."
    return f"Habilitation {family} valable à partir du {min(r.valid_from for r in mine):%d/%m/%Y} seulement."


def independence_refusal(parties: Parties, day: dt.date, links: Sequence[Link]) -> str | None:
    """Return the declared link that forbids the inspection on `day`, in French, or None."""
    for link in links:
        if link.valid_from > day or (link.valid_to is not None and link.valid_to < day):
            continue
        if _concerns(link, parties):
            return f"Lien déclaré avec {link.name} : {link.reason}."
    return None


def _concerns(link: Link, parties: Parties) -> bool:
    siren, name = {
        "client": (parties.client_siren, parties.client_name),
        "professionnel": (parties.installer_siren, parties.installer_name),
        "beneficiaire": (parties.beneficiary_siren, parties.beneficiary),
    }[link.kind]
    if link.siren and siren:
        return link.siren == siren
    return bool(name) and link.name.casefold().split() == name.casefold().split()
