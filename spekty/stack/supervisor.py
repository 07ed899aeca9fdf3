"""Runs the application's processes side by side: prefixed logs, restarts, and a clean end of all of them."""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

from spekty.stack.keeper import die_with_parent
from spekty.stack.services import PROJECT

RESTARTS = 5
RESTARTS_WINDOW = 60
PATIENCE = 12
COLOURS = {"web": 36, "tâches": 35, "horloge": 33, "préparation": 34}


def say(text: str) -> None:
    """Write one line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def prefixed(name: str, line: str) -> str:
    """Put the process's name before its line, in colour on a terminal."""
    label = f"{name:<11}"
    if sys.stdout.isatty():
        label = f"\033[{COLOURS.get(name, 37)}m{label}\033[0m"
    return f"{label} {line}"


@dataclass
class Child:
    """One process of the application, restarted when it dies."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None
    deaths: list[float] = field(default_factory=list)
    _reader: threading.Thread | None = None

    def start(self) -> None:
        """Start it in its own group, which dies with us even if we are killed."""
        self.process = subprocess.Popen(
            self.command,
            cwd=PROJECT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
        self._reader = threading.Thread(target=self._relay, args=(self.process,), daemon=True)
        self._reader.start()

    def _relay(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout
        with process.stdout as lines:
            for line in lines:
                say(prefixed(self.name, line.rstrip()))

    def finish(self) -> int:
        """Wait for its end, and give its code once its last line is shown."""
        if self.process is None:
            return 0
        code = self.process.wait()
        if self._reader:
            self._reader.join(timeout=2)
        return code

    def signal_group(self, sent: signal.Signals) -> None:
        """Signal the process and all that it started."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, sent)
            except ProcessLookupError:
                return

    def may_restart(self) -> bool:
        """Count one more death; refuse after too many in a minute."""
        now = time.monotonic()
        self.deaths = [death for death in self.deaths if now - death < RESTARTS_WINDOW] + [now]
        return len(self.deaths) <= RESTARTS


@dataclass
class Supervisor:
    """The life of `make run` once the servers are there."""

    children: list[Child]
    stopping: bool = False

    def listen(self) -> None:
        """End on Ctrl-C, on TERM and when the terminal closes."""
        for sent in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sent, self._stop)

    def _stop(self, _signal: int, _frame: object) -> None:
        self.stopping = True

    def start(self) -> None:
        """Start every process that isn't started yet."""
        for child in self.children:
            if child.process is None:
                child.start()

    def watch(self) -> int:
        """Restart what dies, until told to stop; give the exit code."""
        while not self.stopping:
            for child in self.children:
                if child.process is None or child.process.poll() is None or self.stopping:
                    continue
                if not child.may_restart():
                    say(f"« {child.name} » s’est arrêté {RESTARTS} fois en une minute : tout s’arrête.")
                    return 1
                say(f"« {child.name} » s’est arrêté (code {child.process.returncode}) ; il redémarre.")
                child.signal_group(signal.SIGKILL)
                child.start()
            time.sleep(0.2)
        return 0

    def end(self) -> None:
        """Stop every process and whatever it started: politely, then not."""
        for child in self.children:
            child.signal_group(signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        for child in self.children:
            if child.process is not None:
                try:
                    child.process.wait(max(0.1, deadline - time.monotonic()))
                except subprocess.TimeoutExpired:
                    say(f"« {child.name} » ne s’arrête pas : il est interrompu.")
        for child in self.children:
            child.signal_group(signal.SIGKILL)
            child.finish()
