import datetime as dt
from decimal import Decimal

import pytest

from lots.rules.checks import CheckContext, Severity, check_values, is_postcode

TODAY = dt.date(2025, 11, 24)
GOOD = {
    "reference": "A-1",
    "last_name": "DUPONT",
    "address": "1 rue X",
    "postcode": "69001",
    "city": "Lyon",
    "fiche": "BAR-EN-101",
    "engaged_on": dt.date(2025, 6, 1),
    "completed_on": dt.date(2025, 9, 1),
    "volume_kwhc": Decimal(120_000),
    "installer_siren": "917743668",
    "phone": "0612345678",
    "area_declared": Decimal(88),
}
CONTEXT = CheckContext(
    today=TODAY,
    fiches={"BAR-EN-101": True, "BAR-EN-103": True, "TRA-EQ-101": False},
    client_siren="983470170",
)


def issues(**changes: object) -> list[tuple[str, str | None, Severity]]:
    values = {**GOOD, **changes}
    return [(issue.rule, issue.field, issue.severity) for issue in check_values(values, CONTEXT)]


E, W = Severity.ERROR, Severity.WARNING


def test_a_good_line_has_no_remark() -> None:
    assert issues() == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"reference": None}, ("missing", "reference", E)),
        ({"address": None}, ("missing", "address", E)),
        ({"postcode": None}, ("missing", "postcode", E)),
        ({"engaged_on": None}, ("missing", "engaged_on", E)),
        ({"fiche": None}, ("missing", "fiche", E)),
        ({"last_name": None}, ("missing", "last_name", E)),
        ({"city": None}, ("missing", "city", W)),
        ({"completed_on": None}, ("missing", "completed_on", W)),
        ({"phone": None}, ("unreachable", "phone", W)),
        ({"postcode": "00123"}, ("postcode", "postcode", E)),
        ({"postcode": "96000"}, ("postcode", "postcode", E)),
        ({"fiche": "BAR-EN-999"}, ("fiche_unknown", "fiche", E)),
        ({"fiche": "TRA-EQ-101", "area_declared": None}, ("fiche_scope", "fiche", E)),
        ({"completed_on": dt.date(2025, 5, 31)}, ("date_order", "completed_on", E)),
        ({"engaged_on": dt.date(1925, 6, 1)}, ("date_range", "engaged_on", E)),
        ({"completed_on": dt.date(2025, 12, 1)}, ("date_future", "completed_on", W)),
        ({"installer_siren": "917743669"}, ("siren", "installer_siren", E)),
        ({"installer_siren": None}, ("missing", "installer_siren", W)),
        ({"installer_siren": "983470170"}, ("orderer_is_installer", "installer_siren", E)),
        ({"subcontractor_siren": "983470170"}, ("orderer_is_installer", "subcontractor_siren", E)),
        ({"doer_siret": "98347017000011"}, ("orderer_is_installer", "doer_siret", E)),
        ({"client_siren": "942180969"}, ("client_siren", "client_siren", W)),
        ({"volume_kwhc": Decimal(-1)}, ("amount", "volume_kwhc", E)),
        ({"volume_kwhc": Decimal(0)}, ("amount", "volume_kwhc", W)),
        ({"area_declared": None}, ("missing", "area_declared", W)),
    ],
)
def test_each_fault_is_one_remark(changes: dict[str, object], expected: tuple[str, str, Severity]) -> None:
    assert issues(**changes) == [expected]


def test_a_company_needs_no_surname() -> None:
    assert issues(last_name=None, company="SCI X") == []


@pytest.mark.parametrize(
    ("completed", "words"),
    [
        (dt.date(2024, 11, 23), "Délai de dépôt dépassé"),
        (dt.date(2024, 11, 24), "moins de 1 mois"),
        (dt.date(2024, 12, 24), "moins de 1 mois"),
        (dt.date(2024, 12, 25), "moins de 3 mois"),
        (dt.date(2025, 2, 25), "moins de 6 mois"),
        (dt.date(2025, 5, 24), "moins de 6 mois"),
        (dt.date(2025, 5, 25), None),
    ],
)
def test_filing_is_due_twelve_months_after_completion(completed: dt.date, words: str | None) -> None:
    """R14: alerts at 6, 3 and 1 months."""
    found = check_values({**GOOD, "engaged_on": dt.date(2024, 10, 1), "completed_on": completed}, CONTEXT)
    assert [words in issue.message for issue in found] == ([True] if words else [])
    assert all(issue.severity is W for issue in found)


def test_overseas_codes() -> None:
    assert is_postcode("97400")
    assert is_postcode("20090")
    assert not is_postcode("97900")
