"""`manage.py demo_accounts`: one line per demonstration account."""

from typing import Any

from django.core.management.base import BaseCommand

from integrations.demo.people import demo_accounts


class Command(BaseCommand):
    help = "Liste les comptes de démonstration."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print role, e-mail and password, aligned."""
        for role, email, password in demo_accounts():
            self.stdout.write(f"{role:<22} {email:<28} {password}")
