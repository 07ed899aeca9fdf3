"""Large files: a worker reads and writes, the page waits, refusals are written on the import."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from lots import tasks
from lots.enums import ImportState
from lots.models import ImportBatch, Lot
from lots.selectors.imports import AT_WORK
from lots.services.imports import mark_step, mark_taken, open_import, receiving
from lots.views import imports
from spekty.accounts.enums import Role
from spekty.core import presence
from tests import factories
from tests.lots.test_import_services import BY, line, written

pytestmark = pytest.mark.django_db
WHO = {"name": "Test", "roles": [Role.HEAD_OFFICE.value], "user_id": 1}


@pytest.fixture
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "INLINE_BYTES", 10)
    monkeypatch.setattr(imports, "INLINE_ROWS", 1)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    calls: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(imports, "run_later", lambda task, **options: calls.append((task, options)))
    return calls


def test_a_large_file_is_read_and_written_by_a_worker(
    office: Browser, tmp_path: Path, everything_is_large: None, told: list[tuple[str, dict[str, Any]]]
) -> None:
    customer = factories.client()
    path = written(tmp_path, line(1), line(2))
    with path.open("rb") as file:
        sent = {"client": customer.code, "file": file, "lot": "", "fiche": ""}
        assert office.post(reverse("lots:import"), sent).status_code == 302
    batch = ImportBatch.objects.get()
    rows = reverse("lots:import_rows", args=[batch.pk])
    assert "Lecture en cours" in office.get(rows).content.decode()
    task, options = told.pop()
    assert task == "lots.check_import"
    tasks.check_import(**options)
    waiting = office.get(f"{rows}?attente=1", headers={"HX-Request": "true"})
    assert waiting["HX-Redirect"] == reverse("lots:import_batch", args=[batch.pk])
    office.post(reverse("lots:import_commit", args=[batch.pk]), {"received_on": "2026-03-05"})
    assert not Lot.objects.exists()
    task, options = told.pop()
    assert task == "lots.commit_import"
    tasks.commit_import(**options)
    tasks.commit_import(**options)
    batch.refresh_from_db()
    assert batch.state == ImportState.COMMITTED and Lot.objects.get().size == 2


def test_what_a_worker_refuses_is_said(office: Browser, tmp_path: Path, everything_is_large: None) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"PK\x03\x04" + b"0" * 100)
    batch, plan = open_import(client=factories.client(), path=path, name="x.xlsx", by=BY)
    assert plan is None
    tasks.check_import(batch_id=batch.pk, **WHO)
    page = office.get(reverse("lots:import_rows", args=[batch.pk])).content.decode()
    assert "Fichier refusé" in page and "endommagé" in page


def test_a_refused_commit_leaves_the_lines_as_shown(tmp_path: Path) -> None:
    batch, _ = open_import(
        client=factories.client(), path=written(tmp_path, line(1, engagement="??")), name="x.csv", by=BY
    )
    mark_step(batch.pk, "committing")
    tasks.commit_import(batch_id=batch.pk, accept_size=False, received_on=None, filing_on=None, **WHO)
    batch.refresh_from_db()
    assert batch.state == ImportState.UPLOADED
    assert batch.counts["step"] == "ready" and "Aucune ligne" in batch.counts["refusal"]


def test_a_commit_given_again_after_someone_decided_otherwise_writes_nothing(tmp_path: Path) -> None:
    batch, _ = open_import(client=factories.client(), path=written(tmp_path, line(1)), name="x.csv", by=BY)
    tasks.commit_import(batch_id=batch.pk, accept_size=False, received_on=None, filing_on=None, **WHO)
    batch.refresh_from_db()
    assert batch.state == ImportState.UPLOADED and not Lot.objects.exists()


def test_an_import_whose_worker_died_says_so_and_is_asked_again(
    office: Browser, tmp_path: Path, everything_is_large: None, told: list[tuple[str, dict[str, Any]]]
) -> None:
    batch, _ = open_import(client=factories.client(), path=written(tmp_path, line(1)), name="x.csv", by=BY)
    rows = reverse("lots:import_rows", args=[batch.pk])
    assert "En attente d’un exécutant" in office.get(rows).content.decode()
    mark_taken(ImportBatch.objects.get())
    with presence.working(AT_WORK, batch.pk):
        assert "Pris par un exécutant" in office.get(rows).content.decode()
    page = office.get(rows).content.decode()
    assert "Le traitement s’est interrompu" in page and "every 2s" not in page
    office.post(reverse("lots:import_retry", args=[batch.pk]))
    assert told.pop()[0] == "lots.check_import"
    assert "En attente d’un exécutant" in office.get(rows).content.decode()
