"""Start or join the embedded servers from any process of the project."""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from spekty.stack.addresses import Address, reserve_addresses
from spekty.stack.catalog import CATALOG, LABELS
from spekty.stack.keeper import READY_WITHIN, read_state
from spekty.stack.locks import is_locked, locked, take_lock, try_lock
from spekty.stack.services import PROJECT, StackError, answers

ATTEMPTS = 3


@dataclass
class Stack:
    """The embedded servers of one `var/` folder, as seen by one process."""

    var: Path
    throwaway: bool = False
    linger: float = 30
    _leases: dict[str, int] = field(default_factory=dict)
    _mutex: threading.RLock = field(default_factory=threading.RLock)

    @property
    def folder(self) -> Path:
        """Where locks, states, logs and addresses are."""
        return self.var / "stack"

    def addresses(self) -> dict[str, Address]:
        """Reserve and give the addresses of all servers, without starting any."""
        return reserve_addresses(self.folder)

    def wake(self, *names: str) -> None:
        """Start these servers, or join them, and hold them until this process ends.

        Raises StackError, in one sentence, when one cannot be had.
        """
        with self._mutex:
            for name in names:
                self._lease(name)
            asleep = [name for name in names if not self._is_up(name)]
            for name in asleep:
                self._start(name)
            for name in asleep:
                self._wait(name)

    def release(self, *, hurry: bool = False) -> None:
        """Stop holding the servers; with `hurry`, those nobody else uses stop at once."""
        with self._mutex:
            names = list(self._leases)
            for name in names:
                os.close(self._leases.pop(name))
            if hurry:
                self._signal(names, signal.SIGHUP)

    def stop(self, *names: str, timeout: float = 40) -> list[str]:
        """Stop servers now, whoever uses them; give the names of those that did not stop in time."""
        wanted = list(names or CATALOG)
        self._signal(wanted, signal.SIGTERM)
        return self.wait_stopped(*wanted, timeout=timeout)

    def wait_stopped(self, *names: str, timeout: float = 40) -> list[str]:
        """Wait for keepers to end; give the names of those that are still there."""
        deadline = time.monotonic() + timeout
        left = [name for name in names if self.is_kept(name)]
        while left and time.monotonic() < deadline:
            time.sleep(0.1)
            left = [name for name in left if self.is_kept(name)]
        return left

    def wait_unused_stopped(self, *names: str, timeout: float = 40) -> list[str]:
        """Wait for keepers that nobody uses to end; give the names of those that other processes hold."""
        deadline = time.monotonic() + timeout
        left = [name for name in names if self.is_kept(name)]
        sure_at = time.monotonic() + 2
        while left and time.monotonic() < deadline:
            time.sleep(0.1)
            left = [name for name in left if self.is_kept(name)]
            if left and time.monotonic() > sure_at and all(self._is_used(name) for name in left):
                break
        return left

    def _is_used(self, name: str) -> bool:
        """Tell whether others hold the server; a keeper that is ending holds its users' lock alone."""
        path = self.folder / f"{name}.users"
        shared = try_lock(path, shared=True)
        if shared is None:
            return False
        os.close(shared)
        return is_locked(path)

    def is_kept(self, name: str) -> bool:
        """Tell whether the server has a living keeper."""
        return is_locked(self.folder / f"{name}.keeper")

    def _signal(self, names: list[str], sent: signal.Signals) -> None:
        for name in names:
            pid = int(read_state(self.folder, name).get("keeper", 0))
            if pid and self.is_kept(name):
                os.kill(pid, sent)

    def _lease(self, name: str) -> None:
        if name not in self._leases:
            self._leases[name] = take_lock(self.folder / f"{name}.users", shared=True)

    def _is_up(self, name: str) -> bool:
        state = read_state(self.folder, name)
        return bool(state.get("ready")) and self.is_kept(name) and answers(int(state["port"]))

    def _start(self, name: str) -> None:
        with locked(self.folder / f"{name}.start"):
            if not self.is_kept(name):
                self._spawn(name)

    def _spawn(self, name: str) -> None:
        self.addresses()
        command = [sys.executable, "-m", "spekty.stack.keeper", name, str(self.folder)]
        command += [str(self.var / name), str(int(self.throwaway)), str(self.linger)]
        with (self.folder / f"{name}.log").open("ab") as log:
            keeper = subprocess.Popen(
                command,
                cwd=PROJECT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while not self.is_kept(name) and keeper.poll() is None:
            time.sleep(0.01)
        # Reap it if it ends before us: a zombie of ours would look alive to others.
        threading.Thread(target=keeper.wait, daemon=True, name=f"keeper-{name}").start()

    def _wait(self, name: str) -> None:
        deadline = time.monotonic() + READY_WITHIN
        attempts = 0
        while not self._is_up(name):
            if not self.is_kept(name):
                attempts += 1
                if attempts == ATTEMPTS:
                    raise StackError(self._refusal(name))
                self._start(name)
            if time.monotonic() > deadline:
                raise StackError(self._refusal(name))
            time.sleep(0.03)

    def _refusal(self, name: str) -> str:
        log = self.folder / f"{name}.log"
        lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
        last = f" Dernière ligne : « {lines[-1].strip()} »." if lines else ""
        return f"Impossible de démarrer {LABELS[name]} ; son journal est {log}.{last}"


@cache
def stack_at(var: Path, *, throwaway: bool, linger: float) -> Stack:
    """Give this process's handle on the servers of one `var/` folder."""
    return Stack(var=var, throwaway=throwaway, linger=linger)
