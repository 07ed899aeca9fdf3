"""Run every static check, two at a time, and say at the end which failed."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = [sys.executable, "-m"]
TEMPLATES = ["templates"]


def steps(packages: list[str]) -> list[tuple[str, list[str]]]:
    """List the checks, the longest first: label, command."""
    manage = [sys.executable, "manage.py"]
    checks = [
        ("types", [*PYTHON, "mypy", *packages]),
        ("format", [*PYTHON, "ruff", "format", "--check", "--quiet", "."]),
        ("règles", [*PYTHON, "ruff", "check", "--quiet", "."]),
        ("imports", [str(Path(sys.executable).with_name("lint-imports"))]),
        ("migrations", [*manage, "makemigrations", "--check", "--dry-run"]),
        ("django", [*manage, "check", "--fail-level", "WARNING"]),
    ]
    if any(ROOT.joinpath("templates").rglob("*.html")):
        checks.append(("gabarits, règles", [*PYTHON, "djlint", "--lint", "--quiet", *TEMPLATES]))
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
    said = f"{done.stdout}{done.stderr}\n" if done.returncode else ""
    print(f"{sign} {label:<18} {time.monotonic() - started:5.1f} s\n{said}", end="", flush=True)
    return done.returncode == 0


def main() -> int:
    """Run all checks, even after a failure."""
    checks = steps(sys.argv[1:])
    with ThreadPoolExecutor(2) as pool:
        passed = list(pool.map(lambda check: passes(*check), checks))
    failed = [label for (label, _), good in zip(checks, passed, strict=True) if not good]
    if failed:
        print(f"À corriger : {', '.join(failed)}.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
