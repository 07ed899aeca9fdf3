"""A lot's synthesis, in the official order of columns (blocks A–AF, AG–BW, BX–CB, CC–CE)."""

import datetime as dt

from django.conf import settings
from django.http import HttpResponse

from lots.models import Lot, Operation
from lots.rules.stored import LABELS
from lots.rules.verdict import Outcome, Verdict, may_file
from lots.views.lines import LotLine, lines_of
from missions.selectors.lots import Inspection, inspections, outcomes
from spekty.core import french
from spekty.core.pdf import render_pdf
from spekty.core.tables import Cell, download, table_response

HEADER = (
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
    *("Sélectionnée aléatoirement", "Rendez-vous pris", "Rendez-vous tenu", "Commentaire du rendez-vous"),
    *("Date de la visite", "Surface déclarée (m²)", "Surface mesurée (m²)", "Conclusion sur site"),
    *("Commentaires", "Contrôlée par contact", "Conclusion par contact"),
    *("Actions correctives", "Conforme après correction", "Déposable"),
)


# What fits on a page, in the same order.
PRINTED = tuple(
    HEADER.index(name)
    for name in (
        *("Référence interne de l’opération", "Ville", "Raison sociale du bénéficiaire"),
        *("Date d’engagement", "Date d’achèvement", "Sélectionnée aléatoirement", "Date de la visite"),
        *("Conclusion sur site", "Conclusion par contact", "Conforme après correction", "Déposable"),
    )
)


def _word(cell: Cell) -> str:
    if cell is None or cell == "":
        return french.NOTHING
    return f"{cell:%d/%m/%Y}" if isinstance(cell, dt.date) else str(cell)


def synthesis_response(lot: Lot, kind: str, today: dt.date) -> HttpResponse:
    """Answer with the synthesis: "pdf", "csv", else Excel."""
    line = lines_of([lot], today)[0]
    rows = synthesis_rows(lot, line)
    name = f"synthese-{lot.number.replace('/', '-')}"
    if kind == "pdf":
        context = {
            "lot": lot,
            "line": line,
            "header": [HEADER[place] for place in PRINTED],
            "rows": [[_word(row[place]) for place in PRINTED] for row in rows],
            "day": today,
        }
        return download(f"{name}.pdf", "application/pdf", render_pdf("lots/synthesis.html", context))
    return table_response(name, "csv" if kind == "csv" else "xlsx", HEADER, rows)


def synthesis_rows(lot: Lot, line: LotLine) -> list[list[Cell]]:
    """Return one row per operation: three queries whatever their number."""
    by_operation = inspections(lot)
    became = outcomes(lot)
    operations = lot.operations.filter(is_withdrawn=False).select_related("installer").order_by("reference")
    return [
        [
            *_asked(lot, operation),
            *_found(operation, by_operation.get(operation.pk)),
            *_filing(line.judged.verdict, became.get(operation.pk, Outcome.NOT_INSPECTED)),
        ]
        for operation in operations
    ]


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


def _found(op: Operation, seen: Inspection | None) -> list[Cell]:
    # R9: selected stays yes, even when nobody could be reached.
    selected = _yes(bool(op.selected))
    if seen is None:
        return [selected, *[None] * 4, op.area_declared, *[None] * 5]
    return [
        *(selected, _yes(seen.agreed), _yes(seen.held), seen.note or None, seen.visited_on),
        *(op.area_declared, seen.area_measured, seen.site_conclusion or None, seen.comment or None),
        *(None if seen.by_contact is None else _yes(seen.by_contact), seen.contact_conclusion or None),
    ]


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
