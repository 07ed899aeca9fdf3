"""The cockpit's pages: who opens them, what they cost, what they do."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from integrations.cutover.crosscheck import PATHS
from integrations.enums import RunKind, RunStatus
from integrations.models import (
    Condition,
    CutoverDecision,
    DiscrepancyNote,
    Dossier,
    Freeze,
    LegacyWorkbook,
    StepResult,
    WorkbookRun,
)
from missions.models import Mission
from spekty.accounts.models import Agent
from tests import factories
from tests.integrations.cutover.conftest import QUARTER, ran

pytestmark = pytest.mark.django_db
HOME = "/bascule/"
PAGES = ["cockpit", "findings", "findings_export", "classify", "compare", "unfreeze"]


@pytest.fixture
def office(client):
    client.force_login(factories.user("siege"))
    return client


@pytest.mark.parametrize("role", ["planificateur", "qualite", "paie-facturation", "intervenant"])
@pytest.mark.parametrize("name", PAGES)
def test_other_roles_are_refused(client, role, name):
    client.force_login(factories.user(role))
    assert client.get(reverse(f"cutover:{name}")).status_code == 403


@pytest.mark.parametrize("role", ["planificateur", "intervenant"])
def test_other_roles_write_nothing(client, role, workbook):
    client.force_login(factories.user(role))
    for name in ("upload", "launch", "sign", "classify", "add_condition", "freeze", "dossier", "go"):
        assert client.post(reverse(f"cutover:{name}")).status_code == 403, name


@pytest.mark.parametrize("role", ["siege", "direction", "admin"])
def test_the_empty_cockpit_opens(client, role):
    client.force_login(factories.user(role))
    page = client.get(HOME).content.decode()
    assert "Pas de bascule en l’état" in page
    assert 'href="/bascule/"' in page


def test_from_the_file_to_the_signed_dossier(office):
    file = SimpleUploadedFile(QUARTER.name, QUARTER.read_bytes())
    office.post(reverse("cutover:upload"), {"file": file})
    workbook = LegacyWorkbook.objects.get()
    for kind in (RunKind.IMPORT, RunKind.REPLAY):
        office.post(reverse("cutover:launch"), {"workbook": workbook.pk, "kind": kind})
    assert WorkbookRun.objects.filter(status=RunStatus.DONE).count() == 2
    page = office.get(HOME).content.decode()
    assert "31 écarts" in page.replace("\u00a0", " ")
    assert "Différent" not in page.split("Recalcul par les règles")[0]
    assert "47\u202f519,39" in page or "47\u00a0519,39" in page
    shown = office.get(reverse("cutover:classify"), {"tout": 1, "nature": "PAY_DIFF"}).content.decode()
    assert "Classer 4" in shown.replace("\u00a0", " ")
    rows = [str(row.pk) for row in WorkbookRun.objects.first().discrepancies.all()]
    office.post(reverse("cutover:classify"), {"ecart": rows, "verdict": "legacy_error", "comment": ""})
    assert DiscrepancyNote.objects.filter(signed_at__isnull=True).count() == 31
    office.post(reverse("cutover:sign"), {"ecart": rows})
    assert DiscrepancyNote.objects.filter(signed_at__isnull=False).count() == 31
    page = office.get(HOME).content.decode()
    assert "0 écart ouvert" in page.replace("\u00a0", " ")
    answer = office.post(reverse("cutover:dossier"), follow=True)
    assert answer.content.startswith(b"%PDF")
    assert Dossier.objects.count() == 1


def test_the_fragment_is_the_page(office, replayed):
    whole = office.get(HOME).content.decode()
    part = office.get(HOME, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert normal(part) in normal(whole)
    listing = reverse("cutover:findings")
    whole = office.get(listing, {"nature": "PAY_DIFF"}).content.decode()
    part = office.get(listing, {"nature": "PAY_DIFF"}, headers={"HX-Request": "true"}).content.decode()
    assert normal(part) in normal(whole)
    assert part.count("data-row") == 4


def normal(text: str) -> str:
    """Drop the token of each form, which changes at every answer, and the blanks."""
    import re

    return re.sub(r"\s+", " ", re.sub(r'value="[A-Za-z0-9]{64}"', "", text)).strip()


def test_the_cockpit_costs_the_same_whatever_it_shows(office, workbook, django_assert_max_num_queries):
    ran(workbook, RunKind.REPLAY)
    ran(workbook, RunKind.REHEARSAL)
    office.get(HOME)
    with django_assert_max_num_queries(22):
        office.get(HOME)
    with django_assert_max_num_queries(14):
        office.get(reverse("cutover:findings"))


@pytest.mark.parametrize("axis", ["mois", "client", "intervenant", "statut"])
def test_totals_are_cut_along_each_axis(office, workbook, axis):
    ran(workbook, RunKind.REHEARSAL)
    page = office.get(HOME, {"axe": axis}).content.decode()
    assert "Égal" in page
    assert page.count('class="sp-eq') > 3


def test_filters_come_from_the_address(office, replayed):
    address = reverse("cutover:findings")
    one = office.get(address, {"q": "AG-08"}, headers={"HX-Request": "true"}).content.decode()
    assert one.count("data-row") == 1
    none = office.get(address, {"client": "personne"}, headers={"HX-Request": "true"}).content.decode()
    assert "Aucun écart" in none
    csv = office.get(reverse("cutover:findings_export"), {"nature": "PAY_DIFF"}).content.decode("utf-8-sig")
    assert len(csv.strip().splitlines()) == 5
    xlsx = office.get(reverse("cutover:findings_export"), {"format": "xlsx"})
    assert xlsx.content.startswith(b"PK")


def test_a_new_rule_needs_its_comment(office, replayed):
    row = replayed.discrepancies.first()
    answer = office.post(
        reverse("cutover:classify"), {"ecart": [row.pk], "verdict": "new_rule", "comment": ""}
    )
    assert answer.status_code == 422
    assert not DiscrepancyNote.objects.exists()


def test_the_page_never_sends_elsewhere(office, replayed):
    row = replayed.discrepancies.first()
    answer = office.post(
        reverse("cutover:classify"),
        {"ecart": [row.pk], "verdict": "legacy_error", "retour": "https://ailleurs.example/"},
    )
    assert answer.headers["Location"] == reverse("cutover:findings")


def test_freezing_and_lifting_need_a_name_and_a_reason(office, workbook):
    assert office.get(reverse("cutover:freeze"), {"classeur": workbook.pk}).status_code == 200
    assert not Freeze.objects.exists()
    office.post(reverse("cutover:freeze"), {"classeur": workbook.pk})
    frozen = Freeze.objects.get()
    assert frozen.sha256 == workbook.sha256
    assert frozen.by_name
    other = LegacyWorkbook.objects.create(file=workbook.file, name="autre.xlsx", sha256="f" * 64)
    office.post(reverse("cutover:launch"), {"workbook": other.pk, "kind": RunKind.IMPORT})
    assert not WorkbookRun.objects.exists()
    assert office.post(reverse("cutover:unfreeze"), {"reason": " "}).status_code == 422
    office.post(reverse("cutover:unfreeze"), {"reason": "Une correction du siège"})
    frozen.refresh_from_db()
    assert frozen.lifted_at is not None


def test_conditions_have_an_owner_and_people_vouch_for_theirs_only(office):
    address = reverse("cutover:condition", args=["backup"])
    assert office.post(address, {"owner": "J. Le Goff", "is_met": "on", "evidence": ""}).status_code == 422
    office.post(address, {"owner": "J. Le Goff", "is_met": "on", "evidence": "Restaurée en 22 min"})
    assert Condition.objects.get(code="backup").met_by_name
    automatic = reverse("cutover:condition", args=["rows"])
    office.post(automatic, {"owner": "H. Marchetti", "is_met": "on", "evidence": "si si"})
    assert not Condition.objects.get(code="rows").is_met
    office.post(reverse("cutover:add_condition"), {"label": "Téléphones distribués"})
    page = office.get(HOME).content.decode()
    for words in ("J. Le Goff", "H. Marchetti", "Téléphones distribués"):
        assert words in page
    assert office.get(reverse("cutover:condition", args=["inconnue"])).status_code == 404


def test_nobody_pronounces_before_every_condition_is_met(client):
    client.force_login(factories.user("direction"))
    client.post(reverse("cutover:go"))
    assert not CutoverDecision.objects.exists()


@pytest.mark.parametrize("code", PATHS)
def test_each_team_plays_its_script_on_real_cases(office, imported, code):
    address = reverse("cutover:script", args=[code])
    page = office.get(address).content.decode()
    assert "Aucun cas" not in page
    step = PATHS[code].steps[0].code
    office.post(address, {"step": step, "outcome": "gap", "comment": ""})
    assert not StepResult.objects.exists()
    office.post(address, {"step": step, "outcome": "conforming", "case": "M-2025-000010"})
    assert StepResult.objects.get().by_name
    assert "Conforme" in office.get(address).content.decode()


TEAMS = [(path.code, role) for path in PATHS.values() for role in path.roles]


@pytest.mark.parametrize(("code", "role"), TEAMS)
def test_a_team_reads_and_plays_its_own_script_only(client, code, role):
    player = factories.user(role, first_name="Alix", last_name="Roussel")
    client.force_login(player)
    address = reverse("cutover:script", args=[code])
    assert client.get(address).status_code == 200
    for step in PATHS[code].steps:
        client.post(address, {"step": step.code, "outcome": "conforming", "case": "M-1"})
    assert {(r.path, r.by_name, r.by_id) for r in StepResult.objects.all()} == {
        (code, str(player), player.pk)
    }
    assert str(player) in client.get(address).content.decode()
    listing = client.get(reverse("cutover:crosscheck")).content.decode()
    for path in PATHS.values():
        mine = role in path.roles or role in ("siege", "direction")
        assert (reverse("cutover:script", args=[path.code]) in listing) is mine, path.code
        other = client.post(
            reverse("cutover:script", args=[path.code]), {"step": path.steps[0].code, "outcome": "conforming"}
        )
        assert other.status_code == (302 if mine else 403)


def test_an_agent_is_given_own_missions_only(client, imported):
    booked = Mission.objects.filter(status__in=("fixed", "confirmed"), agent__isnull=False).first()
    user = factories.user("intervenant")
    Agent.objects.filter(pk=booked.agent_id).update(user=user)
    client.force_login(user)
    page = client.get(reverse("cutover:script", args=["terrain"])).content.decode()
    named = set(re.findall(r"M-20\d\d-\d{6}", page))
    mine = set(Mission.objects.filter(agent=booked.agent_id).values_list("number", flat=True))
    assert named
    assert named <= mine
    case = Mission.objects.get(number=named.pop())
    assert client.get(reverse("field:mission", args=[case.pk])).status_code == 200


@pytest.mark.parametrize("role", ["planificateur", "qualite", "paie-facturation", "intervenant"])
def test_the_rail_leads_to_the_script_while_there_is_something_to_test(client, role, workbook):
    client.force_login(factories.user(role))
    entry = f'href="{reverse("cutover:crosscheck")}"'
    page = reverse("core:help")
    assert entry in client.get(page).content.decode()
    decision = CutoverDecision.objects.create(by_name="Direction")
    assert entry not in client.get(page).content.decode()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE integrations_cutoverdecision DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM integrations_cutoverdecision WHERE id = %s", [decision.pk])
        cursor.execute("ALTER TABLE integrations_cutoverdecision ENABLE TRIGGER USER")
    assert entry in client.get(page).content.decode()
    LegacyWorkbook.objects.all().delete()
    assert entry not in client.get(page).content.decode()


def test_a_run_can_be_read_compared_and_taken_back(office, workbook):
    one = ran(workbook, RunKind.REHEARSAL)
    two = ran(workbook, RunKind.REPLAY)
    page = office.get(reverse("cutover:run", args=[one.pk])).content.decode()
    assert "Justifiées" in page
    assert "Il en manque" not in page
    page = office.get(reverse("cutover:compare"), {"a": one.pk, "b": two.pk}).content.decode()
    assert "31 en commun" in page.replace("\u00a0", " ")
    load = ran(workbook, RunKind.IMPORT)
    address = reverse("cutover:rollback", args=[load.pk])
    assert "peut pas" not in office.get(address).content.decode()
    office.post(address, {"reason": "Essai"})
    load.refresh_from_db()
    assert load.status == RunStatus.ROLLED_BACK


def test_the_progress_stops_when_the_run_has_ended(office, workbook):
    run = WorkbookRun.objects.create(kind=RunKind.REPLAY, file_name="x", sha256="0" * 64, workbook=workbook)
    address = reverse("cutover:progress", args=[run.pk])
    waiting = office.get(address)
    assert waiting.status_code == 200
    assert 'hx-trigger="every 1s"' in waiting.content.decode()
    run.status = RunStatus.DONE
    run.save()
    done = office.get(address)
    assert (done.status_code, done.headers["HX-Refresh"]) == (286, "true")
