"""Random kills and flushes of a whole platform while people order, pay, change and export: python -m tests.crash.chaos.

    SECONDS=600 make prove          or   python -m tests.crash.chaos --seconds 60 --seed 7

PostgreSQL and Redis of its own (var/chaos), the sandbox as the vendor, web, worker and beat as the demo has them. All
use the panels over HTTP (people.py), repeating a form until it is answered. Afterwards nobody helps: within --quiet
seconds every order has ended, there is one subscription at the vendor for each, of our units and state, the books
agree, no export and no message waits, and no answer was an HTTP 500 (verdict.py).
"""

import argparse
import os
import random
import shutil
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import django

from brokerage import local_services
from brokerage.demo import programs

ROOT = Path(__file__).resolve().parent.parent.parent


def run(*, seconds: float, quiet: float, seed: int, tell: Callable[[str], None]) -> list[str]:
    """Build a platform, attack it, let it settle, and return what is wrong."""
    folder = ROOT / "var" / "chaos"
    place = local_services.place_for(var=folder, name="services")
    local_services.stop(place)
    for kept in (place.home / "postgres", place.home / "redis", folder / "sandbox", folder / "media"):
        shutil.rmtree(kept, ignore_errors=True)
    local_services.start(place)
    addresses = programs.free_addresses()
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "brokerage.settings", "BROKERAGE_ENV": "development", "BROKERAGE_DEMO": "1",
        "DATABASE_URL": place.database_url, "REDIS_URL": place.redis_url, "MEDIA_ROOT": str(folder / "media"),
        "BASE_URL": addresses.web, "VENDOR_DEFAULTS": programs.environment(addresses)["VENDOR_DEFAULTS"],
        "TASK_VISIBILITY_SECONDS": "20", "VENDOR_VISIBLE_AFTER": "office365=5",
    }  # fmt: skip
    django.setup()
    attack = import_module("tests.crash.attack")  # needs the settings that were chosen above
    stage = attack.Stage(folder, place, addresses, seed, tell)
    try:
        return list(attack.perform(stage, seconds=seconds, quiet=quiet))
    finally:
        stage.gone.set()
        local_services.stop(place)


def main() -> int:
    """Run it as asked; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=float(os.environ.get("SECONDS") or 600))
    parser.add_argument("--quiet", type=float, default=240)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    asked = parser.parse_args()
    print(f"chaos: seed {asked.seed}", flush=True)
    wrong = run(
        seconds=asked.seconds, quiet=asked.quiet, seed=asked.seed, tell=lambda line: print(f"chaos: {line}", flush=True)
    )
    print("\n".join([f"chaos: WRONG: {line}" for line in wrong] or ["chaos: all came to its end, once"]), flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
