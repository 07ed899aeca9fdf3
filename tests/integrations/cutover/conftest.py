"""A kept workbook, its replay, its load."""

from pathlib import Path

import pytest
from django.conf import settings

from integrations.cutover.runs import launch, perform
from integrations.cutover.uploads import take_workbook
from integrations.enums import RunKind
from integrations.models import LegacyWorkbook, WorkbookRun
from spekty.core.actors import Actor
from spekty.core.enums import Source

QUARTER = Path(settings.BASE_DIR, "demo", "classeur-trimestre.xlsx")
BY = Actor(user_id=None, name="N. Ferrand", roles=frozenset({"siege"}), source=Source.WEB)


@pytest.fixture(autouse=True)
def tasks_run_at_once(monkeypatch):
    """Do in the request what a worker does: no broker in these tests."""
    monkeypatch.setattr("integrations.cutover.runs.run_later", lambda _task, run_id: perform(run_id))


@pytest.fixture
def workbook(db) -> LegacyWorkbook:
    return take_workbook(content=QUARTER.read_bytes(), name=QUARTER.name, by=BY)


def ran(workbook: LegacyWorkbook, kind: RunKind) -> WorkbookRun:
    run = launch(workbook=workbook, kind=kind, by=BY)
    run.refresh_from_db()
    assert run.error == ""
    return run


@pytest.fixture
def replayed(workbook) -> WorkbookRun:
    return ran(workbook, RunKind.REPLAY)


@pytest.fixture
def imported(workbook) -> WorkbookRun:
    return ran(workbook, RunKind.IMPORT)
