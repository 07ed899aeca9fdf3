"""A correction in a large file is answered at once; a worker checks the whole file again."""

import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lots import tasks
from lots.models import ImportBatch, ImportRow
from lots.services.imports import commit_batch, correcting, fix_row, leave_out_row, planning, recheck_batch
from lots.views import imports
from spekty.accounts.enums import Role
from tests import factories
from tests.lots.test_import_services import BY, FATES, line, received, written

pytestmark = pytest.mark.django_db
WHO = {"name": "Test", "roles": [Role.HEAD_OFFICE.value], "user_id": 1}


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(correcting, "AT_ONCE", 1)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    calls: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(imports, "run_later", lambda task, **options: calls.append((task, options)))
    return calls


def fates(batch: ImportBatch) -> dict[int, str]:
    return dict(ImportRow.objects.filter(batch=batch).values_list("line", "fate"))


def equation_holds(batch: ImportBatch) -> bool:
    batch.refresh_from_db()
    return bool(batch.counts["read"] == sum(batch.counts[fate] for fate in FATES))


def test_the_file_is_never_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = received(written(tmp_path, line(1, engagement="??"), line(2)), factories.client())
    monkeypatch.setattr(planning, "sheets_of", lambda batch: pytest.fail("the file was read again"))
    assert fix_row(batch_id=batch.pk, line=2, field="engaged_on", text="02/03/2026", by=BY) is False
    assert fates(batch) == {2: "created", 3: "created"}
    leave_out_row(batch_id=batch.pk, line=3, left_out=True, by=BY)
    assert commit_batch(batch_id=batch.pk, by=BY).lot.size == 1  # type: ignore[union-attr]


@pytest.mark.usefixtures("large")
def test_a_line_is_checked_alone_then_with_the_others(tmp_path: Path) -> None:
    batch = received(written(tmp_path, line(1, engagement="??"), line(2), line(3)), factories.client())
    assert fix_row(batch_id=batch.pk, line=2, field="engaged_on", text="02/03/2026", by=BY) is True
    assert fates(batch)[2] == "created" and equation_holds(batch)
    assert batch.counts["step"] == "rechecking"
    # The reference of another line: alone, nothing is wrong; with the others, it is a duplicate.
    assert fix_row(batch_id=batch.pk, line=3, field="reference", text="D-003", by=BY) is False
    assert fates(batch)[3] == "created" and equation_holds(batch)
    assert recheck_batch(batch_id=batch.pk) is True
    assert fates(batch) == {2: "created", 3: "created", 4: "rejected"} and equation_holds(batch)
    assert batch.counts["step"] == "ready"
    assert "D-003" in batch.rows.get(line=4).reasons[0]["text"]


@pytest.mark.usefixtures("large")
def test_what_the_line_meets_in_the_house_is_said_at_once(tmp_path: Path) -> None:
    customer = factories.client()
    commit_batch(batch_id=received(written(tmp_path, line(9)), customer).pk, by=BY)
    batch = received(written(tmp_path, line(1), line(2), name="b.csv"), customer)
    fix_row(batch_id=batch.pk, line=2, field="reference", text="D-009", by=BY)
    row = batch.rows.get(line=2)
    assert row.fate == "rejected" and "déjà dans le lot" in row.reasons[0]["text"]
    assert equation_holds(batch)


@pytest.mark.usefixtures("large")
def test_a_correction_made_while_the_worker_checks_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = received(written(tmp_path, line(1, engagement="??"), line(2)), factories.client())
    fix_row(batch_id=batch.pk, line=2, field="engaged_on", text="02/03/2026", by=BY)
    plan, passes = correcting.plan_batch, []

    def meanwhile(batch: ImportBatch) -> Any:
        found = plan(batch)
        if not passes:
            leave_out_row(batch_id=batch.pk, line=3, left_out=True, by=BY)
        passes.append(1)
        return found

    monkeypatch.setattr(correcting, "plan_batch", meanwhile)
    assert recheck_batch(batch_id=batch.pk) is True
    assert len(passes) == 2
    assert fates(batch) == {2: "created", 3: "ignored"} and equation_holds(batch)


@pytest.mark.usefixtures("large")
def test_through_the_pages(office: Browser, tmp_path: Path, told: list[tuple[str, dict[str, Any]]]) -> None:
    batch = received(written(tmp_path, line(1, engagement="??"), line(2)), factories.client())
    rows = reverse("lots:import_rows", args=[batch.pk])
    sent = {"field": "engaged_on", "text": "02/03/2026"}
    office.post(reverse("lots:import_fix", args=[batch.pk, 2]), sent)
    office.post(reverse("lots:import_leave_out", args=[batch.pk, 3]), {"hors": "1"})
    assert [task for task, _ in told] == ["lots.recheck_import"], "one worker is enough"
    page = office.get(rows).content.decode()
    assert "se vérifie à nouveau" in page and "Ligne 2 corrigée" in page
    office.post(reverse("lots:import_commit", args=[batch.pk]), {})
    batch.refresh_from_db()
    assert batch.state == "uploaded", "nothing is imported before the check ends"
    waiting = {"HX-Request": "true"}
    assert office.get(f"{rows}?attente=1", headers=waiting).status_code == 204
    tasks.recheck_import(**told[0][1])
    assert "HX-Redirect" in office.get(f"{rows}?attente=1", headers=waiting).headers
    assert "se vérifie à nouveau" not in office.get(rows).content.decode()
    office.post(reverse("lots:import_retry", args=[batch.pk]))
    assert len(told) == 1, "nothing to check any more"


def test_the_cost_of_a_correction_does_not_grow_with_the_file(tmp_path: Path) -> None:
    counts, seconds = [], []
    for size in (2_000, 10_000):
        lines = [line(n) for n in range(1, size + 1)]
        batch = received(written(tmp_path, *lines, name=f"{size}.csv"), factories.client(), wait=True)
        started = time.perf_counter()
        with CaptureQueriesContext(connection) as queries:
            fix_row(batch_id=batch.pk, line=7, field="city", text="Bordeaux", by=BY)
        seconds.append(time.perf_counter() - started)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12
    assert seconds[1] < 1
