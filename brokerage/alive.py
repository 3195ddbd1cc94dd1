"""Signs of life of a worker or of beat as files, for the health check of a container: python -m brokerage.alive worker.

Standard library only, so that a check every half minute costs next to nothing. /health/ready reads the same signs from
the database.
"""

import os
import sys
import time
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "var" / "alive"


def longest_silence(kind: str) -> int:
    """Return the seconds after which a process counts as dead.

    A worker gives a sign every few seconds, beat with each task that it sends: every SWEEP_SECONDS.
    """
    return 60 if kind == "worker" else 60 + 3 * int(os.environ.get("SWEEP_SECONDS") or 60)


def sign(kind: str) -> None:
    """Leave a sign of life of this machine's process of that kind."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / kind).touch()


def main(kind: str) -> str:
    """Return what is wrong about the process of that kind; empty where it lives."""
    try:
        silent = time.time() - (FOLDER / kind).stat().st_mtime
    except FileNotFoundError:
        return f"{kind}: no sign of life yet"
    return "" if silent < longest_silence(kind) else f"{kind}: silent for {silent:.0f} s"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
