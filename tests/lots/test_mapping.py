from pathlib import Path

import pytest

from lots.rules.mapping import choose_sheet, headers_signature, propose_mapping, remember
from spekty.core.sheets import Cell, Sheet, read_sheets

LOTS = Path(__file__).parents[2] / "demo" / "lots"

MATRIX = {
    "reference",
    "emmy_reference",
    "client_name",
    "client_siren",
    "site_name",
    "address",
    "postcode",
    "city",
    "last_name",
    "first_name",
    "volume_standard",
    "volume_precarity",
    "fiche",
    "engaged_on",
    "completed_on",
    "installer_siren",
    "installer_name",
    "phone",
    "email",
    "area_declared",
}
EXPORT = {
    "reference",
    "last_name",
    "first_name",
    "address",
    "postcode",
    "city",
    "phone",
    "email",
    "company",
    "head_office_address",
    "head_office_postcode",
    "head_office_city",
    "installer_siren",
    "installer_name",
    "fiche",
    "engaged_on",
    "completed_on",
    "volume_kwhc",
    "area_declared",
}
LISTE = {
    "reference",
    "full_name",
    "full_address",
    "phone",
    "fiche",
    "engaged_on",
    "completed_on",
    "installer_siren",
    "volume_kwhc",
    "area_declared",
}
SHAPES = {"matrice": MATRIX, "export": EXPORT, "liste": LISTE}


@pytest.mark.parametrize("file", sorted(LOTS.iterdir()), ids=lambda path: path.name)
def test_the_three_shapes_need_no_correction(file: Path) -> None:
    proposal = propose_mapping(read_sheets(file)[0].rows)
    shape = file.stem.rsplit("-", 1)[1]
    assert set(proposal.mapping.values()) == SHAPES[shape]
    assert len(proposal.mapping) == len(proposal.columns)
    assert proposal.first_data_row == (2 if shape == "matrice" else 1)
    assert proposal.missing == ()


ROW = [
    "A-1",
    "DUPONT",
    "Jean",
    "1 rue X",
    "69001",
    "Lyon",
    "0612345678",
    "BAR-EN-101",
    "01/02/2025",
    "03/04/2025",
    "917743668",
    "120 000",
    "88",
]
FIELDS = [
    "reference",
    "last_name",
    "first_name",
    "address",
    "postcode",
    "city",
    "phone",
    "fiche",
    "engaged_on",
    "completed_on",
    "installer_siren",
    "volume_kwhc",
    "area_declared",
]


@pytest.mark.parametrize(
    "headers",
    [
        [
            "N° DOSSIER",
            "NOM CLIENT",
            "PRÉNOM CLIENT",
            "ADRESSE CHANTIER",
            "C.P.",
            "COMMUNE",
            "PORTABLE",
            "FICHE CEE",
            "DATE SIGNATURE DEVIS",
            "DATE FIN DE TRAVAUX",
            "N° SIREN INSTALLATEUR",
            "VOLUME KWH CUMAC",
            "SURFACE (m²)",
        ],
        [
            "Identifiant opération",
            "Nom de l'occupant",
            "Prénom de l'occupant",
            "Adresse du logement",
            "Code Postal",
            "Localité",
            "Tél. mobile",
            "Code fiche",
            "Devis signé le",
            "Date de facturation",
            "SIRET de l'entreprise",
            "Total kWh cumac",
            "Superficie",
        ],
        [
            "Réf. dossier client",
            "Nom bénéf.",
            "Prénom bénéf.",
            "Adr. travaux",
            "Cod. postal",
            "Ville trvx",
            "Tél bénéf",
            "Réf fiche",
            "Dt engagement",
            "Dt achèvement",
            "SIREN prof.",
            "Vol. cumac",
            "Surf. déclarée",
        ],
        [
            "id_operation",
            "nom_beneficiaire",
            "prenom_beneficiaire",
            "adresse_travaux",
            "code_postal_travaux",
            "ville_travaux",
            "telephone_beneficiaire",
            "fiche_operation",
            "date_engagement_operation",
            "date_achevement_operation",
            "siren_professionnel",
            "volume_kwh_cumac",
            "surface_isolee_m2",
        ],
    ],
    ids=["shouted", "wordy", "abbreviated", "database"],
)
def test_files_made_by_nobody_here(headers: list[str]) -> None:
    proposal = propose_mapping([headers, ROW])
    found = [proposal.mapping.get(index) for index in range(len(headers))]
    wrong = [
        (header, got) for header, got, wanted in zip(headers, found, FIELDS, strict=True) if got != wanted
    ]
    assert len(wrong) <= 1, wrong


def test_dates_without_a_name_are_in_the_order_of_the_works() -> None:
    rows = [["Réf", "Jour 1", "Jour 2"], *[[f"A-{n}", f"1{n}/06/2025", f"1{n}/02/2025"] for n in range(9)]]
    assert propose_mapping(rows).mapping == {0: "reference", 1: "completed_on", 2: "engaged_on"}


def test_a_code_that_differs_on_each_line_is_the_reference() -> None:
    rows = [["Repère", "Nom"], *[[f"X{n}/25", "DUPONT"] for n in range(9)]]
    assert propose_mapping(rows).mapping == {0: "reference", 1: "last_name"}


def test_two_header_rows_are_joined() -> None:
    rows = [
        [
            "Dossier",
            "Bénéficiaire",
            "",
            "",
            "",
            "Professionnel",
            "",
            "Siège du bénéficiaire",
            "",
            "Dates",
            "",
        ],
        [
            "",
            "Nom",
            "Prénom",
            "Code postal",
            "Ville",
            "Raison sociale",
            "SIREN",
            "Code postal",
            "Ville",
            "Devis",
            "Facture",
        ],
        [
            "A-1",
            "DUPONT",
            "Jean",
            "69001",
            "Lyon",
            "ISO",
            "917743668",
            "75001",
            "Paris",
            "01/02/2025",
            "03/04/2025",
        ],
    ]
    proposal = propose_mapping(rows)
    assert proposal.first_data_row == 2
    assert [proposal.mapping.get(index) for index in range(11)] == [
        "reference",
        "last_name",
        "first_name",
        "postcode",
        "city",
        "installer_name",
        "installer_siren",
        "head_office_postcode",
        "head_office_city",
        "engaged_on",
        "completed_on",
    ]


def test_a_title_and_blank_rows_above_the_headers() -> None:
    rows = [["Lot du 3 mars"], [], ["Réf", "Nom", "Prénom", "CP"], ["A-1", "DUPONT", "Jean", "69001"]]
    assert propose_mapping(rows).first_data_row == 3


def test_a_name_and_an_address_in_one_cell_each_are_told_by_their_content() -> None:
    rows = [["Réf", "Nom", "Adresse"], *[[f"A-{n}", "DUPONT Jean", "1 rue X, 69001 Lyon"] for n in range(5)]]
    assert set(propose_mapping(rows).mapping.values()) == {"reference", "full_name", "full_address"}


def test_unknown_columns_are_kept_apart() -> None:
    rows = [["Réf", "Nom", "Couleur des volets"], ["A-1", "DUPONT", "vert"]]
    proposal = propose_mapping(rows)
    assert proposal.columns[2].field is None
    assert proposal.extra_headers == {2: "Couleur des volets"}


def test_a_header_that_lies_loses_to_the_content() -> None:
    rows = [
        ["Réf", "Téléphone", "Contact"],
        *[[f"A-{n}", "jean@exemple.fr", f"06 12 34 56 {n:02}"] for n in range(9)],
    ]
    assert propose_mapping(rows).mapping == {0: "reference", 1: "email", 2: "phone"}


def test_a_correction_is_remembered_whatever_the_order_of_columns() -> None:
    rows = [["Réf", "Machin", "Nom"], ["A-1", "69001", "DUPONT"]]
    memory = remember(propose_mapping(rows), {1: "city"})
    again = propose_mapping([["Nom", "MACHIN ", "Réf"], ["DUPONT", "69001", "A-1"]], memory)
    assert again.mapping == {0: "last_name", 1: "city", 2: "reference"}
    assert again.columns[1].confidence == 1


def test_a_column_left_out_on_purpose_is_remembered() -> None:
    rows = [["Réf", "Nom"], ["A-1", "DUPONT"]]
    memory = remember(propose_mapping(rows), {1: None})
    assert propose_mapping(rows, memory).mapping == {0: "reference"}


def test_the_signature_ignores_order_case_and_accents() -> None:
    assert headers_signature(["Réf", "Nom "]) == headers_signature(["NOM", "ref"])
    assert headers_signature(["Réf", "Nom"]) != headers_signature(["Réf", "Prénom"])


def test_the_sheet_with_the_lines_is_chosen() -> None:
    sheets = [
        Sheet("Lisez-moi", [["Bonjour"], ["Nom du fichier"]]),
        Sheet("Données", [["Réf", "Nom", "CP"], ["A-1", "X", "69001"]]),
    ]
    assert choose_sheet(sheets).name == "Données"


def test_each_field_is_given_to_one_column() -> None:
    rows = [["Réf", "Adresse", "Adresse", "CP", "CP"], ["A", "x", "y", "69001", "75001"]]
    fields = list(propose_mapping(rows).mapping.values())
    assert len(fields) == len(set(fields))


def test_an_empty_file_maps_nothing() -> None:
    assert propose_mapping([]).mapping == {}
    assert propose_mapping([["", ""]]).mapping == {}


def test_a_list_without_headers_keeps_every_line_and_names_its_columns() -> None:
    rows: list[list[Cell]] = [
        ["D-1", "Poirier", "01400", "gaby@exemple.fr", "02/03/2026", "02/04/2026"],
        ["D-2", "Lombard", "02100", "lomb@exemple.fr", "05/03/2026", "08/04/2026"],
    ]
    proposal = propose_mapping(rows)
    assert proposal.first_data_row == 0
    assert [column.header for column in proposal.columns] == [f"Colonne {n}" for n in range(1, 7)]
    assert {3: "email", 4: "engaged_on", 5: "completed_on"}.items() <= proposal.mapping.items()
    again = propose_mapping(rows, remember(proposal, {0: "reference", 1: "last_name", 2: "postcode"}))
    assert {0: "reference", 1: "last_name", 2: "postcode"}.items() <= again.mapping.items()
