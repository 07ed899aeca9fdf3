"""The quarter's workbook, loaded: each closed lot has its verdict, but for the errors known beforehand."""

import hashlib
import json
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from integrations.enums import RunKind
from integrations.models import WorkbookRun
from integrations.workbook.loading.run import load
from integrations.workbook.reader import read_workbook
from lots.enums import LotStatus
from lots.models import Lot
from lots.selectors.lots import with_facts
from lots.selectors.verdicts import STORED
from lots.views.lines import lines_of
from spekty.core.actors import system_actor
from spekty.core.enums import Source

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
BOOK = settings.BASE_DIR / "demo" / "classeur-trimestre.xlsx"
ERRORS = Path(__file__).resolve().parents[1] / "data" / "classeur-trimestre-ecarts.json"


@pytest.fixture
def loaded(db: None) -> None:
    by = system_actor(Source.IMPORT)
    sha256 = hashlib.sha256(BOOK.read_bytes()).hexdigest()
    run = WorkbookRun.objects.create(kind=RunKind.IMPORT, file_name=BOOK.name, sha256=sha256, by_name=by.name)
    load(read_workbook(BOOK), run, by=by)


def test_every_closed_lot_has_the_workbook_verdict(loaded: None) -> None:
    known = {
        found["ref"]
        for found in json.loads(ERRORS.read_text())["discrepancies"]
        if found["kind"] == "LOT_CONFORMITY_DIFF"
    }
    closed = list(with_facts(Lot.objects.filter(status=LotStatus.CLOSED)))
    assert len(closed) > 10
    lines = lines_of(closed, timezone.localdate())
    differing = {line.lot.number for line in lines if STORED.get(line.judged.verdict) != line.lot.verdict}
    assert differing == known
