"""`manage.py import_workbook FILE`: load the legacy workbook as the application's history."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from integrations.workbook.loading.run import (
    LoadingUnderWay,
    WorkbookFrozen,
    duration,
    import_workbook,
    written,
)
from integrations.workbook.locate import WorkbookUnreadable
from spekty.core import french
from spekty.core.actors import system_actor
from spekty.core.enums import Source


class Command(BaseCommand):
    help = "Charge le classeur comme historique ; relancer la commande ne change que ce qui diffère."
    # They would import every page, for a command that draws none.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="classeur .xlsx ou .xlsm")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Load the file; print the rows equation of each sheet and the digest."""
        if not file.is_file():
            raise CommandError(f"Fichier introuvable : {file}")
        by = system_actor(Source.IMPORT, "Commande import_workbook")
        try:
            run = import_workbook(file, by=by, progress=self._progress)
        except (WorkbookUnreadable, WorkbookFrozen, LoadingUnderWay) as error:
            raise CommandError(str(error)) from error
        for sheet, counts in run.counts.items():
            told = ", ".join(f"{fate} {count}" for fate, count in counts.items() if fate != "read")
            self.stdout.write(f"{sheet} : {counts['read']} lues = {told}")
        self.stdout.write(f"{french.plural(written(run), 'ligne écrite', 'lignes écrites')}")
        self.stdout.write(f"Empreinte : {run.digest}")
        self.stdout.write(f"Durée : {duration(run).total_seconds():.1f} s")

    def _progress(self, message: str) -> None:
        self.stderr.write(message)
        self.stderr.flush()
