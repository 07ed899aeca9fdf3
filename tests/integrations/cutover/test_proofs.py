"""Runs of the cockpit: what a replay leaves, what a rollback gives back, what a dossier proves."""

import copy
import io
import json
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command

from integrations.cutover.conditions import gather, lines
from integrations.cutover.decisions import classify, sign
from integrations.cutover.dossier import is_genuine, make_dossier, public_key
from integrations.cutover.rollback import RollbackRefused, obstacles, roll_back
from integrations.cutover.selectors import discrepancies_of, standing
from integrations.cutover.uploads import WorkbookRefused, read_kept, take_workbook
from integrations.enums import NoteClass, RunKind, RunStatus
from integrations.models import Discrepancy, DiscrepancyNote, WorkbookRun
from integrations.workbook.loading.digest import history_digest
from integrations.workbook.loading.run import load
from integrations.workbook.reader import normalise
from integrations.workbook.replay import replay_file
from missions.models import Mission
from spekty.core.files import read_file
from spekty.core.models import NumberSeries, StateChange
from spekty.core.sheets import read_sheets
from tests import factories
from tests.integrations.cutover.conftest import BY, QUARTER, ran
from tests.integrations.workbook.test_loading import put

pytestmark = pytest.mark.django_db


def test_a_replay_leaves_the_base_as_it_was_and_says_what_the_report_says(workbook, imported):
    before = history_digest()
    run = ran(workbook, RunKind.REPLAY)
    assert history_digest() == before
    report = json.loads(json.dumps(replay_file(QUARTER).as_dict()))
    kept = list(
        Discrepancy.objects.filter(run=run)
        .order_by("pk")
        .values("kind", "ref", "expected", "found", "message", "sheet", "row")
    )
    assert kept == report["discrepancies"]
    assert len(kept) == 31
    assert run.control["replay"] == report["control"]
    assert run.digest == report["control"]["digest"]
    assert standing(run).total == 31


def test_a_rehearsal_writes_nothing_and_two_give_the_same_digest(workbook):
    empty = history_digest()
    one, two = ran(workbook, RunKind.REHEARSAL), ran(workbook, RunKind.REHEARSAL)
    assert history_digest() == empty
    assert not Mission.objects.exists()
    assert one.status == two.status == RunStatus.DONE
    assert one.digest == two.digest
    assert one.counts == two.counts
    assert one.tallies["Mission"]["created"] == 736
    assert [f for f in one.control["figures"] if not f["explained"]] == []
    assert one.rows.count() == two.rows.count() > 0
    assert Discrepancy.objects.filter(run=one).count() == 31


def test_a_load_from_the_cockpit_is_the_load_of_the_command(workbook, imported):
    assert imported.status == RunStatus.DONE
    assert imported.by_name == "N. Ferrand"
    again = ran(workbook, RunKind.IMPORT)
    assert sum(t["created"] + t["updated"] for t in again.tallies.values()) == 0
    assert again.digest == imported.digest


def test_rolling_back_a_load_gives_the_base_back(db, workbook):
    factories.price(factories.client(code="D001", name="Autre nom"), "ISO", "99.00")
    before = history_digest()
    series = set(NumberSeries.objects.values_list("code", "year", "last"))
    run = ran(workbook, RunKind.IMPORT)
    assert history_digest() != before
    assert obstacles(run) == []
    roll_back(run=run, reason="Essai", by=BY)
    run.refresh_from_db()
    assert run.status == RunStatus.ROLLED_BACK
    assert "Essai" in run.error
    assert history_digest() == before
    assert not StateChange.objects.filter(transition="import").exists()
    assert {row for row in NumberSeries.objects.values_list("code", "year", "last") if row[2]} == series


def test_rolling_back_a_correction_restores_the_values_of_before(workbook, imported):
    corrected = copy.deepcopy(read_sheets(QUARTER))
    put(corrected, "Missions", "M-2025-000010", "Commentaire", "Corrigé")
    put(corrected, "Missions", "M-2025-000011", "Statut", "Annulée")
    put(corrected, "Opérations", "M-2025-000011" and _reference(), "Nom", "AUTRE")
    run = WorkbookRun.objects.create(kind=RunKind.IMPORT, file_name="corrige.xlsx", sha256="1" * 64)
    load(normalise(corrected), run, by=BY)
    run.refresh_from_db()
    assert run.digest != imported.digest
    roll_back(run=run, reason="Mauvais fichier", by=BY)
    assert history_digest() == imported.digest


def _reference() -> str:
    return str(Mission.objects.get(number="M-2025-000010").operation.reference)


# The stamp of history lasts as long as its transaction: these need true ones.
@pytest.mark.django_db(transaction=True)
def test_what_was_built_on_a_load_forbids_its_rollback(imported):
    mission = Mission.objects.filter(is_legacy=True).first()
    Mission.objects.filter(pk=mission.pk).update(comment="Changée depuis")
    with pytest.raises(RollbackRefused, match="modifiée"):
        roll_back(run=imported, reason="Essai", by=BY)
    assert Mission.objects.count() == 736


# The stamp of history lasts as long as its transaction: these need true ones.
@pytest.mark.django_db(transaction=True)
def test_a_new_mission_on_a_loaded_lot_forbids_its_rollback(imported):
    operation = Mission.objects.filter(is_legacy=True).first().operation
    factories.mission(operation=operation, number="M-2031-000001")
    found = obstacles(imported)
    assert any("rattach" in text for text in found), found


def test_a_classification_outlives_the_run_and_a_signature_falls_with_other_values(workbook, replayed):
    rows = list(discrepancies_of(replayed))
    assert classify(rows=rows, verdict=NoteClass.LEGACY_ERROR, comment="", by=BY) == 31
    assert sign(rows=rows, by=BY) == 31
    again = ran(workbook, RunKind.REPLAY)
    assert standing(again).signed == 31
    note = DiscrepancyNote.objects.first()
    Discrepancy.objects.filter(run=again, kind=note.kind, ref=note.ref).update(mark="autre")
    here = standing(again)
    assert (here.signed, here.unclassed) == (30, 1)
    assert here.states["stale"] == 1


def test_the_dossier_is_signed_and_one_byte_breaks_it(replayed, tmp_path):
    dossier = make_dossier(by=BY)
    content = read_file(dossier.file)
    assert content.startswith(b"%PDF")
    assert is_genuine(content)
    path = tmp_path / "dossier.pdf"
    path.write_bytes(content)
    out = io.StringIO()
    call_command("verify_dossier", str(path), stdout=out)
    assert dossier.sha256 in out.getvalue()
    outsider = io.StringIO()
    call_command("verify_dossier", str(path), "--public-key", public_key(), stdout=outsider)
    assert outsider.getvalue() == out.getvalue()
    for other in ("0" * 64, "pas une clé"):
        with pytest.raises(CommandError, match="fausse"):
            call_command("verify_dossier", str(path), "--public-key", other, stdout=out)
    changed = bytearray(content)
    changed[len(changed) // 2] ^= 1
    path.write_bytes(bytes(changed))
    with pytest.raises(CommandError, match="fausse"):
        call_command("verify_dossier", str(path), stdout=out)


def test_a_dossier_of_another_key_is_not_ours(replayed, settings):
    content = read_file(make_dossier(by=BY).file)
    ours = public_key()
    settings.CUTOVER_SIGNING_KEY = "une autre clé"
    assert not is_genuine(content)
    assert is_genuine(content, ours), "the public key alone is enough"


def test_the_go_asks_for_another_signature_than_that_of_who_classified(workbook, replayed):
    rows = list(discrepancies_of(replayed))
    other = replace(BY, name="Q. Autre")
    classify(rows=rows, verdict=NoteClass.LEGACY_ERROR, comment="", by=BY)
    sign(rows=rows[:1], by=BY)
    sign(rows=rows[1:], by=other)
    state = {line.code: line for line in lines(gather())}
    assert state["signed"].is_met
    assert not state["four_eyes"].is_met
    assert "1 écart signé" in state["four_eyes"].note.replace("\u00a0", " ")
    classify(rows=rows[:1], verdict=NoteClass.LEGACY_ERROR, comment="", by=other)
    sign(rows=rows[:1], by=BY)
    assert {line.code: line for line in lines(gather())}["four_eyes"].is_met


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"", "vide.xlsx"), (b"PK\x03\x04faux", "faux.xlsx"), (b"a;b", "liste.csv"), (b"MZ", "classeur.exe")],
)
def test_a_file_that_is_no_workbook_is_refused_and_not_kept(db, content, name):
    with pytest.raises(WorkbookRefused):
        take_workbook(content=content, name=name, by=BY)


def test_the_kept_workbook_reads_as_the_file(workbook):
    assert len(read_kept(workbook, lambda _: None).missions) == 736
