"""Long work by a real worker: seen under way in the page, said when the worker is killed, and asked again."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Browser, Page, expect

from integrations.demo.load import WORKBOOK
from integrations.models import WorkbookRun
from lots.models import ImportBatch, Lot
from planning.models import PlanRun
from spekty.accounts.models import User
from tests.browser import page_of
from tests.live.people import SHOTS
from tests.live.work import Worker, wait_until, working
from tests.live.world import demo_site, patched

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

LINES = 6_000
HEADERS = (
    "dossier,beneficiaire,adresse_complete,telephone,fiche,date_devis,date_facture,"
    "installateur_siren,volume_cumac,surface_m2"
)


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """The demonstration, whose long work is done by workers alone."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patched(patch, MEILI_URL="", GED_URL="")
        with demo_site("long") as server:
            yield server


@pytest.fixture
def worker(site: Any, tmp_path: Path, django_db_blocker: Any) -> Iterator[Worker]:
    with django_db_blocker.unblock(), working(tmp_path) as made:
        yield made


@pytest.fixture
def page_as(browser: Browser, site: Any, worker: Worker) -> Any:
    """Give a function that opens a page as an account of the demonstration."""
    return lambda who: page_of(browser, site, User.objects.get(email=f"{who}@spekty.example"))


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/long-{name}.png")


def test_an_optimisation(page_as: Any, worker: Worker) -> None:
    with page_as("planning") as page:
        page.goto("/planning/optimiser/")
        page.get_by_role("button", name="Lancer le calcul").click()
        bar = page.get_by_role("progressbar", name="Avancement")
        expect(bar).to_be_visible()
        wait_until(lambda: int(bar.get_attribute("value") or 0) >= 15, 20)
        shoot(page, "optimisation")
        worker.kill()
        expect(page.get_by_role("alert")).to_contain_text("Le calcul s’est interrompu", timeout=5_000)
        shoot(page, "optimisation-interrompue")
        page.get_by_role("button", name="Relancer").click()
        expect(page.get_by_text("En attente").first).to_be_visible()
        worker.start()
        worker.tick()
        expect(page.get_by_text("Changements proposés").first).to_be_visible(timeout=60_000)
    assert list(PlanRun.objects.order_by("pk").values_list("status", flat=True)) == ["failed", "ready"]


def test_a_large_import(page_as: Any, worker: Worker, tmp_path: Path) -> None:
    file = tmp_path / "grand-lot.csv"
    file.write_text("\n".join([HEADERS, *(line(number) for number in range(1, LINES + 1))]), encoding="utf-8")
    with page_as("siege") as page:
        page.goto("/imports/nouveau/")
        page.get_by_label("Donneur d’ordre").select_option("CL-003")
        page.set_input_files("input[type=file]", str(file))
        with writing_held_back():
            page.get_by_role("button", name="Envoyer et vérifier").click()
            expect(page.get_by_text("Pris par un exécutant")).to_be_visible(timeout=15_000)
            shoot(page, "import-lecture")
            worker.kill()
        expect(page.get_by_role("alert")).to_contain_text("Le traitement s’est interrompu", timeout=5_000)
        shoot(page, "import-interrompu")
        page.get_by_role("button", name="Relancer").click()
        expect(page.get_by_text("En attente d’un exécutant")).to_be_visible()
        worker.start()
        expect(page.get_by_role("heading", level=1)).to_have_text("Lignes du fichier", timeout=60_000)
        page.get_by_role("button", name="Importer 6").click()
        expect(page.get_by_text("Import en cours")).to_be_visible()
        shoot(page, "import-ecriture")
        page.wait_for_url("**/lots/LOT-*/", timeout=60_000)
    batch = ImportBatch.objects.latest("pk")
    assert batch.state == "committed" and Lot.objects.latest("pk").operations.count() == LINES


@contextmanager
def writing_held_back() -> Iterator[None]:
    """Keep the lines of imports from being written: a fast worker would have done before it is killed."""
    with closing(connection.copy()) as other, other.cursor() as cursor:
        cursor.execute("BEGIN; LOCK TABLE lots_importrow IN SHARE ROW EXCLUSIVE MODE")
        yield


def line(number: int) -> str:
    """Write a line of an insulation lot, as that client writes them."""
    return (
        f'D900-0001-{number:04d},MARTIN Claude,"{number} rue des Acacias, 47470 Blaymont",'
        f"07{number:08d},BAR-EN-101,2025-10-01,2025-11-07,957735640,256000,118"
    )


def test_a_replay_of_the_workbook(page_as: Any, worker: Worker) -> None:
    with page_as("siege") as page:
        page.goto("/bascule/")
        page.set_input_files("input[type=file]", str(WORKBOOK))
        page.get_by_role("button", name="Déposer le classeur").click()
        page.get_by_role("button", name=f"Répétition de {WORKBOOK.name}").click()
        zone = page.locator("#avancement")
        wait_until(lambda: int(zone.get_by_role("progressbar").get_attribute("value") or 0) >= 5, 30)
        shoot(page, "bascule")
        worker.kill()
        expect(zone.get_by_role("alert")).to_contain_text("ne donne plus signe de vie", timeout=5_000)
        shoot(page, "bascule-interrompue")
        worker.start()
        zone.get_by_role("button", name="Relancer").click()
        expect(zone.get_by_role("progressbar")).to_be_visible()
        expect(zone).to_have_count(0, timeout=120_000)
    runs = WorkbookRun.objects.filter(workbook__isnull=False).order_by("pk")
    assert list(runs.values_list("status", flat=True)) == ["failed", "done"]
