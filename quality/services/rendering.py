"""From a report's content to its PDF (WeasyPrint): nothing is fetched, everything is inside."""

import base64
import datetime as dt
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from quality.services.content import Content, fingerprint
from spekty.core.files import read_file
from spekty.core.models import StoredFile
from spekty.core.ports import DocumentUnavailable

FONT = "vendor/inter/inter-latin-wght-normal.woff2"
LOGO = "img/favicon.svg"


def _embedded(content: bytes, mime: str) -> str:
    return f"data:{mime};base64,{base64.b64encode(content).decode()}"


def _asset(name: str, mime: str) -> str:
    found = finders.find(name)
    return _embedded(Path(found).read_bytes(), mime) if isinstance(found, str) else ""


def _image(file_id: int | None) -> str:
    if file_id is None:
        return ""
    stored = StoredFile.objects.get(pk=file_id)
    try:
        return _embedded(read_file(stored), stored.mime)
    except DocumentUnavailable:
        return ""


def _moment(written: str) -> dt.datetime | None:
    return dt.datetime.fromisoformat(written) if written else None


def _date(written: str) -> dt.date | None:
    return dt.date.fromisoformat(written) if written else None


def report_html(content: Content, *, is_preview: bool = False) -> str:
    """Return the report's page with its pictures and font inside."""
    context = {
        "r": content,
        "is_preview": is_preview,
        "fingerprint": fingerprint(content),
        "issued_at": _moment(content["issued_at"]),
        "started_at": _moment(content["visit"]["started_at"]),
        "finished_at": _moment(content["visit"]["finished_at"]),
        "engaged_on": _date(content["item"]["engaged_on"]),
        "completed_on": _date(content["item"]["completed_on"]),
        "photos": [
            photo | {"src": _image(photo["file"]), "at": _moment(photo["taken_at"])}
            for photo in content["photos"]
        ],
        "signature": _image(content["signature"]),
        "font": _asset(FONT, "font/woff2"),
        "logo": _asset(LOGO, "image/svg+xml"),
    }
    return render_to_string("quality/report.html", context)


def render_report(content: Content, *, is_preview: bool = False) -> bytes:
    """Return the report's PDF, A4; a preview is marked so on every page."""
    from spekty.core.layout import sealed

    return sealed(report_html(content, is_preview=is_preview))
