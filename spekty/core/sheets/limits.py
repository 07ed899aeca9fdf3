"""How much of a stranger's file this house is ready to read (reference: reliability, section 6.3)."""

from dataclasses import dataclass

MB = 1_000_000


@dataclass(frozen=True)
class Limits:
    """Sizes in bytes, time in seconds."""

    file_size: int = 100 * MB
    unpacked_size: int = 200 * MB
    ratio: int = 100
    ratio_above: int = 10 * MB
    members: int = 2_000
    memory: int = 700 * MB
    seconds: int = 120
    rows: int = 200_000
    columns: int = 1_000
    cells: int = 10_000_000


DEFAULT_LIMITS = Limits()
