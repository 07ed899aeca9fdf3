#!/usr/bin/env python
"""Run Django's commands; with no DATABASE_URL the embedded servers are started or joined."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spekty.settings.dev")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
