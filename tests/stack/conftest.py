from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from spekty.stack.client import Stack


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """Servers of this test's own, in a folder whose name holds a space."""
    own = Stack(var=tmp_path / "mon dossier", throwaway=True, linger=0.5)
    own.var.mkdir()
    yield own
    own.release()
    assert own.stop() == []


def kill(pid: float) -> None:
    """Kill without warning, and wait until the process is gone."""
    victim = psutil.Process(int(pid))
    victim.kill()
    psutil.wait_procs([victim], timeout=5)
