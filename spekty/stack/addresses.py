"""Ports and passwords of the embedded servers: chosen once, written under `var/stack/`, kept while free."""

import json
import os
import random
import secrets
import socket
from dataclasses import asdict, dataclass
from pathlib import Path

from spekty.stack.locks import is_locked, locked

HOST = "127.0.0.1"
# Below the range from which the kernel draws the ports of outgoing connections.
PORTS = range(20_000, 32_000)
SERVICES = ("postgres", "redis", "meilisearch", "ged", "mail")
USER = "spekty"


@dataclass(frozen=True)
class Address:
    """Where one embedded server listens, and what opens it."""

    port: int
    password: str


def is_port_free(port: int) -> bool:
    """Tell whether a server could listen on the port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port(*, avoid: set[int]) -> int:
    """Draw a port on which nothing listens."""
    draw = random.SystemRandom()
    while True:
        port = draw.choice(PORTS)
        if port not in avoid and is_port_free(port):
            return port


def write_private(path: Path, text: str) -> None:
    """Replace the file in one step, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as target:
        target.write(text)
    draft.replace(path)


def read_addresses(folder: Path) -> dict[str, Address]:
    """Read what was reserved; nothing when the file is missing or was cut short."""
    try:
        rows = json.loads((folder / "addresses.json").read_text())
        return {name: Address(**row) for name, row in rows.items()}
    except (FileNotFoundError, ValueError, TypeError):
        return {}


def reserve_addresses(folder: Path) -> dict[str, Address]:
    """Give each service its port and password without starting anything.

    A port that another program took while the server was down is replaced.
    """
    with locked(folder / "addresses.lock"):
        known = read_addresses(folder)
        addresses = dict(known)
        for name in SERVICES:
            address = addresses.get(name)
            if address and (is_locked(folder / f"{name}.keeper") or is_port_free(address.port)):
                continue
            taken = {a.port for a in addresses.values()}
            password = address.password if address else secrets.token_urlsafe(24)
            addresses[name] = Address(port=free_port(avoid=taken), password=password)
        if addresses != known:
            rows = {name: asdict(address) for name, address in addresses.items()}
            write_private(folder / "addresses.json", json.dumps(rows, indent=1))
    return addresses
