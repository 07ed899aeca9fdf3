"""The cells of a line kept as JSON, and given back as the file had them."""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Any

from lots.rules.parsing import Cell, show
from lots.rules.widths import clean_text


def kept(cells: Sequence[Cell]) -> list[Any]:
    """Return the cells as JSON: the empty ones at the end are dropped, a date or time is [tag, text]."""
    end = len(cells)
    while end and cells[end - 1] == "":
        end -= 1
    return [_kept(cell) for cell in cells[:end]]


def _kept(cell: Cell) -> Any:
    if isinstance(cell, str):
        return clean_text(cell)
    if isinstance(cell, dt.datetime):
        return ["dt", cell.isoformat()]
    if isinstance(cell, dt.date):
        return ["d", cell.isoformat()]
    if isinstance(cell, dt.time):
        return ["t", cell.isoformat()]
    if isinstance(cell, dt.timedelta):
        return ["s", cell.total_seconds()]
    if isinstance(cell, float) and not math.isfinite(cell):
        return str(cell)
    return cell


def given_back(values: Sequence[Any]) -> list[Cell]:
    """Return the cells of a line that `kept` wrote."""
    return [_given_back(value) if isinstance(value, list) else value for value in values]


def _given_back(value: Sequence[Any]) -> Cell:
    tag, content = value
    if tag == "dt":
        return dt.datetime.fromisoformat(content)
    if tag == "d":
        return dt.date.fromisoformat(content)
    return dt.time.fromisoformat(content) if tag == "t" else dt.timedelta(seconds=content)


def shown(values: Sequence[Any], headers: Mapping[int, str]) -> list[tuple[str, str]]:
    """Return (header, text) of the filled cells, in the order of the file."""
    texts = (clean_text(show(cell)) for cell in given_back(values))
    return [(headers.get(index) or f"Colonne {index + 1}", text) for index, text in enumerate(texts) if text]
