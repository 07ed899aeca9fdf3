"""A lot's synthesis, in the official order of columns.

A–AF of the orderer, AG–AK the selection and the visit, AL–BU what was read (the columns of the fiche's own
questionnaire), BV–BW the conclusion, BX–CB by contact, CC–CE what was put right.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.http import HttpResponse

from field.selectors import readings_of_lot
from lots.models import Lot, Operation
from lots.rules.stored import LABELS
from lots.rules.verdict import Outcome, Verdict, may_file
from lots.views.lines import LotLine, lines_of
from missions.selectors.lots import Inspection, inspections, outcomes
from spekty.core import french
from spekty.core.enums import Channel
from spekty.core.pdf import render_pdf
from spekty.core.tables import Cell, download, table_response

ASKED = (
    *("Raison sociale du demandeur", "SIREN du demandeur", "Référence EMMY de la demande"),
    *("Référence interne de l’opération", "Nom du site bénéficiaire", "Adresse de l’opération"),
    *("Code postal", "Ville", "Raison sociale du bénéficiaire", "SIREN du bénéficiaire"),
    *("Adresse du siège", "Code postal du siège", "Ville du siège", "Volume hors précarité (kWh cumac)"),
    *("Volume précarité (kWh cumac)", "Fiche", "Date d’engagement", "Date d’achèvement"),
    *("Nature de la bonification", "SIREN du professionnel", "Raison sociale du professionnel"),
    *("SIREN du sous-traitant", "Raison sociale du sous-traitant", "Nature du rôle actif et incitatif"),
    *("SIREN de l’organisme sur site", "Raison sociale de l’organisme sur site", "SIRET de l’entreprise"),
    *("Téléphone du bénéficiaire", "E-mail du bénéficiaire", "SIREN de l’organisme par contact"),
    *("Raison sociale de l’organisme par contact", "Montant de l’incitation (€)"),
)
VISITED = (
    *("Sélectionnée aléatoirement", "Rendez-vous pris", "Rendez-vous tenu", "Commentaire du rendez-vous"),
    "Date de la visite",
)
AREAS = ("Surface déclarée (m²)", "Surface mesurée (m²)")
CONCLUDED = ("Conclusion sur site", "Commentaires")
CONTACTED, CONTACT_CONCLUSION = "Contrôlée par contact", "Conclusion par contact"
RIGHTED = ("Actions correctives", "Conforme après correction", "Déposable")
# What fits on a page beside the reference, in the same order; the readings follow, so many columns a table.
PRINTED = (
    *("Référence interne de l’opération", "Ville", "Raison sociale du bénéficiaire"),
    *("Date d’engagement", "Date d’achèvement", "Sélectionnée aléatoirement", "Date de la visite"),
    *("Conclusion sur site", "Conclusion par contact", "Conforme après correction", "Déposable"),
)
REFERENCE = "Référence interne de l’opération"
BESIDE = 6


@dataclass(frozen=True)
class Synthesis:
    """The whole table; `read` are the places of the columns of what was read on site and by contact."""

    header: list[str]
    rows: list[list[Cell]]
    read: range
    heard: range


def _word(cell: Cell) -> str:
    if cell is None or cell == "":
        return french.NOTHING
    return f"{cell:%d/%m/%Y}" if isinstance(cell, dt.date) else str(cell)


def synthesis_response(lot: Lot, kind: str, today: dt.date) -> HttpResponse:
    """Answer with the synthesis: "pdf", "csv", else Excel."""
    line = lines_of([lot], today)[0]
    table = synthesis_of(lot, line, today)
    name = f"synthese-{lot.number.replace('/', '-')}"
    if kind == "pdf":
        printed = [table.header.index(title) for title in PRINTED]
        context = {
            "lot": lot,
            "line": line,
            "header": [table.header[place] for place in printed],
            "rows": [[_word(row[place]) for place in printed] for row in table.rows],
            "readings": [part for places in (table.read, table.heard) for part in _parts(table, places)],
            "day": today,
        }
        return download(f"{name}.pdf", "application/pdf", render_pdf("lots/synthesis.html", context))
    return table_response(name, "csv" if kind == "csv" else "xlsx", table.header, table.rows)


def _parts(table: Synthesis, places: range) -> list[tuple[list[str], list[list[str]]]]:
    """Return the readings as tables narrow enough for a page, of the operations that were read."""
    reference = table.header.index(REFERENCE)
    rows = [row for row in table.rows if any(row[place] is not None for place in places)]
    parts = []
    for start in range(places.start, places.stop, BESIDE):
        shown = [reference, *range(start, min(start + BESIDE, places.stop))]
        parts.append(
            (
                [table.header[place] for place in shown],
                [[_word(row[place]) for place in shown] for row in rows],
            )
        )
    return parts if rows else []


def synthesis_of(lot: Lot, line: LotLine, today: dt.date) -> Synthesis:
    """Return one row per operation: five queries whatever their number."""
    readings = readings_of_lot(lot, today)
    read, heard = readings.labels(Channel.SITE), readings.labels(Channel.CONTACT)
    # A questionnaire that asks no area leaves those that are known anyway their columns.
    areas = [] if AREAS[0] in read else list(AREAS)
    heard = [f"{label} (par contact)" if label in read else label for label in heard]
    by_operation, became = inspections(lot), outcomes(lot)
    operations = lot.operations.filter(is_withdrawn=False).select_related("installer").order_by("reference")
    rows: list[list[Cell]] = []
    for op in operations:
        seen = by_operation.get(op.pk)
        rows.append(
            [
                *_asked(lot, op),
                *_visited(op, seen),
                *(_areas(op, seen).values() if areas else ()),
                *readings.cells(op.pk, Channel.SITE, _areas(op, seen)),
                *((seen.site_conclusion or None, seen.comment or None) if seen else (None, None)),
                None if seen is None or seen.by_contact is None else _yes(seen.by_contact),
                *readings.cells(op.pk, Channel.CONTACT, {}),
                (seen.contact_conclusion or None) if seen else None,
                *_filing(line.judged.verdict, became.get(op.pk, Outcome.NOT_INSPECTED)),
            ]
        )
    before, read = [*ASKED, *VISITED], [*areas, *read]
    between = [*CONCLUDED, CONTACTED]
    header = [*before, *read, *between, *heard, CONTACT_CONCLUSION]
    first, second = len(before), len(before) + len(read) + len(between)
    return Synthesis(
        [*header, *RIGHTED], rows, range(first, first + len(read)), range(second, second + len(heard))
    )


def _areas(op: Operation, seen: Inspection | None) -> dict[str, Decimal | None]:
    """What is known without a reading: a lot of the workbook has only its areas."""
    return {"area_declared": op.area_declared, "area_measured": seen.area_measured if seen else None}


def _asked(lot: Lot, op: Operation) -> list[Cell]:
    extra = {**(op.extra or {})}

    def kept(field: str) -> Cell:
        return extra.get(LABELS[field]) or None

    ours = (settings.INSPECTION_BODY["siren"], settings.INSPECTION_BODY["name"])
    contact = ours if lot.contact_by_us else (None, None)
    volume = kept("volume_standard") or op.volume_kwhc
    return [
        *(lot.client.name, lot.client.siren, lot.emmy_ref, op.reference, kept("site_name")),
        *(op.address, op.postcode, op.city, op.beneficiary, op.company_siren),
        *(kept("head_office_address"), kept("head_office_postcode"), kept("head_office_city")),
        *(volume, kept("volume_precarity"), lot.fiche.code, op.engaged_on, op.completed_on),
        kept("bonus"),
        *((op.installer.siren, op.installer.name) if op.installer else (None, None)),
        *(kept("subcontractor_siren"), kept("subcontractor_name"), None),
        *(*ours, kept("doer_siret"), op.phone, op.email, *contact, None),
    ]


def _visited(op: Operation, seen: Inspection | None) -> list[Cell]:
    # R9: selected stays yes, even when nobody could be reached.
    selected = _yes(bool(op.selected))
    if seen is None:
        return [selected, *[None] * 4]
    return [selected, _yes(seen.agreed), _yes(seen.held), seen.note or None, seen.visited_on]


def _filing(verdict: Verdict, outcome: Outcome) -> list[Cell]:
    right = outcome is Outcome.NS_PUT_RIGHT
    again = right or outcome is Outcome.NS
    return [
        "Contre-visite" if right else None,
        _yes(right) if again else None,
        None if verdict is Verdict.UNKNOWN else _yes(may_file(verdict, outcome)),
    ]


def _yes(held: bool) -> str:
    return "Oui" if held else "Non"
