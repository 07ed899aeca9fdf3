"""Dry run of a file of 100,000 lines and 40 columns, beside the floor: calamine alone on the same file.

    python scripts/bench/lot_import.py [ROWS]

Prints seconds and peak memory (MB) of each, every one in its own process. Target: 15 s and
700 MB; on a busy machine the processor's time (both processes together) stands for the clock's.
"""

import datetime as dt
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import xlsxwriter
from python_calamine import CalamineWorkbook

from lots.rules.checks import CheckContext
from lots.rules.importing import plan_import
from lots.rules.mapping import choose_sheet, propose_mapping
from lots.rules.plans import SourceFile
from spekty.core.sheets import read_untrusted_sheets

HEADERS = [
    "Référence interne", "Nom", "Prénom", "Adresse travaux", "Code postal", "Ville", "Téléphone", "E-mail",
    "Fiche", "Date d'engagement", "Date d'achèvement", "Volume (kWh cumac)", "Surface", "SIREN pro",
    "Nom pro", "Raison sociale du demandeur", "SIREN du demandeur", "Référence EMMY",
]  # fmt: skip
EXTRA = 40 - len(HEADERS)
SECONDS, MEGABYTES = 15, 700
SIRENS = ("917743668", "957735640", "991703174", "931662779")
DAY = dt.date(2025, 1, 6)


def write(path: Path, rows: int) -> None:
    """Write a lot of `rows` lines and 40 columns."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet, date = book.add_worksheet("Lot"), book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write_row(0, 0, [*HEADERS, *(f"Colonne {n}" for n in range(EXTRA))])
    for n in range(1, rows + 1):
        start = DAY + dt.timedelta(days=n % 200)
        sheet.write_row(
            n,
            0,
            [f"D-{n:06}", f"NOM{n % 5000}", f"Prénom{n % 300}", f"{n} rue des Acacias", 1000 + n % 90_000],
        )
        sheet.write_row(
            n, 5, [f"Ville {n % 900}", 600_000_000 + n, f"nom{n}@exemple.fr", "BAR-EN-101_VA33_3"]
        )
        sheet.write_datetime(n, 9, dt.datetime.combine(start, dt.time()), date)
        sheet.write_string(n, 10, (start + dt.timedelta(days=40)).strftime("%d/%m/%Y"))
        sheet.write_row(n, 11, [100_000 + n, 50 + n % 99, SIRENS[n % 4], "Iso", "Obligé", "983470170", "EM1"])
        sheet.write_row(n, len(HEADERS), [n % 7 if c % 2 else f"texte {n % 1000}" for c in range(EXTRA)])
    book.close()


def floor(path: Path) -> dict[str, int]:
    """Read every cell with calamine and do nothing with them."""
    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    return {"read": sum(1 for _ in sheet.iter_rows()) - 1}


def dry_run(path: Path) -> dict[str, int]:
    """Do what the wizard does: gate, bounded reading, mapping, checks, fate of each line."""
    sheet = choose_sheet(read_untrusted_sheets(path))
    proposal = propose_mapping(sheet.rows)
    headers = {column.index: column.header for column in proposal.columns}
    source = SourceFile(sheet.rows, proposal.first_data_row, proposal.mapping, headers)
    context = CheckContext(today=dt.date(2025, 11, 24), fiches={"BAR-EN-101": True}, client_siren="983470170")
    plan = plan_import(source, [], context)
    return {"read": len(plan.rows), **{str(fate): count for fate, count in plan.counts.items()}}


def measured(name: str, path: Path) -> dict[str, float]:
    """Run one of the two in a process of its own and return its figures."""
    command = [sys.executable, __file__, name, str(path)]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True).stdout))


def child(name: str, path: Path) -> None:
    """Print the figures of one run as JSON."""
    started = time.perf_counter()
    counts = {"floor": floor, "dry_run": dry_run}[name](path)
    own, below = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    figures = {
        "seconds": round(time.perf_counter() - started, 1),
        "cpu_seconds": round(own.ru_utime + own.ru_stime + below.ru_utime + below.ru_stime, 1),
        "peak_mb": own.ru_maxrss // 1000,
        "child_peak_mb": below.ru_maxrss // 1000,
    }
    print(json.dumps({**figures, **counts}))


def main(arguments: Sequence[str]) -> int:
    """Write the file, measure the floor and the dry run, and return 1 when the target is missed."""
    if len(arguments) == 2:
        child(arguments[0], Path(arguments[1]))
        return 0
    rows = int(arguments[0]) if arguments else 100_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lot.xlsx"
        write(path, rows)
        print(f"{rows} lines x 40 columns, {path.stat().st_size / 1e6:.1f} MB")
        print("floor", measured("floor", path))
        figures = measured("dry_run", path)
        print("dry_run", figures)
    peak = max(figures["peak_mb"], figures["child_peak_mb"])
    seconds = min(figures["seconds"], figures["cpu_seconds"])
    return 0 if seconds <= SECONDS and peak <= MEGABYTES else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
