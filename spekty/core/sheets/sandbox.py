"""Files from outside are parsed in a child process with ceilings on memory and time; the parent stays up."""

import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from spekty.core.collector import paused
from spekty.core.sheets.gate import BROKEN, TOO_BIG
from spekty.core.sheets.limits import DEFAULT_LIMITS, Limits
from spekty.core.sheets.model import Cell, Sheet, SheetRefused
from spekty.core.sheets.worker import limits_argument

ROOT = Path(__file__).resolve().parents[3]
CRASH = 1  # an exception nobody foresaw ends Python with this code; a ceiling ends it by a signal
TOO_LONG = (
    "La lecture du classeur a pris trop de temps : gardez la seule feuille du lot et renvoyez-la en .csv."
)


def read_untrusted_sheets(path: Path, limits: Limits = DEFAULT_LIMITS) -> list[Sheet]:
    """Return every sheet of a file that someone sent; raise SheetRefused (French) when it can't be read.

    The file passes the gate and is parsed in a child process under `limits`.
    """
    if path.stat().st_size > limits.file_size:
        raise SheetRefused("Le fichier dépasse 100 Mo : gardez la seule feuille du lot et renvoyez-la.")
    command = [
        sys.executable,
        "-m",
        "spekty.core.sheets.worker",
        str(path.resolve()),
        limits_argument(limits),
    ]
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(
            command,
            cwd=ROOT,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
        ) as child,
    ):
        expired = threading.Event()
        clock = threading.Timer(limits.seconds, _stop, (child, expired))
        clock.start()
        try:
            with paused():
                sheets, complete = _collect(child.stdout or ())
            crashed = not complete and child.wait(limits.seconds + 1) == CRASH
        finally:
            clock.cancel()
            child.kill()
    if expired.is_set() and not complete:
        raise SheetRefused(TOO_LONG)
    if not complete:
        raise SheetRefused(BROKEN if crashed else TOO_BIG)
    return sheets


def _stop(child: "subprocess.Popen[bytes]", expired: threading.Event) -> None:
    expired.set()
    child.kill()


def _environment() -> dict[str, str]:
    """Return the child's environment: no secret of this process."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def _collect(lines: Iterable[bytes]) -> tuple[list[Sheet], bool]:
    """Return the sheets that the child wrote, and whether it reached the end."""
    sheets: list[Sheet] = []
    shared: dict[str, str] = {}
    for line in lines:
        if not line.endswith(b"\n"):
            break
        item = json.loads(line)
        if isinstance(item, list):
            sheets[-1].rows.append([_cell(cell, shared) for cell in item])
        elif "sheet" in item:
            sheets.append(Sheet(item["sheet"], []))
        elif "refused" in item:
            raise SheetRefused(item["refused"])
        else:
            return sheets, True
    return sheets, False


def _cell(cell: Any, shared: dict[str, str]) -> Cell:
    if isinstance(cell, str):
        return shared.setdefault(cell, cell) if len(cell) < 24 else cell
    if not isinstance(cell, list):
        return cell  # type: ignore[no-any-return]
    tag, value = cell
    if tag == "d":
        return dt.date.fromisoformat(value)
    if tag == "dt":
        return dt.datetime.fromisoformat(value)
    return dt.time.fromisoformat(value) if tag == "t" else dt.timedelta(seconds=value)
