"""Papers: a template and the house's print style make a PDF/A; nothing but our own static files is read."""

import logging
import mimetypes
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from django.conf import settings
from django.template.loader import render_to_string
from weasyprint import HTML
from weasyprint.urls import URLFetcher, URLFetcherResponse

# tokens.css is written for browsers: what paper can't use of it is no news.
logging.getLogger("weasyprint").setLevel(logging.ERROR)
STATIC = Path(settings.BASE_DIR, "static").resolve()


class OurFiles(URLFetcher):  # type: ignore[misc]
    """Read files of static/ and nothing else: a text typed by a person can't fetch anything."""

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        parts = urlsplit(url)
        path = Path(url2pathname(parts.path)).resolve()
        if parts.scheme != "file" or not path.is_relative_to(STATIC):
            raise ValueError(f"not one of our files: {url}")
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})


def render_pdf(template: str, context: Mapping[str, Any]) -> bytes:
    """Return the PDF/A-3 of a template, whose links are relative to static/ (css/paper.css)."""
    html = render_to_string(template, dict(context))
    page = HTML(string=html, base_url=f"{STATIC.as_uri()}/", url_fetcher=OurFiles())
    document: bytes = page.write_pdf(pdf_variant="pdf/a-3b")
    return document
