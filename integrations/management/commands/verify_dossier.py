"""`manage.py verify_dossier FILE`: was this dossier signed here, and is it untouched."""

import hashlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from integrations.cutover.dossier import is_genuine


class Command(BaseCommand):
    help = "Vérifie la signature d’un dossier de bascule : celle de cette maison, ou d’une clé publique."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="dossier PDF")
        parser.add_argument(
            "--public-key", default="", help="clé publique, 64 signes hexadécimaux (défaut : cette maison)"
        )

    def handle(self, *args: Any, file: Path, public_key: str, **options: Any) -> None:
        """Print the fingerprint; exit 1 when the signature isn't good."""
        if not file.is_file():
            raise CommandError(f"Fichier introuvable : {file}")
        content = file.read_bytes()
        if not is_genuine(content, public_key):
            raise CommandError("Signature absente ou fausse : ce dossier n’est pas celui qui a été signé.")
        self.stdout.write(f"Dossier authentique, empreinte {hashlib.sha256(content).hexdigest()}")
