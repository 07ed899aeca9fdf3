"""Files by their content: judged, kept here first, then promised to the document store (topic ged.file)."""

import hashlib
import re
import unicodedata
import uuid
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath

import puremagic
from django.core.files.base import ContentFile
from django.db import transaction
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header
from PIL import Image, ImageOps, UnidentifiedImageError

from spekty.core.actors import Actor
from spekty.core.history import acting
from spekty.core.models import StoredFile
from spekty.core.outbox import emit
from spekty.core.ports import DocumentUnavailable, document_store

TOPIC = "ged.file"
MAX_BYTES = 25 * 1024 * 1024
MAX_PIXELS = 50_000_000
PHOTO_SIDE = 2400
PHOTO_QUALITY = 85

IMAGES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
OFFICE = "application/vnd.openxmlformats-officedocument"
# A part that only this kind of archive has -> its type.
PACKAGES = {
    "xl/workbook.xml": f"{OFFICE}.spreadsheetml.sheet",
    "word/document.xml": f"{OFFICE}.wordprocessingml.document",
}
TEXTS = {".csv": "text/csv", ".txt": "text/plain", ".eml": "message/rfc822"}
INLINE = frozenset({"application/pdf", *IMAGES.values()})


class FileRefused(Exception):
    """The file can't be kept; `str()` is a French sentence for the person who sent it."""


class PathTaken(FileRefused):
    """Another content is already kept under this path of the document store."""


@dataclass(frozen=True)
class Judged:
    """A content that may be kept, and the type it really has."""

    content: bytes
    mime: str


@transaction.atomic
def store_file(
    *,
    content: bytes,
    name: str,
    mime_hint: str = "",
    store_path: str,
    by: Actor,
    clean_photo: bool = False,
    max_bytes: int = MAX_BYTES,
    mime: str = "",
) -> StoredFile:
    """Keep `content` and promise it to the document store under `store_path`.

    The type is that of the content; `mime_hint` only tells texts apart. With `mime` the caller's own parser
    has judged (a spreadsheet read in the sandbox); a page never shows such a file, it is downloaded.
    `clean_photo` re-encodes an image without its EXIF and position. The same content under the same path is
    the same file.
    Raises FileRefused, and PathTaken when another content is there.
    """
    judged = (
        Judged(content, mime) if mime else judge(content, name=name, mime_hint=mime_hint, max_bytes=max_bytes)
    )
    if clean_photo:
        judged = clean(judged)
    sha256 = hashlib.sha256(judged.content).hexdigest()
    known = StoredFile.objects.filter(store_path=store_path).first()
    if known is not None:
        if known.sha256 != sha256:
            raise PathTaken(f"Un autre fichier porte déjà ce nom : « {PurePosixPath(store_path).name} ».")
        return known
    file = StoredFile(
        sha256=sha256,
        name=PurePosixPath(name.replace("\\", "/")).name[:200] or "fichier",
        mime=judged.mime,
        size=len(judged.content),
        store_path=store_path,
        created_by_id=by.user_id,
    )
    # The name on disk is ours: nothing that a stranger typed becomes a path.
    file.content.save(uuid.uuid4().hex, ContentFile(judged.content), save=False)
    with acting(by):
        file.save()
    emit(TOPIC, file)
    return file


def free_path(folder: str, name: str) -> str:
    """Return a path of the document store where nothing is yet: `name`, made safe, numbered if need be."""
    path = PurePosixPath(folder) / safe_name(name)
    taken = set(
        StoredFile.objects.filter(store_path__startswith=f"{folder}/").values_list("store_path", flat=True)
    )
    number, candidate = 1, path
    while str(candidate) in taken:
        number += 1
        candidate = path.with_name(f"{path.stem} ({number}){path.suffix}")
    return str(candidate)


def safe_name(name: str) -> str:
    """Return a file name that any store accepts: no folder, no control or reserved character, short."""
    base = PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    cleaned = re.sub(r'[\x00-\x1f<>:"|?*%#]+', "-", base).strip(". ")
    path = PurePosixPath(cleaned or "fichier")
    return f"{path.stem[:100]}{path.suffix[:12]}"


def judge(content: bytes, *, name: str, mime_hint: str = "", max_bytes: int = MAX_BYTES) -> Judged:
    """Return the content with its real type, or raise FileRefused: empty, too big, or not of a known kind."""
    if not content:
        raise FileRefused("Ce fichier est vide.")
    if len(content) > max_bytes:
        raise FileRefused(f"Ce fichier dépasse {max_bytes // (1024 * 1024)} Mo.")
    if content.startswith(b"%PDF-"):
        return Judged(content, "application/pdf")
    mime = _image_type(content) or _package_type(content) or _text_type(content, name, mime_hint)
    if mime is None:
        raise FileRefused(
            "Ce type de fichier n’est pas accepté. Envoyez un PDF, une photo (JPEG, PNG, WebP), "
            "un classeur Excel, un document Word ou un fichier texte."
        )
    return Judged(content, mime)


def _image_type(content: bytes) -> str | None:
    try:
        with Image.open(BytesIO(content), formats=list(IMAGES)) as image:
            width, height = image.size
            kind = str(image.format)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError):
        return None
    if width * height > MAX_PIXELS:
        raise FileRefused("Cette image est trop grande : 50 millions de pixels au plus.")
    return IMAGES[kind]


def _package_type(content: bytes) -> str | None:
    if not content.startswith(b"PK"):
        return None
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            members = set(package.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    kind = next((mime for part, mime in PACKAGES.items() if part in members), None)
    if kind and "xl/vbaProject.bin" in members:
        return "application/vnd.ms-excel.sheet.macroEnabled.12"
    return kind


def _text_type(content: bytes, name: str, mime_hint: str) -> str | None:
    """Return the type of a plain text; anything with a known signature or null bytes is not one."""
    wanted = TEXTS.get(PurePosixPath(name.lower()).suffix) or (
        mime_hint if mime_hint in TEXTS.values() else None
    )
    if wanted is None or b"\0" in content:
        return None
    try:
        found = puremagic.from_string(content, mime=True)
    except (puremagic.PureError, ValueError):
        return wanted
    harmful = found in {"text/html", "image/svg+xml", "application/xml"} or found.startswith("application/")
    return None if harmful else wanted


def clean(judged: Judged) -> Judged:
    """Re-encode a photo upright, at most 2,400 pixels wide or high, as JPEG without any metadata."""
    if judged.mime not in IMAGES.values():
        raise FileRefused("Ce fichier n’est pas une photo.")
    try:
        with Image.open(BytesIO(judged.content)) as image:
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (OSError, ValueError, SyntaxError):
        raise FileRefused("Cette photo est abîmée : elle ne s’ouvre pas.") from None
    upright.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
    target = BytesIO()
    upright.save(target, "JPEG", quality=PHOTO_QUALITY, optimize=True)
    return Judged(target.getvalue(), "image/jpeg")


def read_file(stored: StoredFile) -> bytes:
    """Return the content: the copy kept here if it is intact, else the document store's.

    Raises DocumentUnavailable when neither has it.
    """
    try:
        with stored.content.open("rb") as source:
            content: bytes = source.read()
        if _is_intact(stored, content):
            return content
    except (OSError, ValueError):
        pass
    store = document_store()
    if store is None:
        raise DocumentUnavailable("no local copy, and no document store")
    content = store.read(stored.store_path)
    if not _is_intact(stored, content):
        raise DocumentUnavailable("the document store holds another content")
    return content


def _is_intact(stored: StoredFile, content: bytes) -> bool:
    return hashlib.sha256(content).hexdigest() == stored.sha256


def file_response(stored: StoredFile, *, download: bool = False) -> HttpResponse:
    """Answer with a file, never as a page: shown only if PDF or image, else offered for download.

    The caller has checked the right on the file's owner. Without any copy left: a French sentence, 503.
    """
    try:
        content = read_file(stored)
    except DocumentUnavailable:
        plain = {"theme": "light", "density": "dense"}
        page = render_to_string(
            "core/file_unavailable.html", {"file": stored, "appearance": plain, "csrf_token": ""}
        )
        return HttpResponse(page, status=503, headers={"Retry-After": "60"})
    attached = download or stored.mime not in INLINE
    response = HttpResponse(content, content_type=stored.mime)
    response["Content-Disposition"] = content_disposition_header(attached, stored.name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=300"
    # A file opened in the browser can neither run anything nor call anyone.
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response
