"""Files: judged by content, kept once, cleaned, served safely, never a dead link."""

import io
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook
from PIL import Image

from spekty.core import files, outbox
from spekty.core.models import OutboxMessage, StoredFile
from spekty.core.ports import DocumentUnavailable
from tests import factories

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n"


@pytest.fixture(autouse=True)
def no_bell(monkeypatch):
    monkeypatch.setattr(outbox, "ring", lambda topic: None)


def image(kind="JPEG", size=(60, 40), **options):
    target = io.BytesIO()
    Image.new("RGB", size, "teal").save(target, kind, **options)
    return target.getvalue()


def workbook():
    target = io.BytesIO()
    Workbook().save(target)
    return target.getvalue()


def store(content=PDF, name="devis.pdf", path="lots/L1/devis.pdf", **options):
    return files.store_file(content=content, name=name, store_path=path, by=factories.actor(), **options)


def test_a_file_is_kept_promised_and_tracked():
    stored = store()
    assert (stored.mime, stored.size, stored.stored_at) == ("application/pdf", len(PDF), None)
    assert files.read_file(stored) == PDF
    message = OutboxMessage.objects.get(topic="ged.file")
    assert message.aggregate_id == stored.pk


def test_the_same_file_twice_is_one_and_another_is_refused():
    assert store() == store()
    assert OutboxMessage.objects.filter(topic="ged.file").count() == 1
    with pytest.raises(files.PathTaken):
        store(PDF + b"autre")


@pytest.mark.parametrize(
    ("content", "name", "mime"),
    [
        (PDF, "a.jpg", "application/pdf"),
        (image("JPEG"), "a.pdf", "image/jpeg"),
        (image("PNG"), "a.png", "image/png"),
        (image("WEBP"), "a.webp", "image/webp"),
        (workbook(), "a.xlsx", files.PACKAGES["xl/workbook.xml"]),
        ("réf;nom\n1;é\n".encode("cp1252"), "liste.csv", "text/csv"),
    ],
)
def test_the_type_is_that_of_the_content(content, name, mime):
    assert files.judge(content, name=name).mime == mime


def archive():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("a.exe", "MZ")
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "vide.pdf"),
        (b"<html><script>alert(1)</script></html>", "photo.jpg"),
        (b"<html><script>alert(1)</script></html>", "liste.csv"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "plan.txt"),
        (b"MZ\x90\x00" + b"a" * 60, "setup.txt"),
        (archive(), "archive.xlsx"),
        (b"\xff\xd8\xff\xe0 pas une image", "photo.jpg"),
        (b"un texte", "sans-extension"),
    ],
)
def test_what_is_not_a_known_kind_is_refused_in_french(content, name):
    with pytest.raises(files.FileRefused, match="fichier"):
        store(content, name)
    assert not StoredFile.objects.exists()


def test_too_big_is_refused():
    with pytest.raises(files.FileRefused, match="25 Mo"):
        store(PDF + b"0" * files.MAX_BYTES)


def test_an_image_bomb_is_refused_without_being_opened():
    target = io.BytesIO()
    Image.new("1", (9000, 9000)).save(target, "PNG")
    with pytest.raises(files.FileRefused, match="pixels"):
        store(target.getvalue(), "bombe.png")


def test_a_cleaned_photo_has_no_position_and_is_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    exif.get_ifd(0x8825)[1] = "N"
    stored = store(image(exif=exif), "photo.jpg", "photos/1.jpg", clean_photo=True)
    with Image.open(io.BytesIO(files.read_file(stored))) as kept:
        assert kept.size == (40, 60)
        assert not kept.getexif()


def test_a_name_never_becomes_a_path():
    stored = store(name="../../etc/passwd.pdf")
    assert stored.name == "passwd.pdf"
    assert ".." not in stored.content.name


def test_paths_of_the_store_are_safe_and_free():
    assert files.safe_name('..\\a<b>:"c?.pdf') == "a-b-c-.pdf"
    assert files.free_path("lots/L1", "devis.pdf") == "lots/L1/devis.pdf"
    store()
    assert files.free_path("lots/L1", "devis.pdf") == "lots/L1/devis (2).pdf"


@pytest.mark.parametrize(
    ("content", "name", "shown"),
    [(PDF, "a.pdf", "inline"), (image("PNG"), "a.png", "inline"), (b"a;b\n", "a.csv", "attachment")],
)
def test_only_pdf_and_images_are_shown_in_the_browser(content, name, shown):
    response = files.file_response(store(content, name))
    assert response["Content-Disposition"].startswith(shown)
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert files.file_response(store(content, name), download=True)["Content-Disposition"].startswith(
        "attachment"
    )


class Store:
    def __init__(self, content=None):
        self.content = content

    def read(self, path):
        if self.content is None:
            raise DocumentUnavailable(path)
        return self.content


@pytest.mark.parametrize("damage", ["delete", "alter"])
def test_a_lost_or_altered_copy_comes_from_the_document_store(monkeypatch, damage):
    stored = store()
    if damage == "delete":
        stored.content.storage.delete(stored.content.name)
    else:
        with Path(stored.content.path).open("wb") as target:
            target.write(b"%PDF-altered")
    monkeypatch.setattr(files, "document_store", lambda: Store(PDF))
    assert files.file_response(stored).content == PDF


@pytest.mark.parametrize("held", [None, b"%PDF-other"])
def test_without_any_copy_the_answer_is_a_french_sentence(monkeypatch, held):
    stored = store()
    stored.content.storage.delete(stored.content.name)
    monkeypatch.setattr(files, "document_store", lambda: Store(held))
    response = files.file_response(stored)
    assert response.status_code == 503
    assert "pas disponible pour le moment" in response.content.decode()
