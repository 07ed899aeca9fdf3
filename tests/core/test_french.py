"""French writing: the examples of the design reference, then properties."""

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spekty.core import french
from spekty.core.departments import NAMES, department_of_postcode


def plain(text: str) -> str:
    """Make every space an ordinary one, so that examples read as on a screen."""
    return text.replace(french.NBSP, " ").replace(french.THIN, " ")


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("1234.56", "1 234,56 €"),
        ("0", "0,00 €"),
        ("163.2", "163,20 €"),
        ("1305.6", "1 305,60 €"),
        ("-89.9", "−89,90 €"),
        ("0.005", "0,01 €"),
        ("-0.005", "−0,01 €"),
        ("-0.004", "0,00 €"),
        ("1234567.894", "1 234 567,89 €"),
    ],
)
def test_euros(amount, text):
    assert plain(french.euros(Decimal(amount))) == text


def test_units_never_leave_their_number():
    assert french.euros(Decimal("1234.56")) == f"1{french.THIN}234,56{french.NBSP}€"
    assert french.percent(Fraction(2, 15)) == f"13,3{french.NBSP}%"


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (Fraction(2, 15), "13,3 %"),
        (Fraction(1, 10), "10 %"),
        (Fraction(3, 16), "18,8 %"),
        (0, "0 %"),
        (1, "100 %"),
        (Decimal("0.071"), "7,1 %"),
    ],
)
def test_percent(rate, text):
    assert plain(french.percent(rate)) == text


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (dt.date(2026, 11, 24), "24 nov. 2026"),
        (dt.date(2026, 2, 1), "1er févr. 2026"),
        (dt.date(2026, 5, 31), "31 mai 2026"),
        (dt.date(2026, 8, 11), "11 août 2026"),
    ],
)
def test_day(day, text):
    assert plain(french.day(day)) == text
    assert plain(french.day(day, with_year=False)) == text.removesuffix(" 2026")


def test_long_days():
    assert plain(french.day_long(dt.date(2026, 2, 2))) == "lundi 2 février 2026"
    assert plain(french.weekday(dt.date(2026, 2, 1))) == "dimanche 1er févr. 2026"
    assert french.month(dt.date(2026, 12, 5)) == "décembre 2026"


@pytest.mark.parametrize(
    ("hour", "text"), [((17, 5), "17 h 05"), ((9, 45), "9 h 45"), ((0, 0), "0 h 00"), ((11, 0), "11 h 00")]
)
def test_hour(hour, text):
    assert plain(french.hour(dt.time(*hour))) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (12, "il y a 12 s"),
        (59, "il y a 59 s"),
        (60, "il y a 1 min"),
        (7_199, "il y a 1 h"),
        (172_800, "il y a 2 j"),
        (-1_500, "dans 25 min"),
        (0, "il y a 0 s"),
    ],
)
def test_ago(seconds, text):
    assert plain(french.ago(dt.timedelta(seconds=seconds))) == text


@pytest.mark.parametrize(
    ("days", "text"), [(39, "J−39"), (0, "aujourd’hui"), (-2, "2 j de retard"), (1, "J−1")]
)
def test_due(days, text):
    today = dt.date(2026, 2, 2)
    assert plain(french.due(today + dt.timedelta(days), today)) == text


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 mission"), (1, "1 mission"), (2, "2 missions"), (1200, "1 200 missions")]
)
def test_plural_begins_at_two(count, text):
    assert plain(french.plural(count, "mission")) == text


def test_plural_of_several_words():
    assert plain(french.plural(12, "relevé reçu", "relevés reçus")) == "12 relevés reçus"


@pytest.mark.parametrize(("minutes", "text"), [(45, "45 min"), (403, "6 h 43"), (420, "7 h"), (0, "0 min")])
def test_duration(minutes, text):
    assert plain(french.duration(minutes)) == text


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (dt.date(2026, 11, 23), dt.date(2026, 11, 27), "23 au 27 nov. 2026"),
        (dt.date(2026, 12, 1), dt.date(2026, 12, 5), "1er au 5 déc. 2026"),
        (dt.date(2026, 11, 30), dt.date(2026, 12, 4), "30 nov. au 4 déc. 2026"),
        (dt.date(2026, 12, 28), dt.date(2027, 1, 1), "28 déc. 2026 au 1er janv. 2027"),
        (dt.date(2026, 12, 28), dt.date(2026, 12, 28), "28 déc. 2026"),
    ],
)
def test_days(first, last, text):
    assert french.days(first, last).replace("\xa0", " ") == text


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        ("LECLERC", "Leclerc"),
        ("LE GOFF", "Le Goff"),
        ("SAINT-ANDRÉ", "Saint-André"),
        ("d’Almeida", "d’Almeida"),
        ("McDonald", "McDonald"),
        ("=HYPERLINK(1)", "=HYPERLINK(1)"),
        ("", ""),
    ],
)
def test_surname_leaves_what_a_person_typed(sent, text):
    assert french.surname(sent) == text


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        ("LE LION D ANGERS", "Le Lion d’Angers"),
        ("ST JULIEN SUR VEYLE", "St Julien sur Veyle"),
        ("Rion Des Landes", "Rion des Landes"),
        ("PARIS 12", "Paris 12"),
        ("L ISLE JOURDAIN", "L’Isle Jourdain"),
        ("Saint-Martial", "Saint-Martial"),
        ("", ""),
    ],
)
def test_town(sent, text):
    assert french.town(sent) == text


def test_names():
    assert french.initials("Julien Le Goff") == "JL"
    assert french.initials("") == "?"
    assert plain(french.short_name("Nadia Ferrand")) == "N. Ferrand"
    assert plain(french.short_name("Julien Le Goff")) == "J. Le Goff"
    assert french.short_name("Nadia") == "Nadia"
    assert french.of("Odile") == "d’Odile"
    assert french.of("Coste") == "de Coste"


@pytest.mark.parametrize(
    "typed", ["+33792711042", "0792711042", "07.92.71.10.42", "+33 (0)7 92 71 10 42", "0033792711042"]
)
def test_phone(typed):
    assert plain(french.phone(typed)) == "07 92 71 10 42"
    assert french.phone_uri(typed) == "+33792711042"


def test_a_foreign_number_is_left_alone():
    assert french.phone("+32 2 555 12 12") == "+32 2 555 12 12"
    assert french.phone_uri("+32 2 555 12 12") == "+3225551212"


@pytest.mark.parametrize(
    ("postcode", "code"),
    [
        ("33640", "33"),
        ("20000", "2A"),
        ("20137", "2A"),
        ("20200", "2B"),
        ("20620", "2B"),
        ("97411", "974"),
        ("01000", "01"),
        ("3364", ""),
        ("99000", ""),
    ],
)
def test_department_of_postcode(postcode, code):
    assert department_of_postcode(postcode) == code


def test_departments():
    assert len(NAMES) == 101
    assert french.department("33") == "Gironde"
    assert french.department("2a") == "Corse-du-Sud"
    assert french.department("1") == "Ain"
    assert french.department("999") == "999"


def test_typo_keeps_punctuation_on_the_line():
    assert french.typo("« Lot » : 10 % ?") == "«\u00a0Lot\u00a0»\u00a0: 10\u00a0%\u202f?"


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_euros_round_half_up_and_keep_the_amount(amount):
    text = plain(french.euros(amount))
    assert re.fullmatch(r"−?\d{1,3}(?: \d{3})*,\d{2} €", text)
    read = Decimal(text.removesuffix(" €").replace(" ", "").replace(",", ".").replace("−", "-"))
    assert read == amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_whole_numbers_keep_their_value(value):
    assert int(plain(french.number(value)).replace(" ", "").replace("−", "-")) == value


@given(st.fractions(min_value=0, max_value=2))
def test_a_rate_is_within_half_a_tenth_of_what_is_written(rate):
    written = Fraction(plain(french.percent(rate)).removesuffix(" %").replace(",", "."))
    assert abs(written - rate * 100) <= Fraction(5, 100)


@given(st.dates(min_value=dt.date(1900, 1, 1)))
def test_a_written_day_can_be_read_back(day):
    number, month, year = plain(french.day(day)).split(" ")
    assert (int(number.removesuffix("er")), french.SHORT_MONTHS.index(month) + 1, int(year)) == (
        day.day,
        day.month,
        day.year,
    )
