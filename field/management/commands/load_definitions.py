"""Load the questionnaires of the project that the database doesn't know yet."""

from typing import Any

from django.core.management.base import BaseCommand

from field.services import load_definitions


class Command(BaseCommand):
    help = "Charge les questionnaires de field/data/definitions (sans effet s’ils sont déjà là)."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{load_definitions()} questionnaire(s) ajouté(s).")
