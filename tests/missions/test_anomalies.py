import datetime as dt
from dataclasses import fields, replace
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from missions.rules.anomalies import (
    PARAMETERS,
    RULES,
    AuthorisationFacts,
    Delays,
    InstallerFacts,
    LotFacts,
    MissionFacts,
    Severity,
    StrayReading,
    authorisation_anomaly,
    by_urgency,
    installer_anomaly,
    lot_anomalies,
    mission_anomalies,
    not_snoozed,
    stray_reading_anomaly,
)
from spekty.core.french import typo

PARIS = ZoneInfo("Europe/Paris")
TODAY = dt.date(2025, 11, 24)
NOW = dt.datetime(2025, 11, 24, 10, 0, tzinfo=PARIS)
DELAYS = Delays()
LOT = LotFacts(1, "LOT-1", received_on=TODAY, drawn_on=TODAY)
MISSION = MissionFacts(7, "M-7", "to_contact", selected_on=TODAY)


def ago(days: int) -> dt.date:
    return TODAY - dt.timedelta(days=days)


def lot(**changes: object) -> list[str]:
    return [anomaly.rule for anomaly in lot_anomalies(replace(LOT, **changes), DELAYS, TODAY)]  # type: ignore[arg-type]


def mission(**changes: object) -> list[str]:
    return [a.rule for a in mission_anomalies(replace(MISSION, **changes), DELAYS, NOW)]  # type: ignore[arg-type]


def test_nothing_is_wrong_at_first() -> None:
    assert lot() == mission() == []


@pytest.mark.parametrize(("days", "late"), [(2, False), (3, True)])
def test_a_lot_is_drawn_within_two_days(days: int, late: bool) -> None:
    assert lot(received_on=ago(days), drawn_on=None) == (["lot_not_drawn"] if late else [])


@pytest.mark.parametrize(("days", "late"), [(5, False), (6, True)])
def test_a_selected_operation_is_contacted_within_five_days(days: int, late: bool) -> None:
    assert mission(selected_on=ago(days)) == (["not_contacted"] if late else [])
    assert mission(selected_on=ago(days), first_attempt_on=ago(1)) == []
    assert mission(selected_on=ago(days), status="cancelled") == []


def test_an_appointment_is_in_a_tour() -> None:
    soon = NOW + dt.timedelta(days=3)
    assert mission(status="confirmed", appointment_at=soon) == ["no_tour"]
    assert mission(status="confirmed", appointment_at=soon, in_tour=True) == []
    assert mission(status="fixed", appointment_at=soon, on_site=False) == []
    (anomaly,) = mission_anomalies(replace(MISSION, status="fixed", appointment_at=soon), DELAYS, NOW)
    assert anomaly.due == soon.date()
    assert not mission_anomalies(
        replace(MISSION, status="fixed", appointment_at=soon), Delays(tour_days=2), NOW
    )


@pytest.mark.parametrize(("hours", "late"), [(48, False), (49, True)])
def test_a_visit_gives_a_reading_within_48_hours(hours: int, late: bool) -> None:
    at = NOW - dt.timedelta(hours=hours)
    assert mission(status="confirmed", appointment_at=at, in_tour=True) == (["no_reading"] if late else [])
    assert mission(status="in_progress", visited_at=at) == (["no_reading"] if late else [])
    assert mission(status="in_progress", visited_at=at, reading_on=TODAY) == []


@pytest.mark.parametrize(("days", "late"), [(5, False), (6, True)])
@pytest.mark.parametrize("status", ["received", "to_review", "to_complete"])
def test_a_reading_gives_a_report_within_five_days(status: str, days: int, late: bool) -> None:
    assert mission(status=status, reading_on=ago(days)) == (["no_report"] if late else [])


@pytest.mark.parametrize(("days", "late"), [(7, False), (8, True)])
def test_a_report_is_invoiced_within_seven_days(days: int, late: bool) -> None:
    assert mission(status="reported", reported_on=ago(days)) == (["not_invoiced"] if late else [])
    assert mission(status="reported", reported_on=ago(days), invoices=("FA-1",)) == []
    assert mission(status="reported", reported_on=ago(days), billable=False) == []


def test_two_invoices_for_one_mission() -> None:
    assert mission(status="reported", reported_on=TODAY, invoices=("FA-2", "FA-1")) == ["invoiced_twice"]
    assert mission(status="reported", reported_on=TODAY, invoices=("FA-1", "FA-1")) == []


def test_missing_documents() -> None:
    assert mission(status="reported", reported_on=TODAY, missing_documents=("le rapport",)) == [
        "documents_missing"
    ]
    assert mission(status="received", reading_on=TODAY, missing_documents=("le rapport",)) == []
    (anomaly,) = lot_anomalies(
        replace(LOT, is_closed=True, missing_documents=("la synthèse",)), DELAYS, TODAY
    )
    assert (anomaly.aggregate, anomaly.sentence) == ("lot", typo("LOT-1 : il manque la synthèse."))


@pytest.mark.parametrize(
    ("completed", "severity"),
    [
        (dt.date(2025, 5, 25), None),
        (dt.date(2025, 5, 24), Severity.TODO),
        (dt.date(2025, 2, 24), Severity.WATCH),
        (dt.date(2024, 12, 24), Severity.BLOCKING),
        (dt.date(2024, 11, 23), Severity.BLOCKING),
    ],
)
def test_the_filing_deadline_grows_graver(completed: dt.date, severity: Severity | None) -> None:
    """R14: 6, 3 and 1 months."""
    found = lot_anomalies(replace(LOT, first_completed_on=completed), DELAYS, TODAY)
    assert [anomaly.severity for anomaly in found] == ([severity] if severity else [])
    assert all(anomaly.since <= TODAY for anomaly in found)


CEILINGS = ((2025, Decimal(15)), (2026, Decimal(10)))


@pytest.mark.parametrize(
    ("ns", "concluded", "severity"),
    [
        (4, 20, Severity.BLOCKING),
        (3, 20, Severity.WATCH),
        (13, 100, Severity.WATCH),
        (8, 100, Severity.WATCH),
        (7, 100, None),
        (0, 20, None),
        (0, 0, None),
    ],
)
def test_the_ns_ratio_against_this_year_and_the_next(
    ns: int, concluded: int, severity: Severity | None
) -> None:
    found = lot_anomalies(replace(LOT, ns=ns, concluded=concluded, ceilings=CEILINGS), DELAYS, TODAY)
    assert [anomaly.severity for anomaly in found] == ([severity] if severity else [])


def test_the_ns_sentence_shows_its_arithmetic() -> None:
    (anomaly,) = lot_anomalies(replace(LOT, ns=2, concluded=15, ceilings=CEILINGS), DELAYS, TODAY)
    assert anomaly.sentence == typo(
        "LOT-1 : 2 NS sur 15\u00a0contrôles (13,3 %) ; plafond 15 % en 2025, 10 % en 2026."
    )


def test_too_few_operations_left() -> None:
    assert lot(site_needed=10, satisfied=5, pending=2, available=3) == []
    assert lot(site_needed=10, satisfied=5, pending=2, available=2) == ["too_few_left"]
    assert lot(site_needed=None, satisfied=0) == []


def test_a_closed_lot_is_quiet() -> None:
    assert lot(is_closed=True, received_on=ago(90), drawn_on=None, ns=9, concluded=9, ceilings=CEILINGS) == []


@pytest.mark.parametrize(
    ("inspected", "ns", "flagged"),
    [(15, 3, True), (16, 3, False), (4, 4, False), (10, 2, False), (5, 3, True)],
)
def test_an_installer_with_many_ns(inspected: int, ns: int, flagged: bool) -> None:
    assert bool(installer_anomaly(InstallerFacts(1, "ISO", inspected, ns, TODAY), DELAYS)) is flagged


@pytest.mark.parametrize(
    ("days", "severity"), [(61, None), (60, Severity.WATCH), (0, Severity.WATCH), (-1, Severity.BLOCKING)]
)
def test_an_authorisation_that_ends(days: int, severity: Severity | None) -> None:
    facts = AuthorisationFacts(1, "N. Ferrand", "ISO", TODAY + dt.timedelta(days=days))
    found = authorisation_anomaly(facts, DELAYS, TODAY)
    assert (found.severity if found else None) == severity
    assert authorisation_anomaly(replace(facts, valid_to=None), DELAYS, TODAY) is None


def test_a_reading_without_a_mission_blocks() -> None:
    assert stray_reading_anomaly(StrayReading(3, "BAR-EN-101", TODAY)).severity is Severity.BLOCKING


def test_the_gravest_and_nearest_come_first_and_the_snoozed_go() -> None:
    found = [
        *mission_anomalies(replace(MISSION, selected_on=ago(9)), DELAYS, NOW),
        stray_reading_anomaly(StrayReading(3, "x", TODAY)),
        *lot_anomalies(replace(LOT, first_completed_on=dt.date(2025, 2, 24)), DELAYS, TODAY),
    ]
    assert [anomaly.rule for anomaly in by_urgency(found)] == [
        "stray_reading",
        "filing_near",
        "not_contacted",
    ]
    until = {found[0].key: TODAY + dt.timedelta(1), found[1].key: TODAY}
    assert [anomaly.rule for anomaly in not_snoozed(found, until, TODAY)] == ["stray_reading", "filing_near"]


def test_an_administrator_sets_the_delays() -> None:
    delays = Delays.of(
        {"delay-draw": Decimal("4.0000"), "margin-ns": Decimal("3.5"), "freelance-warn": Decimal(25)}
    )
    assert (delays.draw_days, delays.ns_margin_points, delays.contact_days) == (4, Decimal("3.5"), 5)
    assert lot_anomalies(replace(LOT, received_on=ago(4), drawn_on=None), delays, TODAY) == []


def test_every_setting_is_a_delay() -> None:
    assert {field.name for field in fields(Delays)} >= set(PARAMETERS.values())


def test_each_rule_of_the_domain_has_an_owner_and_a_remedy() -> None:
    assert len(RULES) == 14
    assert all(rule.remedy and rule.owner and rule.label for rule in RULES.values())
