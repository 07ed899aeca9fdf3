import datetime as dt
import hashlib
import json
from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lots.rules import draw
from lots.rules.draw import CONTACT, SITE, DrawRecord, DrawRefused, TopUpReason

SEED = "5a" * 32
seeds = st.binary(min_size=32, max_size=32).map(bytes.hex)
sizes = st.integers(1, 500)


def lot(size: int) -> draw.Snapshot:
    return draw.freeze({"reference": f"D-{number:04}"} for number in range(size))


def test_the_ranking_can_be_made_by_hand() -> None:
    """The formula of the certificate, written again without the module."""
    marks = {f"D-{n:04}": hashlib.sha256(f"{SEED}|SITE|D-{n:04}".encode()).hexdigest() for n in range(12)}
    ranking = draw.rank(lot(12), SEED, SITE)
    assert [item.reference for item in ranking] == sorted(marks, key=lambda reference: marks[reference])
    assert [item.rank for item in ranking] == list(range(1, 13))
    assert all(item.mark == marks[item.reference] for item in ranking)


def test_a_known_ranking_never_changes() -> None:
    """A new version of Python or of the house must give last year's ranks."""
    assert [item.reference for item in draw.rank(lot(6), SEED, SITE)] == KNOWN_SITE
    assert lot(2).sha256 == KNOWN_SHA256


KNOWN_SITE = ["D-0005", "D-0000", "D-0002", "D-0003", "D-0001", "D-0004"]
KNOWN_SHA256 = "88e17ed45fcf74ffa9429f5b8a9697c417c3644f9a828051b39d83abfdfff819"


def test_the_frozen_list_is_canonical() -> None:
    rows = [
        {
            "reference": "B",
            "city": "Orléans",
            "volume": Decimal("120000.0"),
            "day": dt.date(2025, 3, 1),
            "none": None,
        },
        {"reference": "A ", "city": "Orle\u0301ans", "empty": ""},
    ]
    frozen = draw.freeze(rows)
    assert frozen.text == (
        '{"city":"Orléans","reference":"A"}\n'
        '{"city":"Orléans","day":"2025-03-01","reference":"B","volume":"120000"}\n'
    )
    assert frozen.sha256 == hashlib.sha256(frozen.text.encode()).hexdigest()
    assert draw.freeze(reversed(rows)) == frozen
    assert draw.freeze(json.loads(json.dumps([dict(row) for row in frozen.rows]))) == frozen


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "vide"),
        ([{"reference": "A"}, {"city": "x"}], "pas de référence"),
        ([{"reference": "A"}, {"reference": "A "}], "deux fois"),
    ],
)
def test_a_list_that_cannot_be_drawn_from(rows: list[dict[str, str]], words: str) -> None:
    with pytest.raises(DrawRefused, match=words):
        draw.freeze(rows)


def test_a_seed_that_a_person_chose_is_refused() -> None:
    with pytest.raises(DrawRefused, match="graine"):
        draw.rank(lot(3), "12345", SITE)


@given(seeds, sizes, st.data())
def test_contact_is_drawn_in_the_list_minus_the_site_selection(
    seed: str, size: int, data: st.DataObject
) -> None:
    site_count, contact_count = data.draw(st.integers(0, size)), data.draw(st.integers(0, size))
    result = draw.draw_lot(lot(size), seed, site_count, contact_count)
    assert len(result.site) == site_count
    assert not set(result.site) & set(result.contact)
    assert len(result.contact) == min(contact_count, size - site_count)
    assert result.contact_short == contact_count - len(result.contact)
    assert {item.reference for item in result.site_ranking} == set(lot(size).references)


@given(seeds, sizes)
def test_a_hundred_percent_takes_everything(seed: str, size: int) -> None:
    result = draw.draw_lot(lot(size), seed, size, 0)
    assert sorted(result.site) == list(lot(size).references)


@given(seeds, st.integers(1, 60), st.randoms(use_true_random=False))
def test_the_order_in_which_a_list_was_read_changes_nothing(seed: str, size: int, random: object) -> None:
    rows = [dict(row) for row in lot(size).rows]
    random.shuffle(rows)  # type: ignore[attr-defined]
    assert draw.replay(rows, seed, SITE) == draw.rank(lot(size), seed, SITE)


@given(seeds, st.integers(2, 60))
def test_a_row_more_leaves_the_others_in_their_order(seed: str, size: int) -> None:
    before = [item.reference for item in draw.rank(lot(size), seed, SITE)]
    after = [item.reference for item in draw.rank(lot(size + 1), seed, SITE)]
    assert [reference for reference in after if reference in before] == before


@given(seeds, st.integers(4, 80), st.data())
def test_top_ups_take_the_next_free_ranks(seed: str, size: int, data: st.DataObject) -> None:
    result = draw.draw_lot(lot(size), seed, size // 4, size // 4)
    used = {*result.site, *result.contact}
    failed = data.draw(st.lists(st.sampled_from(result.site), unique=True)) if result.site else []
    up = draw.top_up(result.site_ranking, used, dict.fromkeys(failed, TopUpReason.NS))
    assert not set(up.taken) & used
    assert len(up.taken) + up.short == len(failed)
    assert (
        list(up.taken)
        == [item.reference for item in draw.reserves(result.site_ranking, used)][: len(up.taken)]
    )


def test_a_top_up_says_why() -> None:
    result = draw.draw_lot(lot(9), SEED, 2, 2)
    first = result.site[0]
    up = draw.top_up(result.site_ranking, {*result.site, *result.contact}, {first: TopUpReason.REFUSAL})
    assert up.sentence == f"Remplace {first} (refus du bénéficiaire)."
    with pytest.raises(DrawRefused, match="n’est pas tirée"):
        draw.top_up(result.site_ranking, set(result.site), {"D-9999": TopUpReason.NV})


def test_a_list_that_ends_leaves_a_shortage() -> None:
    result = draw.draw_lot(lot(3), SEED, 2, 1)
    up = draw.top_up(result.site_ranking, {*result.site, *result.contact}, {result.site[0]: TopUpReason.NV})
    assert (up.taken, up.short) == ((), 1)


def record(size: int = 9) -> DrawRecord:
    result = draw.draw_lot(lot(size), SEED, 3, 2)
    ranking = [item.reference for item in result.contact_ranking]
    rows = lot(size).rows
    return DrawRecord(
        draw.ALGORITHM, SEED, CONTACT, rows, lot(size).sha256, ranking, result.contact, set(result.site)
    )


def test_a_record_is_verified_by_anyone() -> None:
    good = record()
    assert draw.verify(good) == []
    assert draw.verify(replace(good, algorithm="other/2")) == ["Algorithme inconnu : other/2."]
    assert len(draw.verify(replace(good, seed="00" * 32))) == 2
    assert draw.verify(replace(good, taken=good.taken[::-1])) == [
        "La sélection (2\u00a0opérations tirées) ne suit pas le classement."
    ]
    assert len(draw.verify(replace(good, snapshot=[*good.snapshot, {"reference": "Z"}]))) >= 2


@pytest.mark.parametrize("channel", [SITE, CONTACT])
def test_every_operation_has_the_same_chance_at_every_rank(channel: str) -> None:
    """Chi-square over 4,000 fixed seeds: ranks of one operation, and first operation of each list."""
    snapshot, size, times = lot(10), 10, 4_000
    ranks: dict[str, Counter[int]] = {reference: Counter() for reference in snapshot.references}
    for number in range(times):
        seed = hashlib.sha256(f"fixed {number}".encode()).hexdigest()
        for item in draw.rank(snapshot, seed, channel):
            ranks[item.reference][item.rank] += 1
    for counter in ranks.values():
        assert stats.chisquare([counter[rank] for rank in range(1, size + 1)]).pvalue > 0.0005


def test_both_channels_are_independent() -> None:
    """Rank correlation of the two rankings over fixed seeds stays around nil."""
    snapshot = lot(200)
    for number in range(10):
        seed = hashlib.sha256(f"both {number}".encode()).hexdigest()
        site = {item.reference: item.rank for item in draw.rank(snapshot, seed, SITE)}
        contact = {item.reference: item.rank for item in draw.rank(snapshot, seed, CONTACT)}
        pairs = [(site[reference], contact[reference]) for reference in snapshot.references]
        assert abs(stats.spearmanr([a for a, _ in pairs], [b for _, b in pairs]).statistic) < 0.3
