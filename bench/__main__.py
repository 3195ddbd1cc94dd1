"""python -m bench [name…] --size small|full: run the measurements of this package, all by default.

`--compare COMMIT` runs the night beside that commit's instead and prints the ratio of their processor seconds.
"""

import argparse
import importlib
import logging
import os
import pkgutil
import sys
import time

import django

import bench


def main() -> int:
    """Run the measurements that are asked for; return 1 where one of them misses its target."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", help="the measurements; all by default")
    parser.add_argument("--size", choices=("small", "full"), default="full")
    parser.add_argument("--compare", metavar="COMMIT", help="billing_day beside that of the commit, in turn")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "brokerage.settings")
    django.setup()
    logging.getLogger("axes").setLevel(logging.WARNING)  # a line for each who signs in
    if asked.compare:
        if set(asked.names) - {"billing_day"}:
            parser.error("only billing_day can be compared")
        print(f"== billing_day ({asked.size}), beside {asked.compare}", flush=True)
        return 0 if importlib.import_module("bench.comparing").compare(asked.compare, asked.size) else 1
    known = {name: importlib.import_module(f"bench.{name}") for name in _modules()}
    measurements = {name: module for name, module in known.items() if hasattr(module, "run")}
    unknown = [name for name in asked.names if name not in measurements]
    if unknown:
        parser.error(f"no such measurement: {', '.join(unknown)}; there are {', '.join(measurements)}")
    missed = []
    for name in asked.names or measurements:
        print(f"== {name} ({asked.size})", flush=True)
        begun = time.perf_counter()
        if not measurements[name].run(asked.size):
            missed.append(name)
        print(f"   took {time.perf_counter() - begun:.0f} s", flush=True)
    if missed:
        print(f"missed their targets: {', '.join(missed)}")
    return 1 if missed else 0


def _modules() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(bench.__path__) if not module.name.startswith("_"))


if __name__ == "__main__":
    sys.exit(main())
