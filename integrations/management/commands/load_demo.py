"""`manage.py load_demo`: the demonstration, ready for today."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from integrations.demo.load import load_demo
from spekty.core import french


class Command(BaseCommand):
    help = "Charge la démonstration (historique d’un trimestre, comptes, tournées du jour)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load what is missing and say by how many weeks the dates are moved."""
        weeks = load_demo(timezone.localdate(), lambda message: self.stderr.write(message))
        self.stdout.write(f"Démonstration prête : dates décalées de {french.plural(weeks, 'semaine')}.")
