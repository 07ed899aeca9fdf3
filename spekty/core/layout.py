"""WeasyPrint, a second to import: only processes that make papers come here, at their first one."""

import io
import logging
import mimetypes
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from django.conf import settings
from fontTools.ttLib import woff2
from weasyprint import HTML
from weasyprint.urls import URLFetcher, URLFetcherResponse

# tokens.css is written for browsers: what paper can't use of it is no news.
logging.getLogger("weasyprint").setLevel(logging.ERROR)
WOFF2 = "font/woff2"
STATIC = Path(settings.BASE_DIR, "static").resolve()


@lru_cache(maxsize=4)
def unpacked(font: bytes) -> bytes:
    """Unpack a font once for the life of the process: WeasyPrint would for each paper."""
    plain = io.BytesIO()
    woff2.decompress(io.BytesIO(font), plain)
    return plain.getvalue()


def _response(url: str, content: bytes, kind: str) -> URLFetcherResponse:
    if kind == WOFF2:
        content, kind = unpacked(content), "font/ttf"
    return URLFetcherResponse(url, content, {"Content-Type": kind})


class OurFiles(URLFetcher):  # type: ignore[misc]
    """Read files of static/ and nothing else: a text typed by a person can't fetch anything."""

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        parts = urlsplit(url)
        path = Path(url2pathname(parts.path)).resolve()
        if parts.scheme != "file" or not path.is_relative_to(STATIC):
            raise ValueError(f"not one of our files: {url}")
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return _response(url, path.read_bytes(), kind)


class WhatIsInside(URLFetcher):  # type: ignore[misc]
    """Read what the page holds itself."""

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        inside = super().fetch(url, headers)
        return _response(url, inside.read(), inside.content_type) if inside.content_type == WOFF2 else inside


def paper(html: str) -> bytes:
    """Return the PDF/A-3 of a page whose links are relative to static/ (css/paper.css)."""
    page = HTML(string=html, base_url=f"{STATIC.as_uri()}/", url_fetcher=OurFiles())
    document: bytes = page.write_pdf(pdf_variant="pdf/a-3b")
    return document


def sealed(html: str) -> bytes:
    """Return the PDF of a page that has its pictures and its font inside: nothing is fetched."""
    page = HTML(string=html, url_fetcher=WhatIsInside(allowed_protocols=["data"], fail_on_errors=True))
    document: bytes = page.write_pdf(optimize_images=True, jpeg_quality=80, dpi=170)
    return document
