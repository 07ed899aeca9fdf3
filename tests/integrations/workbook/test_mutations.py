"""200 single-cell changes of a workbook without error: reported exactly when a rule says so."""

import random
from collections import Counter

import pytest

from integrations.workbook.reader import normalise
from integrations.workbook.reference import ReferenceRules
from integrations.workbook.replay import replay_workbook
from spekty.core.sheets import Sheet
from tests.integrations.workbook.brute_force import brute_force
from tests.integrations.workbook.mutations import KINDS, apply, draw_mutation

CHANGES = 200
BATCHES = 4


def replayed(sheets: list[Sheet], rules: ReferenceRules) -> set[tuple[str, str]]:
    return {(d.kind.value, d.ref) for d in replay_workbook(normalise(sheets), rules).discrepancies}


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(BATCHES))
def test_random_changes(clean: list[Sheet], rules: ReferenceRules, batch: int) -> None:
    rng = random.Random(20260101 + batch)
    drawn: Counter[str] = Counter()
    seen: Counter[bool] = Counter()
    for _ in range(CHANGES // BATCHES):
        mutation = draw_mutation(clean, rng)
        sheets = apply(clean, mutation)
        expected = brute_force(sheets)
        assert replayed(sheets, rules) == expected, mutation
        drawn[mutation.kind] += 1
        seen[bool(expected)] += 1
    assert seen[True] >= 10
    assert seen[False] >= 5
    assert len(drawn) >= len(KINDS) - 2


def test_brute_force_agrees_on_both_workbooks(
    clean: list[Sheet], quarter: list[Sheet], rules: ReferenceRules
) -> None:
    assert brute_force(clean) == replayed(clean, rules) == set()
    assert brute_force(quarter) == replayed(quarter, rules)
