"""Replay of a year's workbook, beside the floor: calamine alone on the same file.

    python -m scripts.bench.replay [WORKBOOK]

Without WORKBOOK, a year is made of 50 copies of the demo quarter, every reference made unique: the replay
must then find exactly 50 times the quarter's differences. Prints seconds and peak memory (MB) of each, every
one in its own process; fails above 60 s or 1,500 MB.
"""

import datetime as dt
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import xlsxwriter

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from python_calamine import CalamineWorkbook  # noqa: E402

from integrations.workbook.replay import replay_file  # noqa: E402
from spekty.core.sheets import Cell, Sheet, read_sheets  # noqa: E402

QUARTER = ROOT / "demo" / "classeur-trimestre.xlsx"
COPIES = 50
SECONDS, MEGABYTES = 60.0, 1_500.0
HEADER_ROWS = 3
REFERENCE = re.compile(r"\b(CL-\d+|AG-\d+|LOT-\d{4}-\d+|M-\d{4}-\d+|D\d{3}-\d{4}-\d+)\b")
INVOICE = re.compile(r"\bFA-(\d{4})-(\d{4})\b")
INITIALS = re.compile(r"^[A-ZÀ-Ý]{2}\d+$")


def main() -> int:
    """Measure the floor and the replay; return 1 when a target is missed."""
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(sys.argv[2], Path(sys.argv[3]))))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(sys.argv[1]) if len(sys.argv) > 1 else make_year(Path(folder) / "annee.xlsx")
        floor, replay = in_child("floor", path), in_child("replay", path)
    print(f"calamine seul : {floor['seconds']:.1f} s, {floor['megabytes']:.0f} Mo")
    print(
        f"rejeu         : {replay['seconds']:.1f} s, {replay['megabytes']:.0f} Mo, {replay['found']:.0f} écarts"
    )
    missed = replay["seconds"] > SECONDS or replay["megabytes"] > MEGABYTES
    if len(sys.argv) == 1:
        expected = COPIES * len(replay_file(QUARTER).discrepancies)
        print(f"attendu       : {expected} écarts ({COPIES} trimestres)")
        missed = missed or replay["found"] != expected
    return int(missed)


def in_child(what: str, path: Path) -> dict[str, float]:
    """Measure in a process of its own, so that peak memory is that work's alone."""
    command = [sys.executable, __file__, "--measure", what, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    result: dict[str, float] = json.loads(done.stdout)
    return result


def measure(what: str, path: Path) -> dict[str, float]:
    """Do the work once; return seconds, peak megabytes, differences found."""
    start, found = time.perf_counter(), 0
    if what == "floor":
        book = CalamineWorkbook.from_path(str(path))
        for name in book.sheet_names:
            book.get_sheet_by_name(name).to_python()
    else:
        found = len(replay_file(path).discrepancies)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000
    return {"seconds": time.perf_counter() - start, "megabytes": peak, "found": found}


def make_year(path: Path) -> Path:
    """Write COPIES quarters into one workbook, in constant memory."""
    sheets = read_sheets(QUARTER)
    last = last_ranks(sheets)
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for sheet in sheets:
        page, line = book.add_worksheet(sheet.name), 0
        rows = [row for row in sheet.rows[HEADER_ROWS:] if row[0] != "TOTAL"]
        blocks = [sheet.rows[:HEADER_ROWS], *([renamed(row, n, last) for row in rows] for n in range(COPIES))]
        for block in blocks:
            for row in block:
                for column, cell in enumerate(row):
                    if isinstance(cell, dt.date):
                        page.write_datetime(line, column, dt.datetime(cell.year, cell.month, cell.day), day)
                    elif cell != "":
                        page.write(line, column, cell)
                line += 1
    book.close()
    return path


def last_ranks(sheets: list[Sheet]) -> dict[str, int]:
    """Return the last invoice rank of each year."""
    last: dict[str, int] = {}
    for row in next(sheet for sheet in sheets if sheet.name == "Factures").rows:
        for year, rank in INVOICE.findall(str(row[0])):
            last[year] = max(last.get(year, 0), int(rank))
    return last


def renamed(row: list[Cell], copy: int, last: dict[str, int]) -> list[Cell]:
    """Return the row with the references of one copy: invoice numbers go on, others get a suffix."""

    def rename(cell: Cell) -> Cell:
        if not isinstance(cell, str):
            return cell
        if INITIALS.match(cell):
            return f"{cell}X{copy}"
        text = REFERENCE.sub(lambda m: f"{m[1]}X{copy}", cell)
        return INVOICE.sub(lambda m: f"FA-{m[1]}-{int(m[2]) + copy * last[m[1]]:04d}", text)

    return [rename(cell) for cell in row]


if __name__ == "__main__":
    sys.exit(main())
