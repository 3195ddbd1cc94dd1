"""The night of this checkout beside that of an older commit: the same machine, server and rows, night by night in turn.

What is compared are processor seconds, ours and PostgreSQL's: the clock on the wall tells of the machine's other work.
Both run on this checkout's Python and packages. Linux only: the seconds of a server process are read from /proc.
"""

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from bench.billing_day import BILLING_DAY
from billing.engine.periods import add_months
from brokerage import local_services

NIGHTS = 8  # months that the accounts' money lasts for
# By how much the new sum may be more than the old one: single nights differ by more than that on a busy machine.
SLACK = 1.05
SIDES = ("before", "now")


def compare(commit: str, size: str) -> bool:
    """Print each pair of nights and the ratio of their sums; return whether now is not slower than the commit.

    Raises CalledProcessError where there is no such commit, and RuntimeError where the two do not renew the same.
    """
    spent: dict[str, list[dict[str, float]]] = {side: [] for side in SIDES}
    with ExitStack() as ends:
        nights = {
            "before": _started(ends, checkout_of(commit), "before", size),
            "now": _started(ends, settings.BASE_DIR, "now", size),
        }
        for number in range(NIGHTS):
            day = add_months(BILLING_DAY, number)
            for side in SIDES if number % 2 == 0 else reversed(SIDES):
                spent[side].append(_night(nights[side], day))
            before, now = spent["before"][-1], spent["now"][-1]
            if before["subscriptions"] != now["subscriptions"]:
                raise RuntimeError(
                    f"the night of {day} renews {before['subscriptions']:.0f}, now {now['subscriptions']:.0f}"
                )
            print(f"   {day}: {_told(before)}, now {_told(now)}: {_sum(now) / _sum(before):.2f}", flush=True)
    ratio = _total(spent["now"]) / _total(spent["before"])
    parts = [
        sum(n[part] for n in spent["now"]) / sum(n[part] for n in spent["before"]) for part in ("ours", "postgres")
    ]
    print(f"   now / {commit}: {ratio:.2f} (our process {parts[0]:.2f}, PostgreSQL {parts[1]:.2f}); target: {SLACK}")
    return ratio <= SLACK


def checkout_of(commit: str) -> Path:
    """Return a folder with the commit's files, made once; it works with this checkout's servers and packages."""
    full = _git("rev-parse", "--verify", f"{commit}^{{commit}}")
    folder = settings.VAR_DIR / "compare" / full[:12]
    if not folder.is_dir():
        _git("worktree", "prune")
        _git("worktree", "add", "--quiet", "--detach", str(folder), full)
    return folder


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=settings.BASE_DIR, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def _started(ends: ExitStack, checkout: Path, side: str, size: str) -> Any:
    local_services.start_for(settings)
    process = ends.enter_context(
        subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("nights.py")), size],
            cwd=checkout, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={
                **os.environ, "DATABASE_URL": settings.DATABASE_URL, "REDIS_URL": settings.REDIS_URL,
                "NIGHTS_DATABASE": f"brokerage_bench_{side}", "LOG_LEVEL": "WARNING",
            },
        )
    )  # fmt: skip
    ends.callback(process.stdin.close)  # type: ignore[union-attr]
    return process


def _night(process: Any, day: date) -> dict[str, float]:
    """Ask for the night of the day, past what the process says before it is ready."""
    process.stdin.write(f"{day}\n")
    process.stdin.flush()
    for line in process.stdout:
        if line.startswith("{"):
            return dict(json.loads(line))
    raise RuntimeError(f"the nights ended early, with {process.wait()}: see above")


def _sum(night: dict[str, float]) -> float:
    return night["ours"] + night["postgres"]


def _total(nights: list[dict[str, float]]) -> float:
    return sum(_sum(night) for night in nights)


def _told(night: dict[str, float]) -> str:
    return f"{_sum(night):.1f} s ({night['ours']:.1f} + {night['postgres']:.1f})"
