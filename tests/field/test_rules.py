"""Questionnaires: how answers are read, what is missing, what they conclude (domain.md, conclusions)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from field.rules.answers import NotANumber, missing_answers, missing_parts, read_answers, read_number
from field.rules.comparison import compare
from field.rules.conclusion import conclude, exceeds
from field.rules.definition import read_definition

CONTENT = {
    "sections": [
        {
            "title": "Surface",
            "questions": [
                {"code": "access", "label": "Accès", "type": "choice", "effect": "nv_forcing",
                 "nv": ["not_visible", "not_accessible"],
                 "values": [{"code": "yes", "label": "Oui"}, {"code": "not_visible", "label": "Non visible"},
                            {"code": "not_accessible", "label": "Non accessible"}]},
                {"code": "declared", "label": "Déclarée", "type": "number",
                 "source": "operation.area_declared"},
                {"code": "area", "label": "Surface", "type": "number", "unit": "m²", "declared": "declared",
                 "area_gap": "10", "effect": "decisive", "when": {"access": ["yes"]}},
                {"code": "thick", "label": "Épaisseur", "type": "numbers", "unit": "mm", "count": 3,
                 "when": {"access": ["yes"]}},
                {"code": "even", "label": "Pose", "type": "yes_no", "effect": "decisive", "gaps": ["no"]},
                {"code": "marks", "label": "Repères", "type": "yes_no", "effect": "informative",
                 "gaps": ["no"]},
                {"code": "etas", "label": "ETAS", "type": "number", "minimum": "111", "effect": "decisive",
                 "required": False},
                {"code": "doc", "label": "Document", "type": "document", "effect": "decisive"},
                {"code": "sizing", "label": "Note", "type": "document", "sizing": True, "effect": "decisive"},
            ],
        }
    ],
    "photos": [{"code": "front", "label": "Façade", "required": True}],
    "signature": True,
}  # fmt: skip
FORM = read_definition(CONTENT)
GOOD = {"access": "yes", "declared": "100", "area": "100", "thick": ["1", "2", "3"], "even": "yes",
        "marks": "yes", "doc": "1", "sizing": "1"}  # fmt: skip


def verdict(**changes):
    return conclude(CONTENT, {**GOOD, **changes}).conclusion


def test_works_without_gap_are_satisfactory():
    assert verdict() == "S"
    assert verdict(marks="no") == "S", "an informative criterion never changes the conclusion"


@pytest.mark.parametrize(
    ("declared", "measured", "expected"),
    [("56", "47", "NS"), ("110", "100", "S"), ("110.01", "100", "NS"), ("90", "100", "S"), ("5", "0", "NS")],
)
def test_area_gap_above_ten_percent_of_the_measured_area(declared, measured, expected):
    assert verdict(declared=declared, area=measured) == expected


def test_the_arithmetic_is_said():
    outcome = conclude(CONTENT, {**GOOD, "declared": "56", "area": "47"})
    assert outcome.reasons == [
        "(56,00 − 47,00) ÷ 47,00 = 19,15\N{NO-BREAK SPACE}%, au-dessus de 10\N{NO-BREAK SPACE}%."
    ]


@pytest.mark.parametrize("code", "123456")
def test_document_codes(code):
    assert verdict(doc=code) == ("NS" if code == "3" else "S")
    assert verdict(sizing=code) == {"1": "S", "3": "NS"}.get(code, "NV")


def test_not_visible_and_not_accessible_are_told_apart():
    for kind in ("not_visible", "not_accessible"):
        outcome = conclude(CONTENT, {**GOOD, "access": kind})
        assert (outcome.conclusion, outcome.not_verifiable) == ("NV", kind)


def test_a_decisive_gap_wins_over_what_cannot_be_verified():
    outcome = conclude(CONTENT, {**GOOD, "access": "not_visible", "even": "no"})
    assert (outcome.conclusion, outcome.not_verifiable) == ("NS", "")


def test_a_value_below_its_minimum_is_a_gap():
    assert (verdict(etas="110.9"), verdict(etas="111")) == ("NS", "S")


@given(st.decimals(0, 10_000, places=2), st.decimals("0.01", 10_000, places=2))
def test_gap_is_exactly_the_rate_above_the_tolerance(declared, measured):
    assert exceeds(declared, measured, Decimal(10)) == ((declared - measured) / measured > Decimal("0.1"))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("126,5", "126.5"), (" 1 126,50 ", "1126.50"), ("1\u202f126", "1126"), ("", ""), ("0", "0")],
)
def test_french_numbers(typed, kept):
    assert read_number(typed) == kept


@pytest.mark.parametrize("typed", ["abc", "1,2,3", "-4", "NaN", "Infinity", "1e9", "1" * 12, "٣"])
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(NotANumber):
        read_number(typed)


def test_answers_are_read_by_the_definition_only():
    answers, refusals = read_answers(
        FORM,
        {"area": ["12,5"], "thick": ["1", "", "3"], "declared": ["999"], "even": ["peut-être"], "x": ["y"]},
    )
    assert answers == {"area": "12.5", "thick": ["1", "", "3"]}
    assert list(refusals) == ["even"]


def test_missing_points_are_named_and_irrelevant_ones_are_not():
    assert [m.code for m in missing_answers(FORM, {"access": "yes", "thick": ["1", "", "3"]})] == [
        "area", "thick-2", "even", "marks", "doc", "sizing",
    ]  # fmt: skip
    blocked = {"access": "not_visible", "even": "not_visible", "marks": "yes", "doc": "1", "sizing": "1"}
    assert missing_answers(FORM, blocked) == []
    parts = missing_parts(FORM, GOOD, photos=frozenset(), signed=False)
    assert [m.code for m in parts] == ["photo-front", "signature"]


def test_comparison_writes_declared_measured_gap_and_effect():
    rows = {row.label: row for row in compare(CONTENT, {**GOOD, "declared": "56", "area": "47"})}
    area = rows["Surface"]
    assert (area.declared, area.measured) == ("56\N{NO-BREAK SPACE}m²", "47\N{NO-BREAK SPACE}m²")
    assert (area.gap, area.effect) == ("+19,15\N{NO-BREAK SPACE}%", "NS")
    assert rows["Pose"].effect == "ok"
    assert rows["Repères"].effect == ""
    assert "moyenne 2,0" in rows["Épaisseur"].measured
