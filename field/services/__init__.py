"""Everything that agents bring back."""

from field.services.contacts import record_attempt_once
from field.services.day import declare_km, finish_day, start_mission
from field.services.definitions import load_definitions
from field.services.disputes import set_reading_aside, take_reading
from field.services.photos import PhotoRefused, ReadingNotThere, add_photo
from field.services.readings import (
    IncompleteReading,
    KeyClash,
    NoDefinition,
    Recorded,
    definition_for,
    record_reading,
)

__all__ = [
    "IncompleteReading",
    "KeyClash",
    "NoDefinition",
    "PhotoRefused",
    "ReadingNotThere",
    "Recorded",
    "add_photo",
    "declare_km",
    "definition_for",
    "finish_day",
    "load_definitions",
    "record_attempt_once",
    "record_reading",
    "set_reading_aside",
    "start_mission",
    "take_reading",
]
