"""A file that nobody here made is read whole, with one correction of its columns at most."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from lots.rules.checks import CheckContext
from lots.rules.importing import plan_import
from lots.rules.mapping import choose_sheet, propose_mapping
from lots.rules.plans import Fate, ImportPlan, SourceFile
from spekty.core.sheets import read_untrusted_sheets
from tests.lots.messy import MAKERS, Op, operations

CONTEXT = CheckContext(today=dt.date(2025, 11, 24), fiches={"BAR-EN-101": True}, client_siren="983470170")
FIELDS = {
    "reference": "reference", "last_name": "last_name", "first_name": "first_name", "address": "address",
    "postcode": "postcode", "city": "city", "phone": "phone", "fiche": "fiche", "engaged_on": "engaged_on",
    "completed_on": "completed_on", "volume": "volume_kwhc", "area": "area_declared",
    "siren": "installer_siren",
    "installer": "installer_name",
}  # fmt: skip


def planned(path: Path) -> ImportPlan:
    found = choose_sheet(read_untrusted_sheets(path))
    proposal = propose_mapping(found.rows)
    headers = {column.index: column.header for column in proposal.columns}
    return plan_import(
        SourceFile(found.rows, proposal.first_data_row, proposal.mapping, headers), [], CONTEXT
    )


def differences(op: Op, values: object) -> dict[str, tuple[object, object]]:
    wanted = {field: getattr(op, name) for name, field in FIELDS.items()}
    return {
        field: (value, values.get(field))  # type: ignore[attr-defined]
        for field, value in wanted.items()
        if folded(value) != folded(values.get(field))  # type: ignore[attr-defined]
    }


def folded(value: object) -> object:
    return value.casefold() if isinstance(value, str) else value


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_a_file_made_by_nobody_here(tmp_path: Path, make: Callable[[Path, list[Op]], Path]) -> None:
    ops = operations()
    plan = planned(make(tmp_path, ops))
    report = plan.report()
    assert report["read"] == sum(report[str(fate)] for fate in Fate) == len(report["rows"])
    by_reference = {row.reference: row for row in plan.rows}
    wrong = {
        field
        for op in ops
        for field in (
            differences(op, by_reference[op.reference].values)
            if op.reference in by_reference
            else FIELDS.values()
        )
    }
    assert wrong == set()
    assert plan.counts[Fate.REJECTED] == 0, [row.reasons for row in plan.rows if row.fate is Fate.REJECTED][
        :2
    ]
    assert plan.counts[Fate.CREATED] == len(ops)
