"""File locks that the kernel releases when their process dies, however it dies."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class LockTimeout(Exception):
    """The lock stayed with somebody else for too long."""


def try_lock(path: Path, *, shared: bool = False) -> int | None:
    """Take the lock if it is free.

    Returns the file descriptor that holds it (close it to release), or None.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def take_lock(path: Path, *, shared: bool = False, timeout: float = 60) -> int:
    """Wait for the lock; the descriptor returned holds it until it is closed in every process that has it.

    Raises LockTimeout after `timeout` seconds.
    """
    deadline = time.monotonic() + timeout
    while (descriptor := try_lock(path, shared=shared)) is None:
        if time.monotonic() > deadline:
            raise LockTimeout(f"Verrou {path.name} occupé depuis plus de {timeout:.0f} s.")
        time.sleep(0.02)
    return descriptor


def is_locked(path: Path) -> bool:
    """Tell whether some process holds the lock."""
    if not path.exists():
        return False
    descriptor = try_lock(path)
    if descriptor is None:
        return True
    os.close(descriptor)
    return False


@contextmanager
def locked(path: Path, *, timeout: float = 60) -> Iterator[None]:
    """Hold the exclusive lock for the duration of the block."""
    descriptor = take_lock(path, timeout=timeout)
    try:
        yield
    finally:
        os.close(descriptor)
