"""python bench/nights.py SIZE, in the folder of any checkout: nights, each begun by a line on standard input, its day.

It measures the code of the folder in which it is started, which may be an older one than its own; bench/comparing.py
starts it. Each night is answered with a line of JSON: subscriptions, and the processor seconds of both processes.
"""

import gc
import json
import os
import sys
import time
from datetime import date
from importlib import import_module
from pathlib import Path

import django
from django.db import connection


def main(size: str) -> None:
    """Fill a database of its own, say so, and run the night of each day that is asked for."""
    sys.path[0] = os.getcwd()
    os.environ["DJANGO_SETTINGS_MODULE"] = "brokerage.settings"
    django.setup()
    billing_day = import_module("bench.billing_day")
    billing_day.use_database(os.environ["NIGHTS_DATABASE"], fresh=True)
    billing_day._fill(billing_day.SUBSCRIPTIONS[size])
    print("ready", flush=True)
    server = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    for line in sys.stdin:
        gc.collect()  # no night tidies up after the one before
        begun, before = time.process_time(), _seconds(server)
        night = billing_day.run_billing_day(today=date.fromisoformat(line.strip()))
        ours, postgres = time.process_time() - begun, _seconds(server) - before
        print(json.dumps({"subscriptions": night.subscriptions, "ours": ours, "postgres": postgres}), flush=True)


def _seconds(server: Path) -> float:
    return int(server.read_text().split()[0]) / 1e9


if __name__ == "__main__":
    main(sys.argv[1])
