"""Test databases made from a dump of the migrated schema: fifty migrations take seconds, the dump one.

The dump's name is a hash of every migration and of the locked dependencies; anything else it could depend on
does not belong in a migration. In continuous integration each run makes its own: migrations run once.
"""

import hashlib
import os
import subprocess
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.backends.postgresql.creation import DatabaseCreation as PostgresCreation

from spekty.stack.locks import locked
from spekty.stack.postgres import binaries

KEPT = 3
MIGRATING = 600


def schema_key() -> str:
    """Hash all that makes the schema."""
    total = hashlib.sha256((settings.BASE_DIR / "requirements" / "base.txt").read_bytes())
    for config in sorted(apps.get_app_configs(), key=lambda config: config.name):
        # Reference data that migrations load makes the schema too.
        sources = [*Path(config.path, "migrations").glob("*.py"), *Path(config.path, "data").glob("*.csv")]
        for path in sorted(sources):
            total.update(f"{config.name} {path.name}".encode() + path.read_bytes())
    return total.hexdigest()[:16]


def schema_dump() -> Path | None:
    """Give the place of the dump that fits the present migrations; None when dumps are not wanted."""
    folder: Path | None = settings.TEST_SCHEMA_CACHE
    return folder / f"schema-{schema_key()}.sql" if folder else None


class DatabaseCreation(PostgresCreation):
    """Creates test databases from the dump, and makes the dump after migrations have run once."""

    def _execute_create_test_db(self, cursor: Any, parameters: dict[str, str], keepdb: bool = False) -> None:
        super()._execute_create_test_db(cursor, parameters, keepdb)  # type: ignore[misc]
        dump = schema_dump()
        if dump and dump.exists() and not keepdb:
            name = parameters["dbname"].strip('"')
            self._tool("psql", name, "-q", "-v", "ON_ERROR_STOP=1", "-1", "-o", os.devnull, "-f", str(dump))

    def create_test_db(self, *arguments: Any, **options: Any) -> str:
        """Create the test database, from the dump when there is one; dump it otherwise."""
        dump = schema_dump()
        if dump is None or dump.exists():
            return super().create_test_db(*arguments, **options)
        # The other workers wait for the first one's dump: it is there before they would have migrated.
        with locked(dump.with_suffix(".lock"), timeout=MIGRATING):
            name = super().create_test_db(*arguments, **options)
            if not dump.exists():
                self._save(name, dump)
        return name

    def _save(self, name: str, dump: Path) -> None:
        dump.parent.mkdir(parents=True, exist_ok=True)
        draft = dump.with_suffix(f".{os.getpid()}")
        self._tool("pg_dump", name, "--no-owner", "--no-comments", "-f", str(draft))
        draft.replace(dump)
        dumps = sorted(dump.parent.glob("schema-*.sql"), key=lambda path: path.stat().st_mtime)
        for old in dumps[:-KEPT]:
            old.unlink(missing_ok=True)

    def _tool(self, program: str, database: str, *arguments: str) -> None:
        address = self.connection.settings_dict
        subprocess.run(
            [
                *(str(binaries() / program), "-h", address["HOST"], "-p", str(address["PORT"])),
                *("-U", address["USER"], "-d", database, *arguments),
            ],
            env={**os.environ, "PGPASSWORD": address["PASSWORD"]},
            check=True,
            stdin=subprocess.DEVNULL,
        )
