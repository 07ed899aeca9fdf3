"""Run the benches of scripts/bench/ one after the other: side by side they would measure each other."""

import subprocess
import sys
from pathlib import Path

BENCHES = Path(__file__).resolve().parent / "bench"


def main() -> int:
    """Run each bench; fail when one misses its target."""
    failed = []
    for bench in sorted(BENCHES.glob("[!_]*.py")):
        print(f"— {bench.stem}", flush=True)
        if subprocess.run(
            [sys.executable, "-m", f"scripts.bench.{bench.stem}"], cwd=BENCHES.parents[1], check=False
        ).returncode:
            failed.append(bench.stem)
    if failed:
        print(f"Objectif manqué : {', '.join(failed)}.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
