"""The synthesis has the official order of columns, with those of the fiche's own questionnaire."""

import io
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from field.services import load_definitions
from lots.enums import LotStatus
from lots.models import Lot
from lots.selectors.lots import with_facts
from lots.views.lines import lines_of
from lots.views.synthesis import synthesis_of
from missions.enums import MissionStatus
from spekty.accounts.enums import Role
from spekty.core.enums import Channel
from tests import factories
from tests.quality.test_reviewing import issue

pytestmark = pytest.mark.django_db
ISO = [
    "Travaux réalisés", "Travaux visibles et accessibles", "Surface déclarée (m²)", "Surface mesurée (m²)",
    "Écart : surface mesurée (%)", "Épaisseur (mm)",
]  # fmt: skip


def table(lot: Lot) -> Any:
    found = with_facts(Lot.objects.all()).get(pk=lot.pk)
    return synthesis_of(found, lines_of([found], timezone.localdate())[0], timezone.localdate())


@pytest.fixture
def lot(db: None) -> Lot:
    load_definitions()
    return factories.lot(status=LotStatus.DRAWN, size=2)


def reported(lot: Lot, **operation: Any) -> Any:
    site = factories.operation(lot, selected="site", area_declared=Decimal(56), **operation)
    mission = factories.mission(operation=site, status=MissionStatus.CONFIRMED, agent=factories.field_agent())
    factories.reading(mission)
    mission.refresh_from_db()
    return mission


def test_the_columns_of_the_reading_stand_between_the_visit_and_its_conclusion(lot: Lot) -> None:
    found = table(lot)
    place = found.header.index("Date de la visite")
    assert found.header[place + 1 : place + 7] == ISO
    assert found.header[found.read.stop : found.read.stop + 3] == [
        "Conclusion sur site",
        "Commentaires",
        "Contrôlée par contact",
    ]
    assert [found.header[place] for place in found.heard][1:3] == [
        "Travaux réalisés (par contact)",
        "Défaut manifeste signalé",
    ]
    assert found.header[found.heard.stop] == "Conclusion par contact"
    assert found.header[-3:] == ["Actions correctives", "Conforme après correction", "Déposable"]


def test_what_was_read_is_written_once_the_report_is_out(lot: Lot) -> None:
    mission = reported(lot)
    before = table(lot)
    assert before.rows[0][before.header.index("Épaisseur (mm)")] is None
    issue(mission, factories.user(Role.QUALITY))
    found = table(lot)
    row = dict(zip(found.header, found.rows[0], strict=True))
    assert (row["Surface mesurée (m²)"], row["Écart : surface mesurée (%)"]) == (
        Decimal(47),
        Decimal("19.15"),
    )
    assert row["Épaisseur (mm)"] == "121 · 119 · 119"
    assert row["Conclusion sur site"]


@pytest.mark.parametrize(("family", "fiche", "column"), [
    ("PAC", "BAR-TH-171", "Efficacité saisonnière (ETAS) (%)"), ("GLO", "BAR-TH-174",
     "Surface chauffée (m²)"),
    ("TER", "BAT-EQ-127", "Puissance (kW)"),
])  # fmt: skip
def test_each_family_has_its_own_columns(lot: Lot, family: str, fiche: str, column: str) -> None:
    other = factories.lot(fiche=factories.fiche(fiche, family))
    header = table(other).header
    assert column in header and "Épaisseur (mm)" not in header
    assert len(header) == len(set(header))


def test_a_lot_of_the_workbook_has_its_areas(lot: Lot) -> None:
    site = factories.operation(lot, area_declared=Decimal(60))
    factories.mission(
        operation=site, status="reported", conclusion="S", area_measured=Decimal(50), is_legacy=True
    )
    found = table(lot)
    row = dict(zip(found.header, found.rows[0], strict=True))
    assert (row["Surface mesurée (m²)"], row["Écart : surface mesurée (%)"]) == (Decimal(50), Decimal(20))


def test_excel_and_pdf(lot: Lot, client: Browser) -> None:
    issue(reported(lot), factories.user(Role.QUALITY))
    client.force_login(factories.user(Role.HEAD_OFFICE))
    book = client.get(reverse("lots:synthesis", args=[lot.number, "xlsx"])).content
    sheet: Any = openpyxl.load_workbook(io.BytesIO(book)).active
    header = [cell.value for cell in sheet[1]]
    assert sheet.cell(2, header.index("Surface mesurée (m²)") + 1).value == 47
    paper = client.get(reverse("lots:synthesis", args=[lot.number, "pdf"]))
    assert paper.status_code == 200 and paper.content.startswith(b"%PDF")
    assert Channel.SITE
