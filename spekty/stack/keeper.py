"""Keeps one embedded server for as long as some process uses it.

A keeper is its own small process, outside of any terminal. It holds `NAME.keeper` for its whole life, so
"is the server kept?" is a question to the kernel, never to a pid that may have been reused. Every user
holds `NAME.users` shared: when the keeper can take it alone, nobody is left, not even a killed process.
Signals: TERM stops now; HUP stops as soon as nobody uses the server, without the usual wait.
"""

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import psutil

from spekty.stack.addresses import is_port_free, read_addresses, write_private
from spekty.stack.catalog import CATALOG
from spekty.stack.locks import LockTimeout, take_lock, try_lock
from spekty.stack.services import PROJECT, Place, Service, StackError, become

PAUSE = 0.2
READY_WITHIN = 60
RESTARTS = 5
RESTARTS_WINDOW = 60
PR_SET_PDEATHSIG = 1


@dataclass
class Keeper:
    """The life of one server: start, watch, restart when it dies, stop when nobody is left."""

    name: str
    folder: Path
    place: Place
    linger: float
    child: subprocess.Popen[bytes] | None = None
    stopping: bool = False
    hurried: bool = False
    deaths: list[float] = field(default_factory=list)

    @property
    def service(self) -> Service:
        """The server's recipe."""
        return CATALOG[self.name]

    def run(self) -> None:
        """Serve until nobody is left, or until told to stop."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, self._hurry)
        keeper_lock = take_lock(self.folder / f"{self.name}.keeper", timeout=5)
        users_lock: int | None = None
        try:
            self._start()
            users_lock = self._watch()
        finally:
            self._end()
            if self.place.throwaway:
                self._discard()
            os.close(keeper_lock)
            if users_lock is not None:
                os.close(users_lock)

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _hurry(self, _signal: int, _frame: FrameType | None) -> None:
        self.hurried = True

    def _start(self) -> None:
        self._write_state(ready=False)
        self._end_orphan()
        self.service.prepare(self.place)
        self._wait_for_port()
        user = self.service.user()
        log = self.folder / f"{self.name}.log"
        with log.open("ab") as output:
            self.child = subprocess.Popen(
                self.service.command(self.place),
                cwd=PROJECT if user is None else "/",
                env={**os.environ, **self.service.environment(self.place)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=die_with_parent(self.service.stop_signal),
                **become(user),
            )
        self._write_state(ready=False)
        self._wait_until_ready()
        self._write_state(ready=True)

    def _wait_for_port(self) -> None:
        deadline = time.monotonic() + 10
        while not is_port_free(self.place.address.port) and time.monotonic() < deadline:
            time.sleep(PAUSE)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN
        while not self.service.is_ready(self.place):
            if self.child is None or self.child.poll() is not None:
                raise StackError(f"{self.name} s’est arrêté en démarrant.")
            if time.monotonic() > deadline or self.stopping:
                raise StackError(f"{self.name} ne répond pas après {READY_WITHIN} s.")
            time.sleep(0.05)

    def _watch(self) -> int | None:
        used_at = time.monotonic()
        while not self.stopping and (self.folder / f"{self.name}.keeper").exists():
            self._restart_if_dead()
            users_lock = try_lock(self.folder / f"{self.name}.users")
            if users_lock is None:
                used_at = time.monotonic()
            elif self.hurried or time.monotonic() - used_at >= self.linger:
                return users_lock
            else:
                os.close(users_lock)
            time.sleep(PAUSE)
        return None

    def _restart_if_dead(self) -> None:
        if self.child is None or self.child.poll() is None:
            return
        now = time.monotonic()
        self.deaths = [death for death in self.deaths if now - death < RESTARTS_WINDOW] + [now]
        if len(self.deaths) > RESTARTS:
            raise StackError(f"{self.name} s’est arrêté {RESTARTS} fois en une minute.")
        self._start()

    def _end(self) -> None:
        self._write_state(ready=False)
        if self.child is None or self.child.poll() is not None:
            return
        for stop, patience in ((self.service.stop_signal, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
            self.child.send_signal(stop)
            try:
                self.child.wait(patience)
            except subprocess.TimeoutExpired:
                continue
            return

    def _end_orphan(self) -> None:
        """End the server of a killed keeper, where the kernel did not do it for us."""
        state = read_state(self.folder, self.name)
        try:
            orphan = psutil.Process(int(state.get("server", 0)))
            if abs(orphan.create_time() - float(state.get("born", 0))) < 1:
                orphan.send_signal(self.service.stop_signal)
                orphan.wait(10)
        except (psutil.Error, ValueError):
            return

    def _discard(self) -> None:
        shutil.rmtree(self.place.data, ignore_errors=True)

    def _write_state(self, *, ready: bool) -> None:
        if not self.folder.is_dir():
            return
        state: dict[str, object] = {"keeper": os.getpid(), "ready": ready, "port": self.place.address.port}
        if self.child is not None and self.child.poll() is None:
            state |= {"server": self.child.pid, "born": psutil.Process(self.child.pid).create_time()}
        elif not ready:
            previous = read_state(self.folder, self.name)
            state |= {key: previous[key] for key in ("server", "born") if key in previous}
        write_private(self.folder / f"{self.name}.json", json.dumps(state))


def read_state(folder: Path, name: str) -> dict[str, float]:
    """Read what the keeper says of its server; empty when it never ran."""
    try:
        state = json.loads((folder / f"{name}.json").read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def die_with_parent(stop: signal.Signals) -> Callable[[], None] | None:
    """Make the kernel send `stop` to the child when its keeper is killed (Linux)."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, stop.value)

    return ask


def main(arguments: list[str]) -> int:
    """Run the keeper of one server: NAME FOLDER DATA THROWAWAY LINGER."""
    name, folder, data, throwaway, linger = arguments
    address = read_addresses(Path(folder))[name]
    place = Place(data=Path(data), address=address, throwaway=throwaway == "1")
    keeper = Keeper(name=name, folder=Path(folder), place=place, linger=float(linger))
    try:
        keeper.run()
    except (StackError, LockTimeout) as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
