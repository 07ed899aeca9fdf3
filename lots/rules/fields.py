"""The fields that a line of a client's file may fill, and the headers under which clients send them."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How the cells of a field are read."""

    TEXT = "text"
    NAME = "name"
    ADDRESS = "address"
    DATE = "date"
    POSTCODE = "postcode"
    PHONE = "phone"
    EMAIL = "email"
    SIREN = "siren"
    SIRET = "siret"
    NUMBER = "number"
    VOLUME = "volume"
    FICHE = "fiche"


@dataclass(frozen=True)
class FieldSpec:
    """One canonical field: `required` fields must have a column (or be given by a composite one)."""

    code: str
    label: str
    kind: Kind
    synonyms: tuple[str, ...]
    required: bool = False


def _field(code: str, label: str, kind: Kind, synonyms: str, required: bool = False) -> FieldSpec:
    words = tuple(word.strip() for word in synonyms.split("|") if word.strip())
    return FieldSpec(code, label, kind, (label, *words), required)


FIELDS: tuple[FieldSpec, ...] = (
    _field(
        "reference",
        "Référence de l’opération",
        Kind.TEXT,
        "ref|reference|numero|n|reference interne de l'operation|reference interne|ref interne"
        "|ref operation|dossier|numero de dossier|no dossier|n dossier|id dossier|num dossier"
        "|reference dossier|ref dossier|code operation|identifiant|id operation|id|numero operation"
        "|n operation|numero d'affaire|affaire|reference client|ref client|votre reference"
        "|numero de lot travaux|id lot travaux|code dossier|identifiant operation|identifiant dossier|file id"
        "|order number",
        required=True,
    ),
    _field(
        "emmy_reference",
        "Référence EMMY",
        Kind.TEXT,
        "reference emmy de la demande|ref emmy|numero emmy|emmy|n emmy|demande emmy|reference pncee",
    ),
    _field(
        "client_name",
        "Raison sociale du demandeur",
        Kind.TEXT,
        "demandeur|nom du demandeur|oblige|delegataire|donneur d'ordre|raison sociale oblige|mandataire",
    ),
    _field(
        "client_siren",
        "SIREN du demandeur",
        Kind.SIREN,
        "siren demandeur|siren oblige|siren delegataire|siren donneur d'ordre|siren du mandataire",
    ),
    _field(
        "site_name",
        "Nom du site",
        Kind.TEXT,
        "raison sociale du beneficiaire nom du site|nom du site des travaux|site|denomination du site"
        "|nom batiment|residence|nom de la residence|nom du site beneficiaire de l'operation",
    ),
    _field(
        "address",
        "Adresse des travaux",
        Kind.ADDRESS,
        "adresse|adresse de l'operation|adresse travaux|adresse du chantier|adresse chantier"
        "|adresse du site|adresse beneficiaire|adresse du beneficiaire|adresse client|voie|rue"
        "|numero et voie|adresse ligne 1|adresse 1|adresse d'intervention|adresse postale"
        "|adresse logement|lieu des travaux|n et nom de rue|libelle voie|adresse du logement"
        "|adresse d'installation|numero et libelle de la voie|libelle de voie|libelle de la voie|nom de voie"
        "|nom de la voie|lieu d'intervention|site address",
        required=True,
    ),
    _field(
        "street_number",
        "Numéro dans la voie",
        Kind.TEXT,
        "n de voie|n voie|numero de voie|numero de la voie|numero voie|num voie|n rue|n de rue"
        "|numero de rue|n|no|numero",
    ),
    _field(
        "street_type",
        "Type de voie",
        Kind.TEXT,
        "type voie|nature de voie|nature de la voie|nature voie",
    ),
    _field(
        "address_complement",
        "Complément d’adresse",
        Kind.TEXT,
        "complement adresse|complement|adresse ligne 2|adresse 2|batiment|bat etage porte|lieu dit",
    ),
    _field(
        "full_address",
        "Adresse complète (voie, code postal, ville)",
        Kind.ADDRESS,
        "adresse complete|adresse complete des travaux|adresse complete du chantier|adresse entiere",
    ),
    _field(
        "postcode",
        "Code postal",
        Kind.POSTCODE,
        "cp|code postal sans cedex|code postal travaux|cp travaux|cp chantier|code postal chantier|c p"
        "|code postal de l'operation|code postal du beneficiaire|code postal beneficiaire|cp client"
        "|codepostal|code postal site|cp beneficiaire|cp site|zip",
        required=True,
    ),
    _field(
        "city",
        "Ville",
        Kind.TEXT,
        "commune|localite|ville travaux|ville chantier|ville du beneficiaire|ville beneficiaire"
        "|commune travaux|ville de l'operation|commune du chantier|ville client|nom commune|ville site"
        "|commune de l'operation",
        required=True,
    ),
    _field(
        "last_name",
        "Nom du bénéficiaire",
        Kind.NAME,
        "nom|nom raison sociale|nom ou raison sociale|nom beneficiaire|nom de famille|nom client"
        "|nom du client|beneficiaire nom|nom usage|nom du particulier|nom occupant|nom de l'occupant"
        "|nom du menage|nom du foyer|customer last name|last name|surname",
        required=True,
    ),
    _field(
        "first_name",
        "Prénom du bénéficiaire",
        Kind.NAME,
        "prenom|prenom beneficiaire|prenom client|prenom du client|beneficiaire prenom|prenoms"
        "|prenom occupant|customer first name|first name",
    ),
    _field(
        "full_name",
        "Nom et prénom du bénéficiaire",
        Kind.NAME,
        "beneficiaire|titulaire|proprietaire|usager|maitre d'ouvrage|nom prenom|nom et prenom"
        "|nom prenom beneficiaire|nom et prenom du beneficiaire|nom complet|client|client final|identite"
        "|identite du beneficiaire|nom et prenom du client|prenom nom|prenom et nom|occupant|particulier"
        "|menage|nom complet du beneficiaire|beneficiaire nom et prenom|locataire",
    ),
    _field(
        "company",
        "Raison sociale du bénéficiaire",
        Kind.TEXT,
        "societe beneficiaire|societe|raison sociale|entreprise beneficiaire|bailleur"
        "|denomination sociale|personne morale|raison sociale beneficiaire|nom de la societe"
        "|nom societe beneficiaire|syndic",
    ),
    _field(
        "company_siren", "SIREN du bénéficiaire", Kind.SIREN, "siren beneficiaire|siren societe beneficiaire"
    ),
    _field(
        "head_office_address",
        "Adresse du siège",
        Kind.ADDRESS,
        "adresse siege|adresse du siege social|adresse siege social|adresse du siege social du beneficiaire",
    ),
    _field(
        "head_office_postcode",
        "Code postal du siège",
        Kind.POSTCODE,
        "cp siege|code postal siege|code postal siege social|code postal du siege du beneficiaire",
    ),
    _field(
        "head_office_city", "Ville du siège", Kind.TEXT, "ville siege|commune siege|ville du siege social"
    ),
    _field(
        "volume_kwhc",
        "Volume (kWh cumac)",
        Kind.VOLUME,
        "kwhc|kwh cumac|volume cumac|volume|cumac|volume cee|volume total|volume kwhc|total kwh cumac"
        "|kwhcumac|montant cumac|volume total kwh cumac|cee kwhc|volume mwhc|mwh cumac|mwhc|gwh cumac"
        "|nombre de kwh cumac",
    ),
    _field(
        "volume_standard",
        "Volume hors précarité (kWh cumac)",
        Kind.VOLUME,
        "volume hors precarite|volume classique|cumac classique|kwhc classique|volume cee classique"
        "|hors precarite|volume hors precarite mwhc|kwh cumac classique|volume non precaire",
    ),
    _field(
        "volume_precarity",
        "Volume précarité (kWh cumac)",
        Kind.VOLUME,
        "volume precarite|cumac precarite|kwhc precarite|volume cee precarite|precarite|volume precaire"
        "|volume grande precarite|kwh cumac precarite",
    ),
    _field(
        "fiche",
        "Fiche",
        Kind.FICHE,
        "reference de la fiche|fiche cee|code fiche|ref fiche|fiche standardisee|reference fiche"
        "|fiche operation standardisee|operation standardisee|numero de fiche|n fiche|fos"
        "|type d'operation|code operation standardisee|fiche d'operation",
        required=True,
    ),
    _field(
        "engaged_on",
        "Date d’engagement",
        Kind.DATE,
        "engagement|date engagement|date devis|date du devis|date de signature du devis"
        "|date signature devis|signature du devis|devis signe le|date d'engagement de l'operation"
        "|date acceptation devis|date d'acceptation du devis|date commande|date bon de commande|devis"
        "|date devis signe|engage le|date d'acceptation de l'offre|date acceptation offre|quote date",
        required=True,
    ),
    _field(
        "completed_on",
        "Date d’achèvement",
        Kind.DATE,
        "achevement|date achevement|date facture|date de facture|date d'achevement ou facture"
        "|date de facturation|date fin travaux|date de fin de travaux|fin de travaux|date realisation"
        "|date de realisation|date travaux|date fin chantier|facture le|facture du|date pv"
        "|date de reception|acheve le|date d'achevement des travaux|date attestation|date fin"
        "|completion date",
        required=True,
    ),
    _field(
        "bonus", "Nature de la bonification", Kind.TEXT, "bonification|coup de pouce|cdp|charte|type de bonus"
    ),
    _field(
        "installer_siren",
        "SIREN du professionnel",
        Kind.SIREN,
        "siren|siren pro|siren professionnel|siren installateur|installateur siren|siren entreprise"
        "|siren artisan|siren de l'installateur|siren de l'entreprise|siren poseur|professionnel siren"
        "|siret pro|siret|siret installateur|siret professionnel|siret entreprise|siret du professionnel"
        "|no siren|siren societe",
        required=True,
    ),
    _field(
        "installer_name",
        "Raison sociale du professionnel",
        Kind.TEXT,
        "nom pro|professionnel|installateur|nom professionnel|nom du professionnel|entreprise|artisan"
        "|poseur|nom installateur|nom de l'installateur|raison sociale installateur"
        "|raison sociale entreprise|entreprise de travaux|nom entreprise|raison sociale pro"
        "|societe de travaux|entreprise rge|nom de l'entreprise|installateur nom"
        "|raison sociale de l'installateur|installer name|contractor",
    ),
    _field(
        "subcontractor_siren",
        "SIREN du sous-traitant",
        Kind.SIREN,
        "siren sous traitant|siret sous traitant|siren st|sous traitant siren",
    ),
    _field(
        "subcontractor_name",
        "Raison sociale du sous-traitant",
        Kind.TEXT,
        "sous traitant|nom sous traitant|nom du sous traitant|entreprise sous traitante",
    ),
    _field(
        "doer_siret",
        "SIRET de l’entreprise ayant réalisé",
        Kind.SIRET,
        "siret de l'entreprise ayant realise l'operation|siret realisateur"
        "|siret entreprise ayant realise les travaux",
    ),
    _field(
        "phone",
        "Téléphone",
        Kind.PHONE,
        "tel|telephone du beneficiaire|telephone beneficiaire|portable|mobile|numero de telephone|no tel"
        "|telephone client|telephone portable|tel portable|gsm|tel beneficiaire|n tel|telephone 1|tel 1"
        "|tel mobile|numero tel|coordonnees telephoniques|telephone occupant|contact telephone",
    ),
    _field(
        "phone_alt", "Autre téléphone", Kind.PHONE, "telephone 2|tel 2|telephone fixe|fixe|tel fixe|autre tel"
    ),
    _field(
        "email",
        "E-mail",
        Kind.EMAIL,
        "mail|courriel|email|adresse mail|courriel du beneficiaire|adresse email|e mail beneficiaire"
        "|mail client|adresse e mail|adresse electronique|email beneficiaire|mail beneficiaire"
        "|email client|adresse courriel",
    ),
    _field(
        "area_declared",
        "Surface déclarée (m²)",
        Kind.NUMBER,
        "surface|surface m2|m2|surface declaree|surface isolee|surface isolant|superficie|surface posee"
        "|quantite m2|surface d'isolant|nombre de m2|surface chauffee|surface facturee|surface isolee m2"
        "|surface declaree m2|quantite|area m2",
    ),
    _field(
        "comment",
        "Commentaire",
        Kind.TEXT,
        "commentaires|observations|observation|remarque|remarques|note|notes",
    ),
)

BY_CODE: dict[str, FieldSpec] = {spec.code: spec for spec in FIELDS}

# A composite column stands for several fields.
COMPOSITES: dict[str, tuple[str, ...]] = {
    "full_name": ("last_name", "first_name", "company"),
    "full_address": ("address", "postcode", "city"),
}
# Parts of a street in columns of their own, in the order in which they are written.
STREET_PARTS = ("street_number", "street_type")
VOLUMES = ("volume_standard", "volume_precarity")


def label_of(code: str) -> str:
    """Return the French name of a field."""
    return BY_CODE[code].label


def missing_fields(mapped: set[str]) -> tuple[str, ...]:
    """Return the required fields that neither a column nor a composite one gives, in their order."""
    given = mapped | {part for code in mapped for part in COMPOSITES.get(code, ())}
    if "company" in given:
        given.add("last_name")
    return tuple(spec.code for spec in FIELDS if spec.required and spec.code not in given)
