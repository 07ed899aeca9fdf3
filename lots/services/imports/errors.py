"""Why an import is refused: French sentences for the person who asked."""

from spekty.core.engine import NotAllowed, TransitionRefused


class ImportRefused(TransitionRefused):
    """The import can't be made or undone."""


class ImportChanged(ImportRefused):
    """The lines' fates are no longer those that were shown."""


class NothingToImport(ImportRefused):
    """No line of the file can be imported."""


class LotIsClosed(ImportRefused):
    """The lot is closed: its operations don't change."""


class SizeWouldChange(ImportRefused):
    """The lot is drawn and the file adds operations: N changes only if the person says so."""


__all__ = [
    "ImportChanged",
    "ImportRefused",
    "LotIsClosed",
    "NotAllowed",
    "NothingToImport",
    "SizeWouldChange",
]
