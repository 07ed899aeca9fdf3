"""Import: every row has a fate, twice is once, a correction changes only what differs, undo restores."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lots.enums import ImportState, LotStatus
from lots.models import Client, ColumnMapping, ImportBatch, ImportRow, Installer, Lot, Operation
from lots.services import draws
from lots.services.imports import (
    ImportChanged,
    ImportRefused,
    LotIsClosed,
    NothingToImport,
    SizeWouldChange,
    commit_batch,
    fix_row,
    leave_out_row,
    open_import,
    set_columns,
    undo_batch,
)
from lots.services.imports.operations import snapshot
from spekty.accounts.enums import Role
from spekty.core.actors import Actor, system_actor
from spekty.core.engine import NotAllowed
from spekty.core.enums import Source
from spekty.core.sheets import SheetRefused
from tests import factories
from tests.lots.conftest import FILES

pytestmark = pytest.mark.django_db
BY = system_actor(Source.IMPORT)
FATES = ("created", "updated", "unchanged", "rejected", "ignored")
HEADER = (
    "Référence;Nom;Prénom;Adresse;Code postal;Ville;Téléphone;Fiche;"
    "Engagement;Achèvement;kWhc;Surface;Couleur"
)


def line(number: int, **changes: str) -> str:
    cells = {
        "ref": f"D-{number:03d}",
        "nom": "Poirier",
        "prenom": "Gabrielle",
        "adresse": f"{number} rue des Acacias",
        "cp": "33650",
        "ville": "Saint-Selve",
        "tel": "0612345678",
        "fiche": "BAR-EN-101",
        "engagement": "02/03/2026",
        "achevement": "02/04/2026",
        "kwhc": "275000",
        "surface": "90",
        "couleur": "verte",
    }
    return ";".join({**cells, **changes}.values())


def written(folder: Path, *lines: str, name: str = "lot.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return path


def received(path: Path, client: Client, by: Actor = BY, **options: Any) -> ImportBatch:
    return open_import(client=client, path=path, name=path.name, by=by, **options)[0]


def imported(path: Path, client: Client, **options: Any) -> ImportBatch:
    return commit_batch(batch_id=received(path, client, **options).pk, by=BY)


def state() -> list[Any]:
    return [
        sorted((op.reference, json.dumps(snapshot(op), sort_keys=True)) for op in Operation.objects.all()),
        list(Lot.objects.order_by("pk").values_list("number", "size", "list_version", "status")),
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_demo_files_import_without_silent_loss(path: Path) -> None:
    client = factories.client()
    batch = imported(path, client)
    counts = batch.counts
    assert counts["read"] == sum(counts[fate] for fate in FATES) == batch.rows.count()
    assert counts["created"] == Operation.objects.filter(lot=batch.lot).count() == batch.lot.size
    for row in batch.rows.exclude(fate__in=["created", "updated", "unchanged"]):
        assert row.reasons and all(reason["text"] for reason in row.reasons)
    assert not Operation.objects.filter(lat__isnull=True).exists()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_importing_twice_changes_nothing(path: Path) -> None:
    client = factories.client()
    first = imported(path, client)
    before = state()
    again = imported(path, client)
    assert again.lot == first.lot
    assert again.counts["created"] == again.counts["updated"] == 0
    assert again.counts["unchanged"] == first.counts["created"]
    assert state() == before


def test_a_corrected_file_updates_only_what_differs(tmp_path: Path) -> None:
    client = factories.client()
    first = imported(written(tmp_path, line(1), line(2), line(3)), client)
    second = imported(written(tmp_path, line(1), line(2, surface="91,5"), line(3, couleur="bleue")), client)
    assert [second.counts[fate] for fate in FATES] == [0, 2, 1, 0, 0]
    changed = second.rows.get(line=3)
    assert set(changed.before["after"]) == {"area_declared"}
    assert Operation.objects.get(reference="D-003").extra["Couleur"] == "bleue"
    undo_batch(batch_id=second.pk, by=BY)
    assert str(Operation.objects.get(reference="D-002").area_declared) == "90.00"
    assert Operation.objects.get(reference="D-003").extra["Couleur"] == "verte"
    undo_batch(batch_id=first.pk, by=BY)
    assert not Operation.objects.exists() and not Lot.objects.exists()
    first.refresh_from_db()
    assert first.state == ImportState.UNDONE and first.rows.count() == 3


def test_an_empty_cell_never_erases_and_a_vanished_line_stays(tmp_path: Path) -> None:
    client = factories.client()
    imported(written(tmp_path, line(1), line(2)), client)
    second = imported(written(tmp_path, line(1, tel="", surface="")), client)
    assert second.counts["unchanged"] == 1 and second.counts["absent"] == 1
    assert Operation.objects.get(reference="D-001").phone
    assert Operation.objects.count() == 2


def test_orderer_is_installer_is_refused(tmp_path: Path) -> None:
    client = factories.client(siren="957735640")
    path = tmp_path / "r13.csv"
    path.write_text(f"{HEADER};SIREN du professionnel\n{line(1)};957735640\n{line(2)};917743668\n")
    batch = received(path, client)
    row = batch.rows.get(line=2)
    assert row.fate == "rejected"
    assert "957735640" in row.reasons[0]["text"] and row.reasons[0]["field"] == "installer_siren"


def test_cell_corrected_in_place_and_line_left_out(tmp_path: Path) -> None:
    client = factories.client()
    batch = received(written(tmp_path, line(1, engagement="??/2026"), line(2), line(3)), client)
    assert batch.rows.get(line=2).fate == "rejected"
    fix_row(batch_id=batch.pk, line=2, field="engaged_on", text="02/03/2026", by=BY)
    leave_out_row(batch_id=batch.pk, line=4, left_out=True, by=BY)
    batch.refresh_from_db()
    assert [batch.counts[fate] for fate in FATES] == [2, 0, 0, 0, 1]
    done = commit_batch(batch_id=batch.pk, by=BY, expected=batch.counts)
    assert done.rows.get(line=2).corrected == {"engaged_on": "02/03/2026"}
    assert sorted(done.lot.operations.values_list("reference", flat=True)) == ["D-001", "D-002"]


def test_what_was_shown_must_still_hold(tmp_path: Path) -> None:
    client = factories.client()
    path = written(tmp_path, line(1), line(2))
    shown = received(path, client)
    imported(path, client)
    with pytest.raises(ImportChanged):
        commit_batch(batch_id=shown.pk, by=BY, expected=shown.counts)


def test_a_mapping_is_remembered_for_the_client(tmp_path: Path) -> None:
    client = factories.client()
    path = tmp_path / "odd.csv"
    head = HEADER.replace("Référence", "Zorglub").replace("Code postal", "Bidule")
    path.write_text(f"{head}\n{line(1)}\n{line(2, cp='33000')}\n")
    batch = received(path, client)
    fields = {column["index"]: column["field"] for column in batch.mapping["columns"]}
    fields |= {0: "reference", 4: "postcode"}
    set_columns(batch_id=batch.pk, fields=fields, by=BY)
    assert ColumnMapping.objects.filter(client=client).count() == 1
    again = received(path, client)
    assert {c["index"]: c["field"] for c in again.mapping["columns"]} == fields
    with pytest.raises(ImportRefused, match="Deux colonnes"):
        set_columns(batch_id=again.pk, fields={0: "reference", 1: "reference"}, by=BY)


def test_drawn_lot_takes_a_new_version_and_n_never_changes_silently(tmp_path: Path) -> None:
    client = factories.client()
    lot = imported(written(tmp_path, *(line(n) for n in range(1, 11))), client).lot
    draws.draw_lot(lot_id=lot.pk, site_count=2, contact_count=3, by=BY)
    path = written(tmp_path, line(1, tel="0698765432"), *(line(n) for n in range(2, 12)))
    batch = received(path, client)
    with pytest.raises(SizeWouldChange, match="10.*11"):
        commit_batch(batch_id=batch.pk, by=BY)
    commit_batch(batch_id=batch.pk, by=BY, accept_size=True)
    lot.refresh_from_db()
    assert (lot.size, lot.list_version, lot.status) == (11, 2, LotStatus.DRAWN)
    assert [draw.list_version for draw in lot.draws.all()] == [1, 1]
    assert len(lot.draws.first().snapshot) == 10


def test_undo_is_refused_once_the_lot_moved(tmp_path: Path) -> None:
    client = factories.client()
    batch = imported(written(tmp_path, line(1), line(2)), client)
    draws.draw_lot(lot_id=batch.lot.pk, site_count=1, contact_count=0, by=BY)
    with pytest.raises(ImportRefused, match="tiré"):
        undo_batch(batch_id=batch.pk, by=BY)


def test_undo_is_refused_when_a_value_was_changed_since(tmp_path: Path) -> None:
    client = factories.client()
    imported(written(tmp_path, line(1)), client)
    second = imported(written(tmp_path, line(1, surface="99")), client)
    Operation.objects.update(area_declared="12")
    with pytest.raises(ImportRefused, match="modifiée"):
        undo_batch(batch_id=second.pk, by=BY)
    assert str(Operation.objects.get().area_declared) == "12.00"


def test_closed_lot_takes_nothing(tmp_path: Path) -> None:
    client = factories.client()
    lot = factories.lot(client=client, status=LotStatus.CLOSED)
    batch = received(written(tmp_path, line(1)), client, lot=lot)
    with pytest.raises(LotIsClosed):
        commit_batch(batch_id=batch.pk, by=BY, accept_size=True)


def test_a_file_without_any_good_line_commits_nothing(tmp_path: Path) -> None:
    batch = received(written(tmp_path, line(1, engagement="jamais")), factories.client())
    with pytest.raises(NothingToImport):
        commit_batch(batch_id=batch.pk, by=BY)
    assert not Lot.objects.exists()


def test_mixed_fiches_make_one_lot_and_say_why_the_others_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, line(1), line(2), line(3, fiche="BAR-EN-103"))
    batch = received(path, factories.client())
    assert [batch.counts[fate] for fate in FATES] == [2, 0, 0, 1, 0]
    assert "BAR-EN-103" in batch.rows.get(line=4).reasons[0]["text"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"nom": "x" * 101}, "last_name"),
        ({"ref": "r" * 61}, "reference"),
        ({"adresse": "a" * 251}, "address"),
    ],
)
def test_nothing_is_cut(tmp_path: Path, changes: dict[str, str], field: str) -> None:
    batch = received(written(tmp_path, line(1, **changes), line(2)), factories.client())
    row = batch.rows.get(line=2)
    assert row.fate == "rejected" and field in [reason["field"] for reason in row.reasons]


def test_two_columns_of_one_name_hide_nothing(tmp_path: Path) -> None:
    path = tmp_path / "double.csv"
    path.write_text(f"{HEADER};Note libre;Note libre\n{line(1)};un;deux\n")
    batch = imported(path, factories.client())
    assert {"un", "deux"} <= {text for _, text in batch.rows.get(line=2).shown}


def test_an_unnamed_column_is_kept_in_the_row(tmp_path: Path) -> None:
    path = tmp_path / "unnamed.csv"
    path.write_text(f"{HEADER};\n{line(1)};orphelin\n")
    batch = imported(path, factories.client())
    assert batch.rows.get(line=2).shown[-1] == ("Colonne 14", "orphelin")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["D-1", "D-2", "D-3", "", "Total"]),
            st.text(alphabet="aé'\";=+-@ \t0", max_size=8),
            st.sampled_from(["33650", "1400", "99999", "", "ABC"]),
            st.sampled_from(["02/03/2026", "32/13/2026", "", "2026-03-02", "01/01/2031"]),
        ),
        min_size=1,
        max_size=8,
    )
)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_read_is_always_the_sum_of_the_fates(tmp_path: Path, rows: list[tuple[str, str, str, str]]) -> None:
    lines = [
        line(n, ref=ref, nom=name.replace(";", "").replace('"', ""), cp=code, engagement=day)
        for n, (ref, name, code, day) in enumerate(rows)
    ]
    batch = received(written(tmp_path, *lines), factories.client())
    assert batch.counts["read"] == sum(batch.counts[fate] for fate in FATES) == len(lines)
    for row in batch.rows.filter(fate__in=["rejected", "ignored"]):
        assert row.reasons
    if batch.counts["created"]:
        commit_batch(batch_id=batch.pk, by=BY)
        again = received(written(tmp_path, *lines), batch.client)
        assert again.counts["created"] == again.counts["updated"] == 0
        undo_batch(batch_id=batch.pk, by=BY)
    assert not Operation.objects.filter(lot__client=batch.client).exists()


@pytest.mark.parametrize("role", [Role.PLANNER, Role.QUALITY, Role.AGENT])
def test_readers_may_not_import(tmp_path: Path, role: Role) -> None:
    path = written(tmp_path, line(1))
    with pytest.raises(NotAllowed):
        open_import(client=factories.client(), path=path, name="x.csv", by=factories.actor(role))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04rien", b"%PDF-1.7\n", b"\x00\x01\x02\x03"])
def test_hostile_content_is_refused_in_french(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    with pytest.raises(SheetRefused):
        open_import(client=factories.client(), path=path, name="x.xlsx", by=BY)
    assert not ImportBatch.objects.exists()


def test_command_reports_and_writes_nothing_in_a_dry_run(tmp_path: Path, export_csv: Path) -> None:
    factories.client(code="CL-001")
    report = tmp_path / "out.json"
    call_command("import_lot", str(export_csv), "--client", "CL-001", "--dry-run", "--report", str(report))
    found = json.loads(report.read_text())
    assert set(found) == {"read", *FATES, "rows"}
    assert found["read"] == sum(found[fate] for fate in FATES) == len(found["rows"]) == 50
    assert set(found["rows"][0]) == {"row", "fate", "reasons"}
    assert (
        not Operation.objects.exists() and not ImportBatch.objects.exists() and not ImportRow.objects.exists()
    )
    call_command("import_lot", str(export_csv), "--client", "CL-001")
    assert Operation.objects.count() == 50
    with pytest.raises(CommandError, match="CL-999"):
        call_command("import_lot", str(export_csv), "--client", "CL-999")
    call_command(
        "import_lot", str(export_csv), "--client", "CL-999", "--create-client", "Nouveau", "--dry-run"
    )
    assert not Client.objects.filter(code="CL-999").exists()


def test_firms_are_shared_and_named(tmp_path: Path) -> None:
    path = tmp_path / "firms.csv"
    path.write_text(f"{HEADER};SIREN pro;Nom pro\n{line(1)};957735640;Iso Sud\n{line(2)};957735640;Iso-Sud\n")
    imported(path, factories.client())
    assert Installer.objects.filter(siren="957735640").count() == 1
    again = received(path, Client.objects.latest("pk"))
    assert again.counts["unchanged"] == 2
