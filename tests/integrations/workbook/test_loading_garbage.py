"""Cells that no column can hold: nothing crashes, each is told, the rest is loaded, and once."""

import copy
import datetime as dt
import random
from typing import Any

import pytest

from integrations.models import WorkbookRow
from integrations.workbook.loading.digest import history_digest
from integrations.workbook.loading.run import written
from lots.models import Client, Lot, Operation
from missions.models import Mission
from spekty.core.sheets import Sheet
from tests.integrations.workbook.mutations import FIRST, HEADER
from tests.integrations.workbook.test_loading import loaded, put

pytestmark = pytest.mark.django_db
GARBAGE: list[Any] = [
    "???", "#N/A", "#REF!", "x" * 300, "é" * 5000, "<script>", "\u200b", " ", "\xa0",
    1e12, -1e12, 1e30, 1e300, -5.0, -0.01, 3.7777, 2.0**63, 99999999999.0, True,
    dt.date(2199, 1, 1), dt.date(1900, 1, 1), dt.date(9999, 12, 31), dt.date(1, 1, 1), dt.time(8, 30),
    dt.timedelta(days=-2), "31/02/2025", "0/0/0", "2199-12-31", "1e999999", "NaN", "-inf", "2025-13", "25:99",
    "FA-2025-99999999", "FA-2099-0001 ; FA-2099-0002", "LOT-2025-9999", "AG-99", "31/12/2025 25:61 AG-01",
    "; ; ;", "TOTAL",
]  # fmt: skip


def spoiled(sheets: list[Sheet], seed: int) -> list[Sheet]:
    """Return the sheets with garbage in every column; keys only for odd seeds."""
    rng = random.Random(seed)
    sheets = copy.deepcopy(sheets)
    for sheet in sheets:
        body = [i for i in range(FIRST, len(sheet.rows)) if sheet.rows[i][0] not in ("", "TOTAL")]
        for column in range(0 if seed % 2 else 1, len(sheet.rows[HEADER])):
            for _ in range(1 if len(body) < 60 else 5):
                sheet.rows[rng.choice(body)][column] = rng.choice(GARBAGE)
    return sheets


@pytest.mark.parametrize("seed", range(2))
def test_garbage_in_every_column_is_told_and_the_rest_is_loaded_once(quarter, seed):
    sheets = spoiled(quarter, seed)
    run = loaded(copy.deepcopy(sheets))
    for sheet, counts in run.counts.items():
        assert counts["read"] == sum(n for fate, n in counts.items() if fate != "read"), sheet
    told = WorkbookRow.objects.filter(run=run)
    assert told.count() > 100
    assert all(row.reason for row in told)
    assert not told.filter(fate="rejected", value="").exists()
    assert Mission.objects.filter(is_legacy=True).count() > (300 if seed else 600)
    digest, again = history_digest(), loaded(copy.deepcopy(sheets))
    assert (written(again), again.digest) == (0, digest)


OUT_OF_RANGE = [
    ("Clients", "CL-001", "Nb improductifs max", 1e12, Client, {"code": "CL-001"}),
    ("Lots", "LOT-2025-0001", "Taux site %", 1e9, Lot, {"number": "LOT-2025-0001"}),
    ("Lots", "LOT-2025-0001", "Réf. EMMY", "x" * 300, Lot, {"number": "LOT-2025-0001"}),
    ("Opérations", "D002-0001-001", "Rang", 2.0**40, Operation, {"reference": "D002-0001-001"}),
    ("Opérations", "D002-0001-001", "Surface déclarée", 1e12, Operation, {"reference": "D002-0001-001"}),
    ("Missions", "M-2025-000001", "Surface mesurée", 1e12, Mission, {"number": "M-2025-000001"}),
]


@pytest.mark.parametrize(("sheet", "key", "column", "value", "model", "found"), OUT_OF_RANGE)
def test_a_value_out_of_range_leaves_its_row_kept_with_the_reason(
    quarter, sheet, key, column, value, model, found
):
    sheets = copy.deepcopy(quarter)
    put(sheets, sheet, key, column, value)
    run = loaded(sheets)
    assert model.objects.filter(**found).count() == 1
    told = WorkbookRow.objects.get(run=run, fate="kept")
    assert told.sheet == sheet
    assert any(word in told.reason for word in ("hors de portée", "hors des limites", "coupée"))
    assert run.counts[sheet].get("rejected", 0) == 0


def test_a_refused_row_keeps_what_was_typed(quarter):
    sheets = copy.deepcopy(quarter)
    put(sheets, "Missions", "M-2025-000001", "N° mission", "M-" + "9" * 40)
    run = loaded(sheets)
    refused = WorkbookRow.objects.get(run=run, fate="rejected", sheet="Missions")
    assert "9" * 40 in refused.value
    assert "20 caractères" in refused.reason
    assert run.counts["Missions"]["rejected"] == 1
