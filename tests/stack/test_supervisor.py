"""`make run` restarts what dies, and leaves no orphan."""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from spekty.stack.addresses import HOST
from spekty.stack.client import Stack
from spekty.stack.services import PROJECT
from spekty.stack.supervisor import RESTARTS, Child, Supervisor
from tests.stack.test_commands import environment

FOREVER = (
    "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
)
FOREVER += "print('started', flush=True); time.sleep(60)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('started', flush=True); "
)
STUBBORN += "time.sleep(60)"


def child(name: str, code: str) -> Child:
    return Child(name, [sys.executable, "-c", code])


def watched(supervisor: Supervisor) -> threading.Thread:
    supervisor.start()
    thread = threading.Thread(target=supervisor.watch)
    thread.start()
    return thread


def until(condition: object, timeout: float = 10) -> None:
    deadline = time.monotonic() + timeout
    assert callable(condition)
    while not condition():
        assert time.monotonic() < deadline, "too long"
        time.sleep(0.05)


def test_a_dead_process_is_named_and_restarted(capsys: pytest.CaptureFixture[str]) -> None:
    supervisor = Supervisor([child("tâches", FOREVER)])
    thread = watched(supervisor)
    first = supervisor.children[0].process
    assert first
    os.kill(first.pid, signal.SIGKILL)
    until(lambda: supervisor.children[0].process is not first)
    supervisor.stopping = True
    thread.join()
    supervisor.end()
    assert "« tâches » s’est arrêté (code -9) ; il redémarre." in capsys.readouterr().out


def test_a_process_that_cannot_stay_ends_it_all(capsys: pytest.CaptureFixture[str]) -> None:
    supervisor = Supervisor([child("web", "raise SystemExit(3)")])
    supervisor.start()
    assert supervisor.watch() == 1
    supervisor.end()
    output = capsys.readouterr().out
    assert output.count("(code 3) ; il redémarre") == RESTARTS and "tout s’arrête" in output


def test_the_end_reaches_grandchildren_and_the_stubborn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spekty.stack.supervisor.PATIENCE", 1)
    supervisor = Supervisor([child("web", FOREVER), child("tâches", STUBBORN)])
    supervisor.start()
    mine = psutil.Process()
    until(lambda: len(mine.children(recursive=True)) >= 3)
    family = [
        process
        for one in supervisor.children
        if one.process
        for process in [
            psutil.Process(one.process.pid),
            *psutil.Process(one.process.pid).children(recursive=True),
        ]
    ]
    supervisor.end()
    _, alive = psutil.wait_procs(family, timeout=5)
    assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.slow
def test_make_run_serves_and_leaves_nothing_behind(tmp_path: Path) -> None:
    var = tmp_path / "mon var"
    run = subprocess.Popen(
        [sys.executable, "-m", "spekty.stack.run"],
        cwd=PROJECT,
        env=environment(var, SPEKTY_DEMO="0"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert run.stdout
    lines = []
    for line in run.stdout:
        lines.append(line)
        if line.startswith("Spekty est prêt en "):
            break
    else:
        pytest.fail("".join(lines))
    port = json.loads((var / "stack" / "run.json").read_text())["port"]
    client = http.client.HTTPConnection(HOST, port, timeout=5)
    client.request("GET", "/compte/login/")
    assert client.getresponse().status == 200
    client.close()
    family = psutil.Process(run.pid).children(recursive=True)
    assert len(family) >= 5
    os.kill(run.pid, signal.SIGTERM)
    rest = run.communicate(timeout=60)[0]
    assert run.returncode == 0, rest
    _, alive = psutil.wait_procs(family, timeout=5)
    # Those whose parent died first are zombies until the machine's own first process looks at them.
    assert [process for process in alive if process.status() != psutil.STATUS_ZOMBIE] == []
    stack = Stack(var=var)
    assert [name for name in stack.addresses() if stack.is_kept(name)] == []
