"""How long anything may take, in one place: what waits for what else is read off these numbers (docs/settings.md).

A web server that is told to stop finishes its requests, a worker its tasks; a container is given longer than that.
All in seconds.
"""

from typing import Any

from django.db import connections

# gunicorn: a request that is running when the server is told to stop may take so long.
WEB_GRACEFUL = 30
# Celery: a task is told so (an exception), then its process is killed.
TASK_SOFT = 780
TASK_HARD = 840
# What docker-compose.yml grants before SIGKILL.
WEB_STOP, WORKER_STOP, BEAT_STOP = 45, 900, 30
CONNECT = 5

# By the kind of process: how long a statement may run, wait for a lock, and a transaction do nothing. A person who
# meets a lock is told to try again; the night and exports wait. Commands (migrations) have no limits.
DATABASE: dict[str, dict[str, int]] = {
    "web": {"statement_timeout": 30, "lock_timeout": 8, "idle_in_transaction_session_timeout": 60},
    "worker": {"statement_timeout": 600, "lock_timeout": 60, "idle_in_transaction_session_timeout": 900},
    "beat": {"statement_timeout": 30, "lock_timeout": 8, "idle_in_transaction_session_timeout": 60},
}


def limit_database(kind: str) -> None:
    """Give every database connection that this process opens from now on the limits of its kind."""
    facts: dict[str, Any] = connections.settings["default"]
    given = facts["OPTIONS"].get("options", "")
    limits = " ".join(f"-c {name}={seconds}s" for name, seconds in DATABASE[kind].items())
    facts["OPTIONS"]["options"] = f"{limits} {given}".strip()  # what the address says wins
    connections["default"].close()
