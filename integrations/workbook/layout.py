"""Sheets and columns of the workbook, found by name: order, extra columns and line breaks don't matter.

Names are folded (lots.rules.text.fold). The first name of a column is the one the workbook has.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class SheetLayout:
    """One sheet: `title` as people read it, its folded names, and field -> folded header names."""

    title: str
    names: tuple[str, ...]
    key: tuple[str, ...]
    columns: dict[str, tuple[str, ...]]
    optional: frozenset[str] = field(default_factory=frozenset)
    keeps_twins: bool = False  # a row written twice is a fact to judge (doubled invoice, operation, trip)


CLIENTS = SheetLayout(
    "Clients",
    ("clients", "client"),
    ("code",),
    {
        "code": ("code", "code client"),
        "name": ("raison sociale", "nom"),
        "siren": ("siren",),
        "mode": ("mode facturation", "mode de facturation"),
        "unproductive_pct": ("improductif", "improductifs"),
        "max_unproductive": ("nb improductifs max", "nombre improductifs max"),
        "lot_fee": ("frais lot ht", "frais lot"),
        "reinspection_pct": ("contre visite",),
        "payment_days": ("delai paiement j fin de mois", "delai paiement", "delai de paiement"),
    },
)
TARIFFS = SheetLayout(
    "Tarifs",
    ("tarifs", "tarif"),
    ("client", "item", "valid_from"),
    {
        "client": ("code client", "client"),
        "item": ("famille",),
        "valid_from": ("applicable a partir du", "a partir du"),
        "amount": ("prix ht", "prix"),
    },
)
AGENTS = SheetLayout(
    "Agents",
    ("agents", "intervenants"),
    ("code",),
    {
        "code": ("code", "code agent"),
        "initials": ("initiales",),
        "last_name": ("nom",),
        "first_name": ("prenom",),
        "contract": ("contrat",),
        "vehicle": ("vehicule",),
        "address": ("adresse",),
        "postcode": ("cp", "code postal"),
        "city": ("ville", "commune"),
        "departments": ("secteurs", "secteur", "departements"),
        "kizeo_id": ("id kizeo",),
    },
    frozenset({"address", "postcode", "city", "departments", "kizeo_id", "last_name", "first_name"}),
)
AUTHORISATIONS = SheetLayout(
    "Habilitations",
    ("habilitations", "habilitation"),
    ("agent", "family", "valid_from"),
    {
        "agent": ("code agent", "agent"),
        "family": ("famille",),
        "valid_from": ("du", "valable du"),
        "valid_to": ("au", "valable au"),
    },
)
PAY_RATES = SheetLayout(
    "Barème paie",
    ("bareme paie", "bareme de paie", "bareme"),
    ("contract", "item", "valid_from"),
    {
        "contract": ("contrat",),
        "item": ("code",),
        "valid_from": ("applicable a partir du", "a partir du"),
        "amount": ("montant",),
    },
)
LOTS = SheetLayout(
    "Lots",
    ("lots", "suivi des lots"),
    ("number",),
    {
        "number": ("n lot", "no lot", "numero lot", "numero de lot"),
        "client": ("code client", "client"),
        "fiche": ("fiche",),
        "emmy_reference": ("ref emmy", "reference emmy"),
        "received_on": ("recu le", "date de reception"),
        "filing_on": ("depot prevu",),
        "operations": ("nb operations", "nombre d operations"),
        "site_pct": ("taux site",),
        "contact_pct": ("taux contact",),
        "contact_is_ours": ("contact par nous",),
        "drawn_on": ("tirage le", "date du tirage"),
        "status": ("statut",),
        "verdict": ("conclusion lot", "conclusion du lot"),
    },
    frozenset({"emmy_reference"}),
)
OPERATIONS = SheetLayout(
    "Opérations",
    ("operations", "operation"),
    ("reference",),
    {
        "reference": ("ref interne", "reference interne"),
        "lot": ("n lot", "no lot", "numero lot"),
        "last_name": ("nom",),
        "first_name": ("prenom",),
        "address": ("adresse",),
        "postcode": ("cp", "code postal"),
        "city": ("ville", "commune"),
        "phone": ("tel", "telephone"),
        "email": ("mail", "e mail", "email", "courriel"),
        "engaged_on": ("date engagement", "date d engagement"),
        "completed_on": ("date achevement", "date d achevement"),
        "volume_kwhc": ("volume kwhc", "volume kwh cumac"),
        "installer_siren": ("siren pro", "siren professionnel"),
        "installer_name": ("professionnel",),
        "declared_area": ("surface declaree",),
        "drawn_site": ("tire site",),
        "drawn_contact": ("tire contact",),
        "rank": ("rang",),
    },
    frozenset({"phone", "email", "volume_kwhc", "installer_name", "rank"}),
    keeps_twins=True,
)
MISSIONS = SheetLayout(
    "Missions",
    ("missions", "mission"),
    ("number",),
    {
        "number": ("n mission", "no mission", "numero mission"),
        "lot": ("n lot", "no lot", "numero lot"),
        "operation": ("ref interne", "reference interne"),
        "channel": ("type",),
        "reinspection_of": ("contre visite de",),
        "agent": ("agent", "intervenant"),
        "status": ("statut",),
        "visited_on": ("date visite", "date de visite"),
        "visited_at": ("heure",),
        "attempts": ("visites improductives",),
        "result": ("resultat",),
        "measured_area": ("surface mesuree",),
        "comment": ("commentaire", "commentaires"),
        "reviewer": ("relu par",),
        "reported_on": ("date rapport", "date du rapport"),
        "invoices": ("n facture", "no facture", "numero facture"),
        "billed": ("montant facture ht", "montant facture"),
        "pay_month": ("mois paie", "mois de paie"),
    },
    frozenset({"comment"}),
)
KM = SheetLayout(
    "Km",
    ("km", "kilometres"),
    ("agent", "day"),
    {"agent": ("agent", "code agent"), "day": ("date", "jour"), "km": ("km", "kilometres")},
    keeps_twins=True,
)
PAY = SheetLayout(
    "Paie",
    ("paie", "paye"),
    ("agent", "month"),
    {
        "agent": ("agent", "code agent"),
        "month": ("mois",),
        "missions": ("nb missions",),
        "bonuses": ("primes missions",),
        "contacts": ("contacts",),
        "unproductive": ("improductifs",),
        "km": ("km",),
        "meals": ("paniers",),
        "volume": ("prime volume",),
        "total": ("total",),
    },
    keeps_twins=True,
)
INVOICES = SheetLayout(
    "Factures",
    ("factures", "facture"),
    ("number",),
    {
        "number": ("n facture", "no facture", "numero facture"),
        "issued_on": ("date", "date facture"),
        "client": ("code client", "client"),
        "lots": ("lots", "lot"),
        "mission_lines": ("nb lignes mission",),
        "lot_fees": ("frais lot",),
        "discount": ("remise",),
        "total_ht": ("total ht",),
        "vat": ("tva",),
        "total_ttc": ("total ttc",),
    },
    keeps_twins=True,
)
LAYOUTS = (
    CLIENTS, TARIFFS, AGENTS, AUTHORISATIONS, PAY_RATES, LOTS, OPERATIONS, MISSIONS, KM, PAY, INVOICES,
)  # fmt: skip
