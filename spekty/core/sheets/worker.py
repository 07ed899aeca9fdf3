"""The child process that parses a stranger's file: `python -m spekty.core.sheets.worker FILE LIMITS`.

It writes one JSON line per sheet name, then one per row; dates travel as ["d", iso].
"""

import datetime as dt
import json
import resource
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from spekty.core.sheets.delimited import read_delimited
from spekty.core.sheets.gate import TOO_BIG, check_workbook
from spekty.core.sheets.limits import Limits
from spekty.core.sheets.model import Cell, SheetRefused
from spekty.core.sheets.reader import file_kind, workbook_rows

TAGS: dict[type, str] = {dt.datetime: "dt", dt.date: "d", dt.time: "t"}


def main(arguments: list[str]) -> int:
    """Parse the file under the ceilings of LIMITS (JSON) and return the exit code."""
    path, limits = Path(arguments[0]), Limits(**json.loads(arguments[1]))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        _write(path, limits, sys.stdout)
    except SheetRefused as refusal:
        sys.stdout.write(json.dumps({"refused": str(refusal)}) + "\n")
    except MemoryError:
        sys.stdout.write(json.dumps({"refused": TOO_BIG}) + "\n")
    return 0


def _write(path: Path, limits: Limits, out: TextIO) -> None:
    if file_kind(path) == "text":
        sheet = read_delimited(path, limits)
        out.write(json.dumps({"sheet": sheet.name}) + "\n")
        for row in sheet.rows:
            out.write(json.dumps(row) + "\n")
    else:
        check_workbook(path, limits)
        _write_workbook(path, limits, out)
    out.write(json.dumps({"end": True}) + "\n")


def _write_workbook(path: Path, limits: Limits, out: TextIO) -> None:
    encode = json.JSONEncoder(default=tagged, ensure_ascii=False, check_circular=False).encode
    cells = 0
    for name, rows in workbook_rows(path):
        out.write(encode({"sheet": name}) + "\n")
        for number, row in enumerate(rows, start=1):
            cells += len(row)
            if number > limits.rows or len(row) > limits.columns or cells > limits.cells:
                raise SheetRefused(TOO_BIG)
            out.write(encode(row) + "\n")


def tagged(cell: Cell) -> list[Any]:
    """Return a date, time or duration as [tag, text or seconds]."""
    if isinstance(cell, dt.timedelta):
        return ["s", cell.total_seconds()]
    if isinstance(cell, dt.datetime | dt.date | dt.time):
        return [TAGS[type(cell)], cell.isoformat()]
    raise TypeError(type(cell).__name__)


def limits_argument(limits: Limits) -> str:
    """Return the limits as the JSON text that main() reads."""
    return json.dumps(asdict(limits))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
