"""`manage.py replay_workbook FILE --report OUT.json`: recompute the workbook, report every difference."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from integrations.workbook.locate import WorkbookUnreadable
from integrations.workbook.replay import replay_file
from spekty.core import french
from spekty.core.sheets import SheetRefused


class Command(BaseCommand):
    help = "Rejoue le classeur avec les règles de l’application et écrit les écarts (aucune base nécessaire)."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="classeur .xlsx ou .xlsm")
        parser.add_argument("--report", type=Path, required=True, help="fichier JSON à écrire")

    def handle(self, *args: Any, file: Path, report: Path, **options: Any) -> None:
        """Write the report; exit 0 when the replay ran, whatever it found."""
        if not file.is_file():
            raise CommandError(f"Fichier introuvable : {file}")
        try:
            result = replay_file(file, self._progress)
        except (WorkbookUnreadable, SheetRefused) as error:
            raise CommandError(str(error)) from error
        text = json.dumps(result.as_dict(), ensure_ascii=False, indent=1)
        report.write_text(text + "\n", encoding="utf-8")
        count = french.plural(len(result.discrepancies), "écart", "écarts")
        self._progress(f"{count}, rapport écrit dans {report}")

    def _progress(self, message: str) -> None:
        self.stderr.write(message, ending="\n")
        self.stderr.flush()
