"""Addresses of the field portal, under /terrain/."""

import datetime as dt

from django.urls import path, register_converter

from field.views import pages, reading, visits, worker

app_name = "field"


class DayConverter:
    """A day in an address, 2026-01-30."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> dt.date:
        return dt.date.fromisoformat(value)

    def to_url(self, value: dt.date) -> str:
        return value.isoformat()


register_converter(DayConverter, "day")

urlpatterns = [
    path("", pages.day, name="day"),
    path("semaine/", pages.week, name="week"),
    path("a-envoyer/", pages.outbox, name="outbox"),
    path("releves/", pages.readings, name="readings"),
    path("hors-ligne/", pages.offline, name="offline"),
    path("application.json", pages.manifest, name="manifest"),
    path("sw.js", worker.worker, name="worker"),
    path("photos/<uuid:key>/", pages.photo, name="photo"),
    path("releves/<uuid:key>/photos/", reading.photo, name="add_photo"),
    path("journees/<day:day>/kilometres/", visits.kilometres, name="kilometres"),
    path("missions/<int:pk>/", visits.mission, name="mission"),
    path("missions/<int:pk>/demarrer/", visits.start, name="start"),
    path("missions/<int:pk>/annuler-demarrage/", visits.stop, name="stop"),
    path("missions/<int:pk>/releve/", reading.reading, name="reading"),
    path("missions/<int:pk>/improductive/", visits.unproductive, name="unproductive"),
    path("missions/<int:pk>/contact/", visits.attempt, name="attempt"),
]
