"""Files as nobody here made them: the same twelve operations under every habit that clients have."""

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl

NBSP, THIN = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"
MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre"),
    *("novembre", "décembre"),
)
PEOPLE = (
    ("Poirier", "Gabrielle"), ("Le Goff", "Yann"), ("N’Guyen", "Thi Mai"), ("De La Tour", "Hélène"),
    ("Bœuf", "Maëlys"), ("Ben Salah", "Karim"), ("Müller", "Jürgen"), ("Roux", "Anne-Lise"),
    ("Saint-Martin", "Zoé"), ("O’Connor", "Sean"), ("Petit", "Léa"), ("Durand", "Noël"),
)  # fmt: skip
PLACES = (
    ("01400", "Châtillon-sur-Chalaronne"), ("06000", "Nice"), ("33650", "Saint-Selve"), ("75018", "Paris"),
    ("2A004", "Ajaccio"), ("97400", "Saint-Denis"), ("59000", "Lille"), ("08000", "Charleville-Mézières"),
    ("13001", "Marseille"), ("29200", "Brest"), ("44000", "Nantes"), ("67000", "Strasbourg"),
)  # fmt: skip
SIRENS = ("917743668", "957735640", "991703174", "931662779")


@dataclass(frozen=True)
class Op:
    """One operation as it should be read."""

    reference: str
    last_name: str
    first_name: str
    address: str
    postcode: str
    city: str
    phone: str
    email: str
    engaged_on: dt.date
    completed_on: dt.date
    volume: Decimal
    area: Decimal
    siren: str
    installer: str
    fiche: str = "BAR-EN-101"


def operations() -> list[Op]:
    found = []
    for n, ((last, first), (code, city)) in enumerate(zip(PEOPLE, PLACES, strict=True), start=1):
        code = "20000" if code == "2A004" else code
        start = dt.date(2025, 3, 12) + dt.timedelta(days=11 * n)
        found.append(
            Op(
                f"DOS/25-{n:04}", last, first, f"{n} bis rue des Acacias", code, city, f"06123456{n:02}",
                f"client{n}@exemple.fr", start, start + dt.timedelta(days=40), Decimal(98_000 + 1_250 * n),
                Decimal("45.5") + n, SIRENS[n % 4], f"Isol’Éco {n % 4}",
            )
        )  # fmt: skip
    return found


Cells = Callable[[Op], Sequence[Any]]


def french(number: Decimal, space: str = NBSP, suffix: str = "") -> str:
    return f"{number:,.2f}".replace(",", space).replace(".", ",") + suffix


def worded(day: dt.date) -> str:
    return f"{day.day}{'er' if day.day == 1 else ''} {MONTHS[day.month - 1]} {day.year}"


def serial(day: dt.date) -> int:
    return (day - dt.date(1899, 12, 30)).days


def grouped(text: str, by: int = 3) -> str:
    return " ".join(text[i : i + by] for i in range(0, len(text), by))


def text_file(
    path: Path,
    rows: Iterable[Sequence[Any]],
    separator: str = ";",
    encoding: str = "utf-8",
    end: str = "\r\n",
) -> Path:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator=end).writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def sheet(book: openpyxl.Workbook, name: str, rows: Iterable[Sequence[Any]], *, hidden: bool = False) -> Any:
    made = book.create_sheet(name)
    for row in rows:
        made.append(list(row))
    if hidden:
        made.sheet_state = "hidden"
    return made


def workbook() -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    return book


def semicolons_cp1252(path: Path, ops: list[Op]) -> Path:
    """An export of the nineties: cp1252, two-digit years, postal codes without their zero."""
    head = ["N° aff.", "Nom bénéf.", "Prénom bénéf.", "Adr. chantier", "C.P.", "Localité", "Tél. portable",
            "Courriel", "Réf. fiche CEE", "Dt signature devis", "Dt facture", "Vol. kWhc", "Surf. isolée",
            "N° SIREN artisan", "Artisan RGE"]  # fmt: skip
    rows = [
        [o.reference, o.last_name, o.first_name, o.address, o.postcode.lstrip("0"), o.city,
         o.phone, o.email, "BAR-EN-101_VA33_3", f"{o.engaged_on:%d-%m-%y}", f"{o.completed_on:%d-%m-%y}",
         french(o.volume), french(o.area, suffix=" m²"), grouped(o.siren), o.installer]
        for o in ops
    ]  # fmt: skip
    return text_file(path / "export.csv", [head, *rows], encoding="cp1252")


def commas_bom_spoken_dates(path: Path, ops: list[Op]) -> Path:
    """utf-8 with its mark, commas, dates in words, phones as abroad."""
    head = ["Identifiant opération", "Nom du foyer", "Prénom", "Lieu d'intervention", "Code postal",
            "Commune",
            "GSM", "Adresse électronique", "Opération standardisée", "Date d'acceptation de l'offre",
            "Date de fin de chantier", "Montant kWh cumac", "Quantité (m²)", "SIRET du poseur",
            "Poseur"]  # fmt: skip
    rows = [
        [o.reference, o.last_name, o.first_name, o.address, o.postcode, o.city,
         f"+33 (0){grouped(o.phone[1:], 2)}",
         o.email.upper(), "BAR EN 101", worded(o.engaged_on), worded(o.completed_on), french(o.volume, THIN),
         str(o.area).replace(".", ","), f"{o.siren}00017", o.installer]
        for o in ops
    ]  # fmt: skip
    return text_file(path / "liste.csv", [head, *rows], ",", "utf-8-sig", "\n")


def tabs_utf16(path: Path, ops: list[Op]) -> Path:
    """« Texte Unicode » of Excel: utf-16, tabs, a title above, blank rows, a total below."""
    head = ["Dossier", "Client", "Adresse complète", "Téléphone", "Fiche", "Engagement", "Achèvement",
            "kWhc", "m2",
            "Siren pro", "Nom pro"]  # fmt: skip
    rows: list[list[Any]] = [["Lot isolation – envoi du 4 mai"], [], head]
    for n, o in enumerate(ops):
        rows.append(
            [o.reference, f"{o.last_name.upper()} {o.first_name}", f"{o.address}, {o.postcode} {o.city}",
             grouped(o.phone, 2), o.fiche, f"{o.engaged_on:%d/%m/%Y}", f"{o.completed_on:%d/%m/%Y}",
             int(o.volume), str(o.area).replace(".", ","), o.siren, o.installer]
        )  # fmt: skip
        if n % 4 == 3:
            rows.append([])
    rows.append(["TOTAL", "", "", "", "", "", "", int(sum(o.volume for o in ops)), "", "", ""])
    return text_file(path / "unicode.txt", rows, "\t", "utf-16")


def two_header_rows(path: Path, ops: list[Op]) -> Path:
    """Merged groups above the headers; the list is in the second sheet, the first is a letter."""
    book = workbook()
    sheet(book, "Bordereau", [["Madame, Monsieur,"], ["Veuillez trouver la liste ci-jointe."], ["Total", 12]])
    made = sheet(
        book,
        "Opérations T2",
        [
            ["Dossier", "", "Bénéficiaire", "", "", "Lieu des travaux", "", "", "Dates", "", "Entreprise",
             "", "CEE"],
            ["N°", "Fiche", "Nom", "Prénom", "Tél.", "Voie", "CP", "Ville", "Devis", "Facture", "SIREN",
             "Raison sociale", "kWhc", "Surface"],
            *(
                [o.reference, o.fiche, o.last_name, o.first_name, o.phone, o.address, int(o.postcode), o.city,
                 o.engaged_on, o.completed_on, int(o.siren), o.installer, int(o.volume), float(o.area)]
                for o in ops
            ),
        ],
    )  # fmt: skip
    for span in ("A1:B1", "C1:E1", "F1:H1", "I1:J1", "K1:L1", "M1:N1"):
        made.merge_cells(span)
    book.save(path / "bordereau.xlsx")
    return path / "bordereau.xlsx"


def hidden_sheets_and_serials(path: Path, ops: list[Op]) -> Path:
    """Excel serials, postal codes as floats, a hidden sheet of lists, columns in a strange order, .xlsm."""
    book = workbook()
    sheet(book, "Listes", [["Fiche", "Ville"], *([o.fiche, o.city] for o in ops)], hidden=True)
    head = ["Surface posée (m2)", "Volume total (kWh cumac)", "Date achèvement travaux", "Date engagement",
            "Entreprise", "Siren entreprise", "Code fiche", "Ville chantier", "CP chantier",
            "Adresse chantier",
            "Mail", "Mobile", "Prénom client", "Nom client", "Réf."]  # fmt: skip
    rows = [
        [float(o.area), float(o.volume), serial(o.completed_on), serial(o.engaged_on), o.installer,
         float(o.siren), o.fiche, o.city, float(o.postcode), o.address, o.email, float(o.phone[1:]),
         o.first_name, o.last_name, o.reference]
        for o in ops
    ]  # fmt: skip
    sheet(book, "Feuil1", [head, *rows])
    book.save(path / "macro.xlsm")
    return path / "macro.xlsm"


def address_in_three_columns(path: Path, ops: list[Op]) -> Path:
    """Number, kind of street and street apart; the same header twice; columns of the client's own."""
    book = workbook()
    head = ["Référence client", "Nom", "Prénom", "N°", "Type de voie", "Libellé de voie", "Code postal",
            "Ville",
            "Téléphone", "Téléphone", "Fiche", "Date du devis", "Date de la facture", "Cumac",
            "Superficie (m²)",
            "SIREN", "Installateur", "Conseiller", "Conseiller"]  # fmt: skip
    rows = [
        [o.reference, o.last_name, o.first_name, f"{n} bis", "rue", "des Acacias", o.postcode, o.city,
         o.phone,
         "0145678901", o.fiche, f"{o.engaged_on:%Y-%m-%d}", f"{o.completed_on:%Y-%m-%d}", int(o.volume),
         float(o.area), o.siren, o.installer, "Paul", "Lyon"]
        for n, o in enumerate(ops, start=1)
    ]  # fmt: skip
    sheet(book, "Export", [head, *rows])
    book.save(path / "voies.xlsx")
    return path / "voies.xlsx"


def repeated_headers_and_english(path: Path, ops: list[Op]) -> Path:
    """A software in English, headers repeated on each page, totals of each page."""
    head = ["File ID", "Customer last name", "Customer first name", "Site address", "ZIP code", "City",
            "Phone",
            "E-mail", "CEE sheet", "Quote date", "Completion date", "kWhc volume", "Area m2",
            "Installer SIREN",
            "Installer name"]  # fmt: skip
    rows: list[list[Any]] = []
    for start in range(0, len(ops), 5):
        rows.append(list(head))
        for o in ops[start : start + 5]:
            rows.append(
                [o.reference, o.last_name, o.first_name, o.address, o.postcode, o.city, o.phone, o.email,
                 o.fiche,
                 f"{o.engaged_on:%d.%m.%Y}", f"{o.completed_on:%d.%m.%Y}", int(o.volume), str(o.area),
                 o.siren,
                 o.installer]
            )  # fmt: skip
        rows.append(["Total page", *[""] * 10, "", "", "", ""])
    return text_file(path / "english.csv", rows, "|")


MAKERS: tuple[Callable[[Path, list[Op]], Path], ...] = (
    semicolons_cp1252,
    commas_bom_spoken_dates,
    tabs_utf16,
    two_header_rows,
    hidden_sheets_and_serials,
    address_in_three_columns,
    repeated_headers_and_english,
)
