import hashlib
import os
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


class Command(BaseCommand):
    """Make this machine ready to serve: schema, static files, demonstration. Quick when nothing changed."""

    # The worker checks the system as it starts, a moment later; here it would import every page for nothing.
    requires_system_checks: list[str] = []
    help = "Prépare la base, les fichiers statiques et la démonstration ; ne refait que ce qui a changé."

    def handle(self, **_options: Any) -> None:
        """Do what is missing, say what was done."""
        self.migrate()
        self.collect()
        if os.environ.get("SPEKTY_DEMO", "1") == "1":
            self.call_if_written("load_demo")
            self.call_if_written("demo_accounts")

    def migrate(self) -> None:
        """Apply the migrations that are missing."""
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("Mise à jour de la base…")
            call_command("migrate", interactive=False, verbosity=0)

    def collect(self) -> None:
        """Collect, hash and compress the static files, if one of them changed."""
        if settings.DEBUG:
            return
        stamp = settings.VAR_DIR / "stack" / "static.stamp"
        digest = static_digest()
        manifest = settings.STATIC_ROOT / "staticfiles.json"
        if manifest.exists() and stamp.exists() and stamp.read_text() == digest:
            return
        self.stdout.write("Fichiers statiques…")
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(digest)

    def call_if_written(self, name: str) -> None:
        """Call a command that another part of the project brings; it must be safe to call at each start."""
        if name in get_commands():
            call_command(name, stdout=self.stdout)


def static_digest() -> str:
    """Sum up the names and contents of all static files."""
    total = hashlib.sha256(str(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            with storage.open(path) as file:
                total.update(path.encode() + file.read())
    return total.hexdigest()
