"""A missing piece is one sentence, never a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from spekty.stack.services import PROJECT


def tool(folder: Path, name: str, output: str) -> None:
    """Put a command that prints one line on a PATH of ours."""
    script = folder / name
    script.write_text(f"#!/bin/sh\necho '{output}'\n")
    script.chmod(0o755)


def set_up(path: Path) -> subprocess.CompletedProcess[str]:
    """Run the set-up with that PATH only."""
    return subprocess.run(
        [sys.executable, "scripts/setup.py"],
        cwd=PROJECT,
        env={"PATH": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("tools", "sentence"),
    [
        ({}, "Il faut Node.js (18 ou plus récent) et npm"),
        ({"node": "v20.1.0"}, "Il faut Node.js (18 ou plus récent) et npm"),
        ({"node": "v16.20.2", "npm": "8"}, "Il faut Node.js 18 ou plus récent (trouvé : v16.20.2)"),
    ],
)
def test_without_node_the_set_up_says_so(tmp_path: Path, tools: dict[str, str], sentence: str) -> None:
    for name, output in tools.items():
        tool(tmp_path, name, output)
    done = set_up(tmp_path)
    assert done.returncode == 1 and done.stdout == ""
    assert sentence in done.stderr and len(done.stderr.strip().splitlines()) == 1


def test_an_old_python_is_refused() -> None:
    code = (
        "import sys; sys.path[:0] = ['scripts']; import setup; setup.NEEDED = (9, 0); sys.exit(setup.main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "Il faut Python 3.11 ou plus récent" in done.stderr and "Traceback" not in done.stderr


def test_make_says_when_python_is_missing() -> None:
    done = subprocess.run(
        ["make", "setup", "PYTHON=python-that-is-not-there"],
        cwd=PROJECT,
        env={**os.environ, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "Spekty : il faut Python 3.11 ou plus récent" in done.stderr


def test_the_npm_lock_names_no_host() -> None:
    lock = (PROJECT / "package-lock.json").read_text()
    assert '"resolved"' not in lock and "registry" not in lock
    assert "omit-lockfile-registry-resolved=true" in (PROJECT / ".npmrc").read_text()
