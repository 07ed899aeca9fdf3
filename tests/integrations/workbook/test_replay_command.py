"""`manage.py replay_workbook`: no database, report written, exit 0 whatever it finds."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
# Not one server answers on port 9 ("discard"): the command would fail if it opened a connection.
NOWHERE = {"DATABASE_URL": "postgres://nobody@127.0.0.1:9/none", "REDIS_URL": "redis://127.0.0.1:9/0"}


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "replay_workbook", *arguments],
        cwd=ROOT,
        env={**os.environ, **NOWHERE, "DJANGO_SETTINGS_MODULE": "spekty.settings.test"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_writes_the_report_without_any_database(tmp_path: Path, quarter_path: Path) -> None:
    out = tmp_path / "rapport.json"
    done = run(str(quarter_path), "--report", str(out))
    assert done.returncode == 0, done.stderr
    report = json.loads(out.read_text(encoding="utf-8"))
    assert set(report) == {"discrepancies", "control"}
    assert len(report["discrepancies"]) == 31
    assert done.stdout == ""
    assert "Missions : 739 lignes lues, 736 retenues" in done.stderr


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04not really", b"pas un classeur"])
def test_refuses_what_is_not_the_workbook_in_french(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "classeur.xlsx"
    file.write_bytes(content)
    done = run(str(file), "--report", str(tmp_path / "rapport.json"))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "rapport.json").exists()
