"""Random single-cell changes of a workbook: what a tired person could type."""

import datetime as dt
import random
from dataclasses import dataclass
from typing import Any

from spekty.core.sheets import Sheet

HEADER = 2
FIRST = 3
KINDS: dict[str, list[tuple[str, str]]] = {
    "amount": [
        ("Missions", "Montant facturé HT"),
        ("Factures", "Total HT"),
        ("Factures", "Total TTC"),
        ("Factures", "TVA"),
        ("Factures", "Remise"),
        ("Factures", "Frais lot"),
        ("Paie", "Primes missions"),
        ("Paie", "Contacts"),
        ("Paie", "Improductifs"),
        ("Paie", "Km"),
        ("Paie", "Paniers"),
        ("Paie", "Total"),
        ("Tarifs", "Prix HT"),
        ("Barème paie", "Montant"),
        ("Km", "Km"),
        ("Clients", "% improductif"),
        ("Clients", "Frais lot HT"),
        ("Missions", "Surface mesurée"),
        ("Opérations", "Surface déclarée"),
    ],
    "date": [
        ("Missions", "Date visite"),
        ("Missions", "Date rapport"),
        ("Missions", "Mois paie"),
        ("Lots", "Reçu le"),
        ("Lots", "Tirage le"),
        ("Lots", "Dépôt prévu"),
        ("Opérations", "Date engagement"),
        ("Opérations", "Date achèvement"),
        ("Km", "Date"),
        ("Factures", "Date"),
        ("Habilitations", "Du"),
        ("Tarifs", "Applicable à partir du"),
        ("Habilitations", "Au"),
        ("Paie", "Mois"),
    ],
    "status": [
        ("Missions", "Statut"),
        ("Lots", "Statut"),
        ("Clients", "Mode facturation"),
        ("Missions", "Type"),
    ],
    "agent": [
        ("Missions", "Agent"),
        ("Missions", "Relu par"),
        ("Km", "Agent"),
        ("Paie", "Agent"),
        ("Habilitations", "Code agent"),
        ("Agents", "Contrat"),
        ("Agents", "Véhicule"),
        ("Missions", "Visites improductives"),
    ],
    "conclusion": [("Missions", "Résultat"), ("Lots", "Conclusion lot")],
    "reference": [
        ("Opérations", "Réf. interne"),
        ("Opérations", "N° lot"),
        ("Opérations", "SIREN pro"),
        ("Opérations", "Adresse"),
        ("Missions", "Réf. interne"),
        ("Missions", "N° lot"),
        ("Missions", "Contre-visite de"),
        ("Lots", "Code client"),
        ("Lots", "Fiche"),
        ("Factures", "Code client"),
        ("Tarifs", "Famille"),
        ("Barème paie", "Code"),
        ("Factures", "Lots"),
    ],
    "number": [
        ("Missions", "N° facture"),
        ("Factures", "N° facture"),
        ("Missions", "N° mission"),
        ("Lots", "Nb opérations"),
        ("Paie", "Nb missions"),
        ("Factures", "Nb lignes mission"),
    ],
}


@dataclass(frozen=True)
class Mutation:
    kind: str
    sheet: str
    column: str
    row: int
    before: Any
    after: Any


def draw_mutation(sheets: list[Sheet], rng: random.Random) -> Mutation:
    """Return one change of one cell whose new content isn't the old one."""
    while True:
        kind = rng.choice(sorted(KINDS))
        name, column = rng.choice(KINDS[kind])
        sheet = next(s for s in sheets if s.name == name)
        index = sheet.rows[HEADER].index(column)
        row = rng.randrange(FIRST, len(sheet.rows))
        before = sheet.rows[row][index]
        if sheet.rows[row][0] in ("", "TOTAL"):
            continue
        column_values = [r[index] for r in sheet.rows[FIRST:] if r[0] not in ("", "TOTAL")]
        after = _new_value(before, column_values, rng)
        if after != before:
            return Mutation(kind, name, column, row, before, after)


def _new_value(before: Any, others: list[Any], rng: random.Random) -> Any:
    choice = rng.random()
    if choice < 0.5:
        return rng.choice(others)
    if choice < 0.6:
        return ""
    if isinstance(before, dt.date):
        return before + dt.timedelta(days=rng.choice([-400, -60, -7, -2, -1, 1, 2, 7, 31, 365]))
    if isinstance(before, float):
        return round(before + rng.choice([-50.0, -1.0, -0.01, 0.01, 0.004, 8.0, 100.0]), 3)
    if choice < 0.9:
        return rng.choice(others)
    return "???"


def apply(sheets: list[Sheet], mutation: Mutation) -> list[Sheet]:
    """Return the sheets with that one cell changed; the originals stay as they are."""
    changed = []
    for sheet in sheets:
        if sheet.name != mutation.sheet:
            changed.append(sheet)
            continue
        rows = list(sheet.rows)
        cells = list(rows[mutation.row])
        cells[rows[HEADER].index(mutation.column)] = mutation.after
        rows[mutation.row] = cells
        changed.append(Sheet(sheet.name, rows))
    return changed
