"""The `vroom` command that pyvroom ships, run as a child process."""

import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from integrations.routing.request_file import write_request
from planning.rules.vroom_language import Answer, PlannerFailed, Request

TIMEOUT = 300
"""Seconds after which a run is given up: far above the largest case (30 s)."""


class EmbeddedVroom:
    """Route planner of a machine without any routing server."""

    def __init__(self, command: Sequence[str] = (), timeout: int = TIMEOUT) -> None:
        self._command = list(command) or find_command()
        self._timeout = timeout

    def solve(
        self, request: Request, *, explore: int, threads: int = 2, limit: float | None = None
    ) -> Answer:
        limited = [] if limit is None else ["-l", str(limit)]
        return self._run(request, ["-x", str(explore), "-t", str(threads), *limited])

    def check(self, request: Request) -> Answer:
        return self._run(request, ["-c"])

    def _run(self, request: Request, options: Sequence[str]) -> Answer:
        with tempfile.TemporaryDirectory(prefix="spekty-vroom-") as folder:
            source, target = Path(folder, "in.json"), Path(folder, "out.json")
            with source.open("w", encoding="utf-8") as file:
                write_request(request, file)
            command = [*self._command, "-i", str(source), "-o", str(target), *options]
            try:
                done = subprocess.run(command, capture_output=True, timeout=self._timeout, check=False)
            except subprocess.TimeoutExpired as error:
                raise PlannerFailed(f"vroom n’a pas fini en {self._timeout} s") from error
            except OSError as error:
                raise PlannerFailed(f"vroom ne démarre pas : {error}") from error
            if not target.exists():
                raise PlannerFailed(
                    done.stderr.decode(errors="replace").strip()[-500:] or "vroom sans réponse"
                )
            return read_answer(json.loads(target.read_text(encoding="utf-8")))


def read_answer(answer: Answer) -> Answer:
    """Return the answer; raise PlannerFailed with its message when its code isn't 0."""
    if answer.get("code") != 0:
        raise PlannerFailed(str(answer.get("error", "réponse de vroom illisible")))
    return answer


# The `vroom` script imports pandas before it starts (0.35 s); its extension alone is ready in 0.07 s, which
# counts when a plan is polished by dozens of short runs.
LAUNCHER = "import sys; sys.path.insert(0, sys.argv.pop(1)); import _vroom; _vroom._main(sys.argv)"


def find_command() -> list[str]:
    """Return how to start VROOM: pyvroom's extension, else `vroom` beside the interpreter or on the PATH."""
    spec = importlib.util.find_spec("vroom")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if any(Path(folder).glob("_vroom*")):
            return [sys.executable, "-c", LAUNCHER, folder]
    beside = Path(sys.executable).parent / "vroom"
    found = str(beside) if beside.exists() else shutil.which("vroom")
    if not found:
        raise PlannerFailed("la commande vroom est introuvable : installer pyvroom")
    return [found]
