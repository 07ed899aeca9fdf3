#!/usr/bin/env python
"""Run Django's commands; what the environment does not give is embedded, started or joined on demand."""

import os
import sys

# These need no server, or only PostgreSQL, which wakes with the first connection.
QUIET = {
    *("", "help", "version", "--help", "--version", "check", "collectstatic", "findstatic", "diffsettings"),
    *("makemigrations", "migrate", "showmigrations", "sqlmigrate", "optimizemigration", "squashmigrations"),
    *("dbshell", "inspectdb", "startapp", "test", "solve_plan"),
}


def main() -> None:
    """Run one command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spekty.settings.dev")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from spekty.stack.services import StackError

    try:
        if (sys.argv[1] if len(sys.argv) > 1 else "") not in QUIET:
            from spekty.stack.wake import wake_services

            wake_services()
        execute_from_command_line(sys.argv)
    except (StackError, ImproperlyConfigured) as refusal:
        sys.exit(f"Spekty : {refusal}")


if __name__ == "__main__":
    main()
