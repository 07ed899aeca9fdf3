"""manage.py reindex_search: rebuild the search indexes beside the live ones, then swap."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from integrations.search.client import SearchDown
from integrations.search.sync import KINDS, reindex


class Command(BaseCommand):
    """Rebuild; searching goes on meanwhile."""

    help = "Reconstruit les index de recherche à côté de ceux en service, puis les échange."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the kinds to rebuild; all by default."""
        parser.add_argument("kinds", nargs="*", metavar="INDEX", help=", ".join(KINDS))

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild each index and print its size."""
        unknown = set(options["kinds"]) - set(KINDS)
        if unknown:
            raise CommandError(f"Index inconnu : {', '.join(sorted(unknown))}.")
        if not settings.MEILI_URL:
            self.stdout.write("Meilisearch n’est pas configuré : la recherche se fait dans PostgreSQL.")
            return
        for kind in options["kinds"] or KINDS:
            started = time.monotonic()
            try:
                total = reindex(kind)
            except SearchDown as fault:
                raise CommandError(f"Meilisearch ne répond pas : {fault}") from fault
            self.stdout.write(f"{kind} : {total} documents en {time.monotonic() - started:.1f} s")
