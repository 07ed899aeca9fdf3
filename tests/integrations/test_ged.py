"""The document store, against a real WebDAV server."""

import time

import httpx
import pytest
from django.conf import settings as django_settings

from integrations.ged import sync
from integrations.ged.client import WebDav
from integrations.http import Unavailable, check_status, wait_seconds
from spekty.core import files, outbox
from spekty.core.models import Circuit, OutboxMessage, StoredFile
from spekty.core.outbox import RetryLater, Undeliverable
from tests import factories

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n"


@pytest.fixture(autouse=True)
def no_bell(monkeypatch):
    monkeypatch.setattr(outbox, "ring", lambda topic: None)


@pytest.fixture
def dav(ged_server):
    account = (django_settings.GED_USER, django_settings.GED_PASSWORD)
    with sync.connect() as store:
        for found in list(store.walk()):
            httpx.delete(f"{django_settings.GED_URL}/{found.path}", auth=account)
        yield store


def keep(number=1, content=PDF):
    return files.store_file(
        content=content,
        name="rapport n° 1.pdf",
        store_path=f"clients/CL-001/Lot été/M-{number}/rapport n° {number}.pdf",
        by=factories.actor(),
    )


def test_a_file_reaches_its_folder_and_is_said_stored(dav):
    stored = keep()
    assert outbox.drain("ged.file").delivered == 1
    stored.refresh_from_db()
    assert stored.stored_at is not None and stored.etag
    assert dav.read(stored.store_path) == PDF
    assert sync.GedStore().read(stored.store_path) == PDF


def test_putting_it_twice_is_as_good_as_once(dav):
    stored = keep()
    message = OutboxMessage.objects.get(topic="ged.file")
    sync.store(message)
    sync.store(message)
    assert [found.path for found in dav.walk()] == [stored.store_path]


def test_a_local_copy_lost_before_the_deposit_is_a_dead_letter(dav):
    stored = keep()
    stored.content.storage.delete(stored.content.name)
    assert outbox.drain("ged.file").dead == 1
    assert "plus sur ce serveur" in OutboxMessage.objects.dead().get().error


def test_wrong_credentials_are_refused_for_good(dav, settings):
    settings.GED_PASSWORD = "faux"
    keep()
    assert outbox.drain("ged.file").dead == 1


def test_a_store_that_is_down_is_tried_again(settings):
    settings.GED_URL = "http://127.0.0.1:9/dav"
    keep()
    assert outbox.drain("ged.file").failed == 1
    assert Circuit.objects.get().failures == 1


def test_what_the_store_lost_or_altered_is_put_back(dav):
    kept = [keep(number) for number in range(5)]
    outbox.drain("ged.file")
    # The server's ETag counts seconds: an alteration in the very second of the deposit is not our subject.
    time.sleep(1.1)
    account = (django_settings.GED_USER, django_settings.GED_PASSWORD)
    url = django_settings.GED_URL
    httpx.delete(f"{url}/{kept[0].store_path}", auth=account).raise_for_status()
    httpx.put(f"{url}/{kept[1].store_path}", content=PDF[::-1], auth=account).raise_for_status()
    httpx.put(f"{url}/notes.txt", content=b"note", auth=account).raise_for_status()
    drift = sync.reconcile()
    assert (drift.missing, drift.altered, drift.foreign) == (
        [kept[0].store_path],
        [kept[1].store_path],
        ["notes.txt"],
    )
    outbox.drain("ged.file")
    again = sync.reconcile()
    assert (again.missing, again.altered) == ([], [])
    assert {dav.read(file.store_path) for file in kept} == {PDF}


def test_a_file_served_after_its_local_copy_is_gone(dav):
    stored = keep()
    outbox.drain("ged.file")
    stored.content.storage.delete(stored.content.name)
    assert files.file_response(StoredFile.objects.get()).content == PDF


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 415, 422, 507 - 94])
def test_client_errors_are_final(status):
    with pytest.raises(Undeliverable):
        check_status(status, "", what="Essai")


@pytest.mark.parametrize("status", [408, 409, 423, 425, 500, 502, 503, 507])
def test_faults_and_conflicts_are_tried_again(status):
    with pytest.raises(Unavailable):
        check_status(status, "", what="Essai")


@pytest.mark.parametrize(("status", "header", "seconds"), [(429, "", 30), (429, "7", 7), (503, "90", 90)])
def test_a_wait_that_is_asked_is_honoured(status, header, seconds):
    with pytest.raises(RetryLater) as wait:
        check_status(status, header, what="Essai")
    assert wait.value.seconds == seconds


@pytest.mark.parametrize(
    ("header", "seconds"), [("Wed, 21 Oct 2026 07:28:00 GMT", 30), ("99999", 3600), ("-1", 1)]
)
def test_a_wait_is_bounded(header, seconds):
    assert wait_seconds(header) == seconds


def test_reading_what_is_not_there(dav):
    assert dav.read("rien/ici.pdf") is None
    assert dav.describe("rien/ici.pdf") is None
    with WebDav(django_settings.GED_URL + "/vide", "spekty", django_settings.GED_PASSWORD) as empty:
        assert list(empty.walk()) == []
