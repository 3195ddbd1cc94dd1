"""Keeps one real Celery worker running, as a supervisor does in production: python -m tests.crash.keeper PIDFILE.

Everything is imported once and each worker is forked from here, so that a worker is back in a tenth of the time that a
new interpreter takes; otherwise it is the worker of production: prefork, late acknowledgement.
"""

import os
import signal
import sys
import time
from importlib import import_module
from pathlib import Path

from brokerage.celery import app

WORKER = (
    "worker", "--pool", "prefork", "--concurrency", "1", "--without-gossip", "--without-mingle",
    "--without-heartbeat", "--loglevel", "INFO",
)  # fmt: skip


# What a worker would otherwise import after each fork.
NEEDED = (
    "celery.app.log", "celery.apps.worker", "celery.bin.celery", "celery.concurrency.prefork", "celery.events.event",
    "celery.worker.autoscale", "celery.worker.components", "celery.worker.consumer", "kombu.pidbox",
    "kombu.transport.redis",
)  # fmt: skip


def main(pid_file: Path) -> None:
    """Start a worker whenever there is none; end with it on SIGTERM."""
    app.loader.import_default_modules()
    for name in NEEDED:
        import_module(name)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    worker = 0
    try:
        while True:
            worker = os.fork()
            if not worker:
                _work()
            pid_file.write_text(str(worker))
            os.waitpid(worker, 0)
            pid_file.write_text("")
            worker = 0
            time.sleep(0.05)
    finally:
        if worker:
            os.killpg(worker, signal.SIGKILL)


def _work() -> None:
    """Be a worker, the leader of its own group, so that one signal reaches its children as well."""
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        app.worker_main(list(WORKER))
    finally:
        os._exit(1)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
