"""Refines tours with PyVRP, in processes of its own that are kept between two requests."""

import json
import queue
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from planning.rules.refine import RefineRequest, RefinerFailed

WORKER = Path(__file__).with_name("pyvrp_worker.py")
PATIENCE = 30.0
"""Seconds beyond its budget after which a search is given up."""


class PyvrpRefiner:
    """A pool of workers; threads that refine at the same time get one each. Close it after use."""

    def __init__(self) -> None:
        self._idle: queue.SimpleQueue[subprocess.Popen[str]] = queue.SimpleQueue()
        self._all: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._all:
            worker.kill()
            worker.communicate()
        self._all.clear()

    def refine(self, request: RefineRequest) -> list[list[int]]:
        worker = self._worker()
        alarm = threading.Timer(request["budget"] + PATIENCE, worker.kill)
        alarm.start()
        try:
            assert worker.stdin is not None and worker.stdout is not None
            worker.stdin.write(json.dumps(request, separators=(",", ":")) + "\n")
            worker.stdin.flush()
            answer = worker.stdout.readline()
        except OSError as error:
            raise RefinerFailed(f"PyVRP s’est arrêté : {error}") from error
        finally:
            alarm.cancel()
        if not answer:
            raise RefinerFailed("PyVRP s’est arrêté sans répondre")
        self._idle.put(worker)
        found: list[list[int]] = json.loads(answer)
        return found

    def _worker(self) -> "subprocess.Popen[str]":
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            worker = subprocess.Popen(
                [sys.executable, str(WORKER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            self._all.append(worker)
            return worker
