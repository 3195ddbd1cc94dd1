"""The night of this checkout beside that of an older commit: the same machine, server and rows, night by night in turn.

What is compared are processor seconds, ours and PostgreSQL's: the clock on the wall tells of the machine's other work.
That work makes single nights dearer too, so the verdict is the median of the pairs, whose nights follow each other at
once, the older and the newer first in turn. The first pair is not counted: both sides read everything for the first
time, and whichever comes first warms the machine for the other.
Both run on this checkout's Python and packages. Linux only: the seconds of a server process are read from /proc.
"""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from bench.billing_day import BILLING_DAY
from billing.engine.periods import add_months
from brokerage import local_services

NIGHTS = 9  # months that the accounts' money lasts for; of these the first is not counted
# By how much the newer nights may be more than the older ones: single nights differ by more than that.
SLACK = 1.05
SIDES = ("before", "now")

# What a night took: "subscriptions", and the seconds of our process ("ours") and of the server's ("postgres").
Night = Mapping[str, float]
Pair = tuple[Night, Night]


def compare(commit: str, size: str) -> bool:
    """Print each pair of nights and the median of their ratios; return whether now is not slower than the commit.

    Raises CalledProcessError where there is no such commit, and RuntimeError where the two do not renew the same.
    """
    with ExitStack() as ends:
        nights = {
            "before": _started(ends, checkout_of(commit), "before", size),
            "now": _started(ends, settings.BASE_DIR, "now", size),
        }
        counted = pairs(lambda side, day: _night(nights[side], day))[1:]
    whole, ours, postgres = (ratio(counted, *parts) for parts in (("ours", "postgres"), ("ours",), ("postgres",)))
    print(f"   now / {commit}: {whole:.2f} (our process {ours:.2f}, PostgreSQL {postgres:.2f}); target: {SLACK}")
    return whole <= SLACK


def pairs(night_of: Callable[[str, date], Night]) -> list[Pair]:
    """Ask both sides for the same nights, in turn, and print what they took. Raises RuntimeError where they differ."""
    done = []
    for number in range(NIGHTS):
        day = add_months(BILLING_DAY, number)
        taken = {side: night_of(side, day) for side in (SIDES if number % 2 == 0 else reversed(SIDES))}
        before, now = taken["before"], taken["now"]
        if before["subscriptions"] != now["subscriptions"]:
            raise RuntimeError(
                f"the night of {day} renews {before['subscriptions']:.0f}, now {now['subscriptions']:.0f}"
            )
        done.append((before, now))
        remark = "" if number else ", not counted"
        print(f"   {day}: {_told(before)}, now {_told(now)}: {ratio(done[-1:]):.2f}{remark}", flush=True)
    return done


def ratio(of: Sequence[Pair], *parts: str) -> float:
    """Return the median, over the pairs, of the newer night's seconds to the older one's; of all parts by default."""
    parts = parts or ("ours", "postgres")
    return statistics.median(
        sum(now[part] for part in parts) / sum(before[part] for part in parts) for before, now in of
    )


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


def _night(process: Any, day: date) -> Night:
    """Ask for the night of the day, past what the process says before it is ready."""
    process.stdin.write(f"{day}\n")
    process.stdin.flush()
    for line in process.stdout:
        if line.startswith("{"):
            return dict(json.loads(line))
    raise RuntimeError(f"the nights ended early, with {process.wait()}: see above")


def _told(night: Night) -> str:
    return f"{night['ours'] + night['postgres']:.1f} s ({night['ours']:.1f} + {night['postgres']:.1f})"
