"""Addresses of the whole application; each app brings its own."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from spekty.health import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("sante/", health, name="health"),
    path("compte/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("spekty.core.urls")),
    path("facturation/", include("billing.urls")),
    path("paie/", include("payroll.urls")),
    path("terrain/", include("field.urls")),
    path("", include("missions.urls")),
    path("", include("lots.urls")),
    path("reglages/", include("spekty.accounts.urls")),
    path("", include("planning.urls")),
    path("bascule/", include("integrations.cutover.urls")),
    path("", include("quality.urls")),
    path("", include("integrations.urls")),
]

if settings.MAILBOX_DIR:
    urlpatterns.append(path("courrier-local/", include("spekty.stack.mailbox")))
