import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lots.rules import parsing as p
from lots.rules.addresses import city_key, split_address, street_key
from lots.rules.parsing import Unreadable
from lots.rules.people import split_name

DAY = dt.date(2025, 12, 31)


@pytest.mark.parametrize(
    "cell",
    [
        DAY,
        dt.datetime(2025, 12, 31, 9, 30),
        "31/12/2025",
        "31-12-2025",
        "31/12/25",
        "2025-12-31",
        "31.12.2025",
        " 31/12/2025 ",
        "2025/12/31",
        "20251231",
        20251231,
        20251231.0,
        "31/12/2025 00:00:00",
        "2025-12-31T08:00:00Z",
        "31 décembre 2025",
        "31 déc. 2025",
        "mercredi 31 décembre 2025",
        "31-déc-25",
        "31 DEC 2025",
        46022,
        46022.0,
        46022.75,
        "46022",
        "31\u00a0décembre\u00a02025",
    ],
)
def test_dates_in_every_shape(cell: p.Cell) -> None:
    assert p.parse_date(cell) == DAY


def test_the_first_of_the_month() -> None:
    assert p.parse_date("1er février 2025") == p.parse_date("1/2/2025") == dt.date(2025, 2, 1)


@pytest.mark.parametrize("cell", ["", "  ", "-", "néant", "N/A", "NC"])
def test_no_date(cell: str) -> None:
    assert p.parse_date(cell) is None


@pytest.mark.parametrize(
    "cell", ["12/25/2025", "30/02/2025", "bientôt", "2025", 12, "31/12", True, "1/2/3/2025", 1e9]
)
def test_what_is_not_a_date_is_never_guessed(cell: p.Cell) -> None:
    with pytest.raises(Unreadable, match="date"):
        p.parse_date(cell)


@given(st.dates(dt.date(1990, 1, 1), dt.date(2069, 12, 31)))
def test_a_date_survives_each_writing(day: dt.date) -> None:
    serial = (day - dt.date(1899, 12, 30)).days
    shapes = [
        day.isoformat(),
        day.strftime("%d/%m/%Y"),
        day.strftime("%d.%m.%Y"),
        day.strftime("%Y%m%d"),
        serial,
    ]
    assert {p.parse_date(shape) for shape in shapes} == {day}


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (1400, "01400"),
        (1400.0, "01400"),
        ("1400", "01400"),
        ("01 400", "01400"),
        ("69001", "69001"),
        (97400.0, "97400"),
        ("F-69001", "69001"),
        ("69001 CEDEX 2", "69001"),
        ("20090", "20090"),
        ("", None),
        ("44350.0", "44350"),
        ("1400,0", "01400"),
    ],
)
def test_postcodes(cell: p.Cell, code: str | None) -> None:
    assert p.parse_postcode(cell) == code


@pytest.mark.parametrize("cell", ["ABC", "123", "690011", 12.5, "2A004"])
def test_what_is_not_a_postcode(cell: p.Cell) -> None:
    with pytest.raises(Unreadable, match="code postal"):
        p.parse_postcode(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "0678848288",
        678848288,
        678848288.0,
        "06 78 84 82 88",
        "06.78.84.82.88",
        "06-78-84-82-88",
        "+33678848288",
        "+33 6 78 84 82 88",
        "+33 (0)6 78 84 82 88",
        "0033678848288",
        "33678848288",
        "678848288",
        "06 78 84 82 88 / 04 74 00 00 00",
        "Tél : 06 78 84 82 88",
        "06 78 84 82 88 ou 07 00 00 00 00",
    ],
)
def test_phones(cell: p.Cell) -> None:
    assert p.parse_phone(cell) == "0678848288"


def test_a_foreign_phone_is_kept() -> None:
    assert p.parse_phone("+32 475 12 34 56") == "+32475123456"
    assert p.parse_phone("00352 621 123 456") == "+352621123456"


@pytest.mark.parametrize("cell", ["06 12", "appeler le soir", "0012", "6,79E+08", "00 00 00 00 00"])
def test_what_is_not_a_phone(cell: str) -> None:
    with pytest.raises(Unreadable, match="téléphone"):
        p.parse_phone(cell)


@pytest.mark.parametrize(
    ("cell", "siren"),
    [
        (917743668, "917743668"),
        (917743668.0, "917743668"),
        ("917 743 668", "917743668"),
        ("917\u00a0743\u00a0668", "917743668"),
        ("91774366800012", "917743668"),
        ("917.743.668", "917743668"),
        ("FR12917743668", "917743668"),
        (17743668, "017743668"),
        ("917743668.0", "917743668"),
        ("", None),
        ("néant", None),
    ],
)
def test_sirens(cell: p.Cell, siren: str | None) -> None:
    assert p.parse_siren(cell) == siren


@pytest.mark.parametrize("cell", ["91774366", "ISO RENOV", "9177436681"])
def test_what_is_not_a_siren(cell: str) -> None:
    with pytest.raises(Unreadable, match="SIREN"):
        p.parse_siren(cell)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1 234,56", "1234.56"),
        ("1\u202f234,56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("122 m²", "122"),
        (122.0, "122"),
        (122, "122"),
        ("12,5 m2", "12.5"),
        ("88.0", "88"),
        (12.5, "12.5"),
        ("-3", "-3"),
        ("100", "100"),
    ],
)
def test_numbers(cell: p.Cell, value: str) -> None:
    assert str(p.parse_number(cell)) == value


@pytest.mark.parametrize("cell", ["douze", "12 à 15", True, "12m3", "infinity", float("nan"), DAY])
def test_what_is_not_a_number(cell: p.Cell) -> None:
    with pytest.raises(Unreadable, match="nombre"):
        p.parse_number(cell)


@pytest.mark.parametrize(
    ("cell", "factor", "kwh"),
    [
        ("363 000", 1, 363_000),
        ("363.000", 1, 363_000),
        ("363,000 kWhc", 1, 363_000),
        ("1.363.000", 1, 1_363_000),
        ("363 MWh cumac", 1, 363_000),
        ("363,5", 1_000, 363_500),
        (363.0, 1_000, 363_000),
        (363000.0, 1, 363_000),
        ("1,2 GWhc", 1, 1_200_000),
        ("363 000,00", 1, 363_000),
    ],
)
def test_volumes_in_kwh_cumac(cell: p.Cell, factor: int, kwh: int) -> None:
    assert p.parse_volume(cell, factor) == kwh


def test_the_unit_of_a_header() -> None:
    assert p.unit_factor("Volume (MWh cumac)") == 1_000
    assert p.unit_factor("Volume") == 1


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("BAR-EN-101", "BAR-EN-101"),
        ("BAR-EN-101_VA33_3", "BAR-EN-101"),
        ("bar en 101", "BAR-EN-101"),
        ("BAREN101", "BAR-EN-101"),
        ("BAR-TH-107-SE", "BAR-TH-107-SE"),
        ("BAR-EN-101 v. A64.5", "BAR-EN-101"),
        ("Isolation (BAR–EN–103)", "BAR-EN-103"),
        ("AGRI-TH-104", "AGRI-TH-104"),
        ("IND-UT-102_A2", "IND-UT-102"),
        ("TRA-SE-114", "TRA-SE-114"),
        ("", None),
    ],
)
def test_fiches(cell: str, code: str | None) -> None:
    assert p.parse_fiche(cell) == code


def test_what_is_not_a_fiche() -> None:
    with pytest.raises(Unreadable, match="fiche"):
        p.parse_fiche("combles")


@pytest.mark.parametrize(
    ("cell", "email"),
    [
        ("Jean.Dupont@Exemple.FR ", "jean.dupont@exemple.fr"),
        ("mailto:a@b.fr", "a@b.fr"),
        ("a@b.fr; c@d.fr", "a@b.fr"),
        ("-", None),
    ],
)
def test_emails(cell: str, email: str | None) -> None:
    assert p.parse_email(cell) == email


@pytest.mark.parametrize("cell", ["jean.dupont", "a@b", "a b@c.fr", "a@@b.fr", "a@b..fr"])
def test_what_is_not_an_email(cell: str) -> None:
    with pytest.raises(Unreadable, match="e-mail"):
        p.parse_email(cell)


def test_an_excel_error_is_no_text() -> None:
    with pytest.raises(Unreadable, match="erreur Excel"):
        p.parse_text("#REF!")


def test_text_keeps_whole_numbers_whole() -> None:
    assert p.parse_text(12.0) == "12"
    assert p.parse_text("  a \n b ") == "a b"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("REYNAUD Denis", ("REYNAUD", "Denis", None)),
        ("LE GOFF Constance", ("LE GOFF", "Constance", None)),
        ("Denis REYNAUD", ("REYNAUD", "Denis", None)),
        ("M. Jean-Pierre de LA TOUR", ("de LA TOUR", "Jean-Pierre", None)),
        ("Mme DUPONT Marie Anne", ("DUPONT", "Marie Anne", None)),
        ("DUPONT, Jean", ("DUPONT", "Jean", None)),
        ("Dupont Jean", ("Dupont", "Jean", None)),
        ("DE OLIVEIRA BENOÎT", ("DE OLIVEIRA", "BENOÎT", None)),
        ("DUPONT", ("DUPONT", None, None)),
        ("M. et Mme DUPONT", ("DUPONT", None, None)),
        ("SCI Les Tilleuls", (None, None, "SCI Les Tilleuls")),
        ("Syndicat des copropriétaires Bellevue", (None, None, "Syndicat des copropriétaires Bellevue")),
    ],
)
def test_names(text: str, parts: tuple[str | None, ...]) -> None:
    assert tuple(split_name(text)) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("101 rue des Acacias, 47470 Blaymont", ("101 rue des Acacias", "47470", "Blaymont")),
        ("101 rue des Acacias 47470 Blaymont", ("101 rue des Acacias", "47470", "Blaymont")),
        ("15 place de l'Église, 47220 St Sixte", ("15 place de l'Église", "47220", "St Sixte")),
        ("101 rue des Acacias\n47470 Blaymont\nFrance", ("101 rue des Acacias", "47470", "Blaymont")),
        ("101 rue des Acacias - 47 470 BLAYMONT CEDEX 2", ("101 rue des Acacias", "47470", "BLAYMONT")),
        ("101 rue des Acacias, Blaymont (47470)", ("101 rue des Acacias", "47470", "Blaymont")),
        ("Bât. B, 10001 route de Lyon, 69001 Lyon", ("Bât. B, 10001 route de Lyon", "69001", "Lyon")),
        ("137 avenue Jaurès, 1400 Châtillon", ("137 avenue Jaurès", "01400", "Châtillon")),
        ("rue sans code", ("rue sans code", None, None)),
        ("", (None, None, None)),
    ],
)
def test_addresses(text: str, parts: tuple[str | None, ...]) -> None:
    assert tuple(split_address(text)) == parts


def test_the_same_street_and_city_have_one_key() -> None:
    assert street_key("12, Av. du Gal Leclerc") == street_key("12 AVENUE DU GÉNÉRAL LECLERC")
    assert city_key("Saint-Étienne-du-Bois") == city_key("ST ETIENNE DU BOIS CEDEX 1")
