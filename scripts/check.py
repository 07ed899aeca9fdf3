"""Run every static check, one after the other, and say at the end which failed."""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = [sys.executable, "-m"]
TEMPLATES = ["templates"]


def steps(packages: list[str]) -> list[tuple[str, list[str]]]:
    """List the checks: label, command."""
    manage = [sys.executable, "manage.py"]
    checks = [
        ("format", [*PYTHON, "ruff", "format", "--check", "--quiet", "."]),
        ("règles", [*PYTHON, "ruff", "check", "--quiet", "."]),
        ("imports", [str(Path(sys.executable).with_name("lint-imports"))]),
        ("types", [*PYTHON, "mypy", *packages]),
        ("migrations", [*manage, "makemigrations", "--check", "--dry-run"]),
        ("django", [*manage, "check", "--fail-level", "WARNING"]),
    ]
    if any(ROOT.joinpath("templates").rglob("*.html")):
        checks[2:2] = [
            ("gabarits, règles", [*PYTHON, "djlint", "--lint", "--quiet", *TEMPLATES]),
        ]
    return checks


def passes(label: str, command: list[str]) -> bool:
    """Run one check; show its output only if it fails."""
    started = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    sign = "✗" if done.returncode else "✓"
    print(f"{sign} {label:<18} {time.monotonic() - started:5.1f} s", flush=True)
    if done.returncode:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0


def main() -> int:
    """Run all checks, even after a failure."""
    failed = [label for label, command in steps(sys.argv[1:]) if not passes(label, command)]
    if failed:
        print(f"À corriger : {', '.join(failed)}.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
