"""The service worker: served under /terrain/ so that it sees that part of the site only."""

import hashlib

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

STATIC = settings.BASE_DIR / "static"
# Every style and the scripts of the frame and of the portal: a new one is kept without a word here.
OWN = ("css/*.css", "js/*.js", "js/field/*.js")
VENDOR = (
    "bootstrap.min.css", "icons.svg", "idb.js", "signature_pad.js",
    "inter/inter-latin-wght-normal.woff2", "inter/inter-latin-ext-wght-normal.woff2",
)  # fmt: skip


def static_files() -> list[str]:
    """Return the addresses of all that the portal's pages load."""
    names = [path.relative_to(STATIC).as_posix() for pattern in OWN for path in STATIC.glob(pattern)]
    names += [f"vendor/{name}" for name in VENDOR]
    names += ["django_htmx/htmx-2.min.js", "img/favicon.svg"]
    # Modules import each other by their plain names, pages by the hashed ones.
    plain = [f"{settings.STATIC_URL}{name}" for name in names]
    return sorted({static(name) for name in names} | set(plain))


def version() -> str:
    """Return the fingerprint of the static files; "" in development, where they change under the pages."""
    known: str = getattr(staticfiles_storage, "manifest_hash", "")
    return hashlib.sha256(known.encode()).hexdigest()[:12] if known else ""


@login_not_required
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Serve the service worker, never kept by the browser's own cache."""
    context = {"version": version(), "files": static_files()}
    response = render(request, "field/sw.js", context, content_type="text/javascript; charset=utf-8")
    patch_cache_control(response, no_cache=True)
    return response
