"""What agents bring back is kept once, whatever the phone does, and never lost."""

import datetime as dt
import hashlib
import io
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connections
from django.utils import timezone
from PIL import Image

from field.models import DailyKm, Photo, Reading, ReadingDefinition
from field.services import (
    IncompleteReading,
    KeyClash,
    PhotoRefused,
    add_photo,
    declare_km,
    finish_day,
    load_definitions,
    record_attempt_once,
    record_reading,
    start_mission,
)
from field.services.day import KmRefused
from field.services.readings import Visit
from missions.enums import ContactOutcome, MissionStatus
from missions.models import ContactAttempt, Mission
from missions.services import cancel_mission, send_back_mission
from planning.models import Stop, Tour
from spekty.core.enums import Channel, Source
from spekty.core.models import OutboxMessage, StateChange
from tests import factories

THREADS = 8
AGENT = factories.actor("intervenant", source=Source.FIELD)
REVIEWER = factories.actor("qualite")
OFFICE = factories.actor("siege", "planificateur")


def visit(**changes):
    now = timezone.now()
    values = {
        "answers": factories.ISO_ANSWERS,
        "started_at": now - dt.timedelta(hours=1),
        "finished_at": now,
        "signer": "G. Poirier",
    }
    return Visit(**(values | changes))


def confirmed(**fields):
    agent = factories.field_agent()
    return factories.mission(status=MissionStatus.CONFIRMED, agent=agent, **fields)


def record(mission, *, key=None, **changes):
    return record_reading(
        key=key or uuid.uuid4(), mission_id=mission.pk, agent=mission.agent, visit=visit(**changes), by=AGENT
    )


@pytest.mark.django_db
def test_a_reading_goes_to_the_review_with_the_proposed_conclusion():
    mission = confirmed(operation=factories.operation(area_declared=Decimal("56")))
    recorded = record(mission)
    mission.refresh_from_db()
    assert recorded.created
    assert (mission.status, mission.conclusion) == (MissionStatus.TO_REVIEW, "NS")
    assert mission.area_measured == Decimal("47.00")
    assert recorded.reading.answers["area_declared"] == "56.00", "what the office knows isn't asked"
    assert recorded.reading.definition.code == "ISO"
    assert "19,15" in recorded.reading.why[0]
    moves = StateChange.objects.filter(aggregate_id=mission.pk).order_by("id")
    assert [(m.transition, m.source, m.actor_name) for m in moves] == [
        ("receive", "field", "Test"),
        ("submit", "field", "Spekty"),
    ]


@pytest.mark.django_db
def test_the_same_key_is_the_same_reading():
    mission, key = confirmed(), uuid.uuid4()
    first, again = record(mission, key=key), record(mission, key=key)
    assert (first.created, again.created) == (True, False)
    assert first.reading == again.reading
    assert Reading.objects.count() == 1


@pytest.mark.django_db
def test_a_key_of_another_mission_is_refused():
    key = uuid.uuid4()
    record(confirmed(), key=key)
    with pytest.raises(KeyClash):
        record(confirmed(), key=key)


@pytest.mark.django_db(transaction=True)
def test_eight_sendings_of_one_reading_make_one():
    load_definitions()
    mission, key = confirmed(), uuid.uuid4()
    gate = threading.Barrier(THREADS)

    def send(_):
        try:
            gate.wait()
            return record(mission, key=key).created
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        created = list(pool.map(send, range(THREADS)))
    assert sum(created) == 1
    assert Reading.objects.count() == 1
    assert StateChange.objects.filter(transition="receive").count() == 1


@pytest.mark.django_db
def test_a_reading_with_holes_needs_a_word_of_explanation():
    mission = confirmed()
    with pytest.raises(IncompleteReading, match="Surface mesurée.*Signature"):
        record(mission, answers={"done": "yes", "access": "yes"}, signer="")
    assert Mission.objects.get(pk=mission.pk).status == MissionStatus.CONFIRMED
    assert record(mission, answers={"done": "yes", "access": "yes"}, signer="", comment="Partie.").created


@pytest.mark.django_db
def test_a_sent_back_reading_gives_way_to_the_next():
    mission = confirmed()
    first = record(mission).reading
    send_back_mission(mission_id=mission.pk, by=REVIEWER, reason="Photo floue")
    second = record(mission, answers={**factories.ISO_ANSWERS, "even": "no"}).reading
    mission.refresh_from_db()
    first.refresh_from_db()
    assert (first.state, second.state) == ("superseded", "current")
    assert (mission.status, mission.conclusion) == (MissionStatus.TO_REVIEW, "NS")


@pytest.mark.django_db
@pytest.mark.parametrize("other", ["already received", "cancelled by the office"])
def test_a_reading_nobody_waits_for_is_kept_aside(other):
    mission = confirmed()
    if other == "cancelled by the office":
        cancel_mission(mission_id=mission.pk, by=OFFICE, reason="Doublon")
    else:
        record(mission)
    before = Mission.objects.get(pk=mission.pk)
    late = record(mission, answers={**factories.ISO_ANSWERS, "even": "no"}).reading
    after = Mission.objects.get(pk=mission.pk)
    assert late.state == "disputed"
    assert (after.status, after.conclusion, after.version) == (
        before.status, before.conclusion, before.version,
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("status", [MissionStatus.RECEIVED, MissionStatus.TO_REVIEW])
def test_a_held_mission_of_the_workbook_takes_its_first_reading(status):
    mission = factories.mission(status=status, agent=factories.field_agent(), is_legacy=True)
    assert record(mission).reading.state == "current"
    mission.refresh_from_db()
    assert mission.status == MissionStatus.TO_REVIEW
    assert record(mission).reading.state == "disputed"


@pytest.mark.django_db
def test_a_phone_ahead_of_time_visits_now():
    mission = confirmed()
    record(
        mission,
        started_at=timezone.now() + dt.timedelta(days=2),
        finished_at=timezone.now() + dt.timedelta(days=3),
    )
    assert Mission.objects.get(pk=mission.pk).visited_at <= timezone.now()


@pytest.mark.django_db
def test_photos_are_reduced_stored_and_sent_once():
    reading = factories.reading()
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2026:01:30 08:49:12"
    exif.get_ifd(0x8825).update({1: "N", 2: (44.0, 40.0, 30.0), 3: "W", 4: (0.0, 30.0, 0.0)})
    content, key = factories.jpeg((4000, 3000), exif=exif), uuid.uuid4()
    photo, created = add_photo(key=key, reading=reading, content=content, by=AGENT, question="facade")
    again, once_more = add_photo(key=key, reading=reading, content=content, by=AGENT)
    assert (created, once_more, again) == (True, False, photo)
    with photo.file.content.open() as kept:
        assert Image.open(kept).size == (1600, 1200)
    assert photo.original_sha256 == hashlib.sha256(content).hexdigest()
    assert timezone.localtime(photo.taken_at).strftime("%d/%m %H:%M") == "30/01 08:49"
    assert (round(photo.lat, 4), round(photo.lon, 4)) == (44.675, -0.5)
    mission = reading.mission
    assert photo.file.store_path == (
        f"clients/{mission.lot.client.code}/{mission.lot.number}/{mission.number}/photos/{key}.jpg"
    )
    assert OutboxMessage.objects.filter(topic="ged.file", aggregate_id=photo.file_id).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"<svg/>", factories.jpeg()[:200]])
def test_what_is_no_photo_is_refused(content):
    with pytest.raises(PhotoRefused):
        add_photo(key=uuid.uuid4(), reading=factories.reading(), content=content, by=AGENT)
    assert not Photo.objects.exists()


@pytest.mark.django_db
def test_a_drawn_signature_is_a_file():
    png = io.BytesIO()
    Image.new("RGBA", (300, 120)).save(png, "PNG")
    reading = record(confirmed(), signature=png.getvalue(), signer="").reading
    assert reading.signature.mime == "image/png"


@pytest.mark.django_db
def test_kilometres_are_declared_once_a_day_and_end_the_tour():
    agent, today = factories.field_agent(), timezone.localdate()
    tour = Tour.objects.create(agent=agent, day=today, status="published")
    mission = factories.mission(status=MissionStatus.CONFIRMED, agent=agent)
    Stop.objects.create(tour=tour, mission=mission, position=1)
    start_mission(mission_id=mission.pk, by=AGENT)
    start_mission(mission_id=mission.pk, by=AGENT)
    tour.refresh_from_db()
    assert tour.status == "started"
    finish_day(agent=agent, day=today, km=Decimal("140"), by=AGENT)
    finish_day(agent=agent, day=today, km=Decimal("142.25"), by=AGENT)
    tour.refresh_from_db()
    assert (tour.status, DailyKm.objects.get().km) == ("done", Decimal("142.3"))


@pytest.mark.django_db
@pytest.mark.parametrize(("km", "ahead"), [("-1", 0), ("1501", 0), ("12", 1)])
def test_impossible_kilometres_are_refused(km, ahead):
    day = timezone.localdate() + dt.timedelta(days=ahead)
    with pytest.raises(KmRefused):
        declare_km(agent=factories.field_agent(), day=day, km=Decimal(km), by=AGENT)


@pytest.mark.django_db
def test_a_contact_attempt_sent_twice_is_one():
    mission, key = confirmed(channel=Channel.CONTACT), uuid.uuid4()
    sent = [
        record_attempt_once(key=key, mission_id=mission.pk, outcome=ContactOutcome.NO_ANSWER, by=AGENT)
        for _ in range(2)
    ]
    assert sent == [True, False]
    assert ContactAttempt.objects.count() == 1


@pytest.mark.django_db
def test_definitions_are_loaded_once():
    assert ReadingDefinition.objects.count() >= 5
    assert load_definitions() == 0
