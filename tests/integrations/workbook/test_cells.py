"""The disorder that is normal (workbook.md): absorbed, never reported."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.workbook import cells
from integrations.workbook.people import AgentDirectory
from integrations.workbook.rows import AgentRow, Place
from integrations.workbook.words import RESULTS, STATUSES, MissionStatus, Result
from lots.rules.text import fold

NEW_YEAR_EVE = dt.date(2025, 12, 31)


@pytest.mark.parametrize(
    "written",
    [
        NEW_YEAR_EVE,
        dt.datetime(2025, 12, 31, 8, 30),
        46022.0,
        "31/12/2025",
        "31-12-2025",
        "31/12/25",
        "31-12-25",
        "2025-12-31",
        " 31/12/2025 ",
        "31.12.2025",
        "2025-12-31 00:00:00",
    ],
)
def test_dates(written: Any) -> None:
    assert cells.as_date(written) == NEW_YEAR_EVE


@pytest.mark.parametrize("written", ["31/02/2025", "bientôt", "12/2025/31", 3.0, "2025"])
def test_a_date_that_is_none_is_said(written: Any) -> None:
    with pytest.raises(cells.Unreadable):
        cells.as_date(written)


@given(st.dates(dt.date(2000, 1, 1), dt.date(2060, 1, 1)))
def test_every_day_reads_back_from_every_way_to_write_it(day: dt.date) -> None:
    for shape in ("%d/%m/%Y", "%d-%m-%Y", "%d/%m/%y", "%Y-%m-%d"):
        assert cells.as_date(day.strftime(shape)) == day
    assert cells.as_date(float((day - dt.date(1899, 12, 30)).days)) == day


@pytest.mark.parametrize("written", ["2025-11", "11/2025", "15/11/2025", dt.date(2025, 11, 1), "2025-11-30"])
def test_months(written: Any) -> None:
    assert cells.as_month(written) == dt.date(2025, 11, 1)


@pytest.mark.parametrize(
    "written", ["08:30", "8h30", "08:30:00", dt.time(8, 30), 8.5 / 24, dt.timedelta(hours=8.5)]
)
def test_times(written: Any) -> None:
    assert cells.as_time(written) == dt.time(8, 30)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (153.51, "153.51"),
        (1244.9500000000003, "1244.95"),
        ("1 234,56 €", "1234.56"),
        ("1\u202f234,5", "1234.5"),
        ("1.234,56", "1234.56"),
        ("12.5", "12.5"),
        (0.1 + 0.2, "0.3"),
    ],
)
def test_amounts(written: Any, value: str) -> None:
    assert cells.as_decimal(written) == Decimal(value)


@pytest.mark.parametrize(
    ("written", "percent"),
    [(0.3, 30), (1.0, 100), (0.8, 80), (30.0, 30), ("30 %", 30), ("0,8", 80), ("1 %", 1)],
)
def test_percentages(written: Any, percent: int) -> None:
    assert cells.as_percent(written) == percent


@pytest.mark.parametrize(
    ("written", "code"), [(1290.0, "01290"), ("35130", "35130"), ("1110", "01110"), ("", "")]
)
def test_postal_codes(written: Any, code: str) -> None:
    assert cells.as_postcode(written) == code


@pytest.mark.parametrize(
    "written", [628069735.0, "06 28 06 97 35", "+33628069735", "0628069735", "0033 628069735"]
)
def test_phones(written: Any) -> None:
    assert cells.as_phone(written) == "0628069735"


@pytest.mark.parametrize("written", [942180969.0, "942 180 969", "942180969", "94218096900012"])
def test_sirens(written: Any) -> None:
    assert cells.as_siren(written) == "942180969"


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("35, 22, 56", ("35", "22", "56")),
        ("35/22/56", ("35", "22", "56")),
        ("33 - 40 - 47", ("33", "40", "47")),
        ("69, 38, 1, 2A", ("69", "38", "01", "2A")),
        (35.0, ("35",)),
        ("", ()),
    ],
)
def test_departments(written: Any, codes: tuple[str, ...]) -> None:
    assert cells.as_departments(written) == codes


@pytest.mark.parametrize("written", ["RAPPORT EMIS", "Rapport emis ", "rapport émis", "Rapport\u00a0émis"])
def test_statuses(written: str) -> None:
    assert STATUSES[fold(written)] is MissionStatus.REPORTED


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("Refus client", MissionStatus.REFUSED),
        ("RDV fixe", MissionStatus.APPOINTED),
        ("a planifier", MissionStatus.TO_PLAN),
        ("Releve recu", MissionStatus.READING),
        ("injoignable ", MissionStatus.UNREACHABLE),
    ],
)
def test_other_statuses(written: str, status: MissionStatus) -> None:
    assert STATUSES[fold(written)] is status


@pytest.mark.parametrize("written", ["Non-satisfaisant", "NON SATISFAISANT", "non satisfaisant "])
def test_results(written: str) -> None:
    assert RESULTS[fold(written)] is Result.NS


def agent(code: str, initials: str) -> AgentRow:
    return AgentRow(Place("Agents", 4), code, initials, "", "", None, None, "", "", "", (), "")


def test_agents_by_code_or_initials() -> None:
    people = AgentDirectory([agent("AG-09", "ÉC9"), agent("AG-10", "AG10"), agent("AG-11", "SB")])
    assert [people.find(t) for t in ("ag-09", "ÉC9", "éc9", "EC9", "AG10", "AG-10", "SB ", "XX")] == [
        "AG-09", "AG-09", "AG-09", "AG-09", "AG-10", "AG-10", "AG-11", None,
    ]  # fmt: skip


def test_initials_that_two_agents_share_without_accents_are_not_guessed() -> None:
    people = AgentDirectory([agent("AG-01", "ÉC"), agent("AG-02", "EC")])
    assert (people.find("EC"), people.find("ÉC")) == ("AG-02", "AG-01")
