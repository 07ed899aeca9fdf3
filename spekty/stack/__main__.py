"""python -m spekty.stack status | stop: look at the embedded servers, or stop them all."""

import os
import signal
import sys
from pathlib import Path

from spekty.settings.base import VAR_DIR
from spekty.stack.catalog import CATALOG, LABELS
from spekty.stack.client import Stack
from spekty.stack.keeper import read_state
from spekty.stack.locks import is_locked, locked


def say(text: str) -> None:
    """Write one line."""
    sys.stdout.write(f"{text}\n")


def status(stack: Stack) -> int:
    """Say which servers run, and where."""
    for name in CATALOG:
        state = read_state(stack.folder, name) if stack.is_kept(name) else {}
        where = f"127.0.0.1:{state.get('port')}, gardien {state.get('keeper')}" if state else "arrêté"
        say(f"{LABELS[name]} : {where}")
    return 0


def stop_run(stack: Stack) -> None:
    """Ask `make run` to end, and wait for it."""
    lock = stack.folder / "run.lock"
    if is_locked(lock):
        os.kill(int(read_state(stack.folder, "run")["pid"]), signal.SIGTERM)
        with locked(lock, timeout=60):
            return


def stop(stack: Stack) -> int:
    """Stop everything that runs over this folder, test runs included."""
    stop_run(stack)
    left = stack.stop()
    for folder in stack.var.glob("tests/*/stack"):
        left += Stack(var=folder.parent).stop()
    for name in left:
        say(f"{LABELS[name]} ne s’arrête pas ; son journal est {stack.folder / name}.log.")
    return 1 if left else 0


def main(arguments: list[str]) -> int:
    """Run one of the commands."""
    commands = {"status": status, "stop": stop}
    if len(arguments) != 1 or arguments[0] not in commands:
        say("Usage : python -m spekty.stack status | stop")
        return 2
    return commands[arguments[0]](Stack(var=Path(VAR_DIR)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
