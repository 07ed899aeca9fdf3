"""Where an address is: asked of an adapter that the settings name, or of the house's own table."""

from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from lots.rules.gazetteer import Position, gazetteer


class Geocoder(Protocol):
    """Positions of addresses, WGS 84; several at a time, in the order asked."""

    def locate(self, places: list[tuple[str, str, str]]) -> list[Position | None]:
        """Return the position of each (street, postal code, city), None when unknown."""


class OfflineGeocoder:
    """The communes' table of the house: no network, precise to the commune."""

    def locate(self, places: list[tuple[str, str, str]]) -> list[Position | None]:
        """Return the commune's position, else that of the postal code or the department."""
        table = gazetteer()
        return [table.locate(postcode, city) for _, postcode, city in places]


def geocoder() -> Geocoder:
    """Return the adapter of `settings.GEOCODER`; the offline table when it names none."""
    name = getattr(settings, "GEOCODER", "")
    return cast(Geocoder, import_string(name)()) if name else OfflineGeocoder()
