"""Photos follow their reading, one request each."""

import datetime as dt
import uuid

from django.db import transaction

from field.models import Photo, Reading
from field.services.pictures import PictureRefused as PhotoRefused
from field.services.pictures import read_picture
from field.services.readings import folder_of
from spekty.core.actors import Actor
from spekty.core.engine import TransitionRefused
from spekty.core.files import store_file
from spekty.core.history import acting

__all__ = ["PhotoRefused", "ReadingNotThere", "add_photo"]


class ReadingNotThere(TransitionRefused):
    """The reading of this photo hasn't arrived yet: the phone sends it first, then tries again."""


@transaction.atomic
def add_photo(
    *,
    key: uuid.UUID,
    reading: Reading,
    content: bytes,
    by: Actor,
    question: str = "",
    original_sha256: str = "",
    taken_at: dt.datetime | None = None,
    lat: float | None = None,
    lon: float | None = None,
) -> tuple[Photo, bool]:
    """Keep a photo, reduced, and return it with whether this call made it; the same `key` is one photo.

    What the phone read before reducing wins over the EXIF of what arrives. Raises PhotoRefused.
    """
    # The reading's row is the lock: two sendings of one photo follow each other.
    Reading.objects.select_for_update(no_key=True, of=("self",)).get(pk=reading.pk)
    known = Photo.objects.filter(key=key).first()
    if known is not None:
        return known, False
    picture = read_picture(content)
    mission = reading.mission
    file = store_file(
        content=picture.jpeg,
        name=f"{mission.number}-{question or 'photo'}.jpg",
        mime_hint="image/jpeg",
        store_path=f"{folder_of(mission)}/photos/{key}.jpg",
        by=by,
    )
    with acting(by):
        photo = Photo.objects.create(
            key=key,
            reading=reading,
            question=question,
            file=file,
            original_sha256=original_sha256 or picture.sha256,
            taken_at=taken_at or picture.taken_at,
            lat=picture.lat if lat is None else lat,
            lon=picture.lon if lon is None else lon,
        )
    return photo, True
