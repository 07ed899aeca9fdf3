"""Pictures that phones send: checked, turned upright, reduced; what their EXIF says is read first."""

import datetime as dt
import hashlib
import io
from dataclasses import dataclass

from django.utils import timezone
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from spekty.core.engine import TransitionRefused

LONGEST_SIDE = 1600
JPEG_QUALITY = 82
MAX_BYTES = 25_000_000
MAX_PIXELS = 80_000_000
FORMATS = ("JPEG", "PNG", "WEBP")


class PictureRefused(TransitionRefused):
    """The file isn't a picture that can be kept."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A reduced JPEG, the SHA-256 of what was received, and what its EXIF says (degrees, WGS 84)."""

    jpeg: bytes
    sha256: str
    taken_at: dt.datetime | None
    lat: float | None
    lon: float | None


def _open(content: bytes) -> Image.Image:
    if len(content) > MAX_BYTES:
        raise PictureRefused("Cette photo dépasse 25 Mo.")
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
        if image.width * image.height > MAX_PIXELS:
            raise PictureRefused("Cette photo est trop grande.")
        image.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise PictureRefused("Ce fichier n’est pas une photo (JPEG, PNG ou WebP).") from None
    return image


def read_picture(content: bytes) -> Picture:
    """Check a photo, read its EXIF, and reduce it to 1600 px at most; raises PictureRefused."""
    image = _open(content)
    exif = image.getexif()
    lat, lon = _position(exif)
    upright = ImageOps.exif_transpose(image).convert("RGB")
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    reduced = io.BytesIO()
    upright.save(reduced, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return Picture(reduced.getvalue(), hashlib.sha256(content).hexdigest(), _taken_at(exif), lat, lon)


def read_signature(content: bytes) -> bytes:
    """Return a drawn signature as a clean PNG; raises PictureRefused."""
    clean = io.BytesIO()
    _open(content).convert("RGBA").save(clean, "PNG", optimize=True)
    return clean.getvalue()


def _taken_at(exif: Image.Exif) -> dt.datetime | None:
    written = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
    try:
        naive = dt.datetime.strptime(str(written), "%Y:%m:%d %H:%M:%S")
    except ValueError:
        return None
    return timezone.make_aware(naive)


def _position(exif: Image.Exif) -> tuple[float | None, float | None]:
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    try:
        lat = _degrees(gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef] == "S")
        lon = _degrees(gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLongitudeRef] == "W")
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None, None
    return (lat, lon) if abs(lat) <= 90 and abs(lon) <= 180 else (None, None)


def _degrees(parts: tuple[float, float, float], negative: bool) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    return -value if negative else value
