"""What nobody should send: one plain French sentence, an exit code, and nothing written."""

import io
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from lots.models import ImportBatch, Operation
from tests import factories
from tests.lots.test_import_services import line, written

pytestmark = pytest.mark.django_db


def workbook() -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["Référence", "Nom"])
    book.save(out)
    return out.getvalue()


def with_members(**members: bytes) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook())) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, members.pop(name, old.read(name)))
        for name, content in members.items():
            new.writestr(name, content)
    return out.getvalue()


def bomb() -> bytes:
    return with_members(**{"xl/sharedStrings.xml": b"a" * 150_000_000})


def forged() -> bytes:
    raw = bytearray(with_members(**{"xl/forged.xml": b"a" * 3_000_000}))
    at = raw.rfind(b"PK\x01\x02", 0, raw.rfind(b"xl/forged.xml"))
    raw[at + 24 : at + 28] = struct.pack("<I", 1_000)
    return bytes(raw)


def laughs() -> bytes:
    evil = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]><w>&b;</w>'
    return with_members(**{"xl/workbook.xml": evil})


def members() -> bytes:
    return with_members(**{f"xl/x{n}.xml": b"" for n in range(10_000)})


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 64)).save(out, "PNG")
    return out.getvalue()


def old_xls() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 4_096


def encrypted() -> bytes:
    """Excel wraps an encrypted workbook in the old container, under the name EncryptedPackage."""
    return old_xls() + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 512


def zip_with_password() -> bytes:
    raw = bytearray(workbook())
    at = raw.find(b"PK\x01\x02")
    raw[at + 8] |= 1
    return bytes(raw)


def symlink() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        entry = zipfile.ZipInfo("xl/workbook.xml")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    return out.getvalue()


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "zip bomb": (bomb, "structure anormale|volumineux"),
    "forged sizes": (forged, "structure anormale|endommagé"),
    "billion laughs": (laughs, "structure anormale"),
    "ten thousand members": (members, "structure anormale"),
    "picture": (picture, "ni un classeur ni un texte"),
    "old xls": (old_xls, "ancien format .xls"),
    "encrypted": (encrypted, "mot de passe"),
    "password": (zip_with_password, "mot de passe"),
    "symlink": (symlink, "endommagé"),
    "empty": (lambda: b"", "vide"),
    "blank": (lambda: b" \r\n\r\n", "vide"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_the_command_refuses_in_one_sentence(tmp_path: Path, name: str) -> None:
    make, words = HOSTILE[name]
    path, report = tmp_path / "lot.xlsx", tmp_path / "out.json"
    path.write_bytes(make())
    factories.client(code="CL-001")
    with pytest.raises(CommandError, match=words) as refusal:
        call_command("import_lot", str(path), "--client", "CL-001", "--report", str(report))
    sentence = str(refusal.value)
    assert "\n" not in sentence and sentence.endswith(".") and refusal.value.returncode != 0
    assert not report.exists() and not ImportBatch.objects.exists() and not Operation.objects.exists()


def test_other_refusals_of_the_command(tmp_path: Path) -> None:
    path = written(tmp_path, line(1))
    customer = factories.client(code="CL-001")
    other = factories.lot()
    for arguments, words in (
        (["absent.xlsx", "--client", "CL-001"], "introuvable"),
        ([str(tmp_path), "--client", "CL-001"], "introuvable"),
        ([str(path), "--client", "CL-999"], "CL-999 est inconnu"),
        ([str(path), "--client", "CL-001", "--lot", "LOT-0"], "LOT-0 est inconnu"),
        ([str(path), "--client", "CL-001", "--lot", other.number], "n’est pas un lot de"),
        ([str(path), "--client", "CL-001", "--fiche", "BAR-XX-999"], "est inconnue"),
    ):
        with pytest.raises(CommandError, match=words):
            call_command("import_lot", *arguments, "--dry-run")
    assert customer.pk and not ImportBatch.objects.exists()


def test_macros_and_formulas_are_never_run(tmp_path: Path) -> None:
    """The cells' cached values are read; what has none is an empty cell."""
    book = openpyxl.Workbook()
    book.active.append(["Référence", "Nom", "Adresse", "Code postal", "Fiche", "Engagement"])
    book.active.append(["D-1", "=1+1", "1 rue", "33650", "BAR-EN-101", "02/03/2026"])
    path = tmp_path / "lot.xlsm"
    out = io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0" + b"\0" * 500)
    path.write_bytes(out.getvalue())
    factories.client(code="CL-001")
    call_command("import_lot", str(path), "--client", "CL-001", "--dry-run")
    assert not Operation.objects.exists()
