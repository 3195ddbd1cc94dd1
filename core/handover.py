"""Hand-over to the workers after the commit: a queue that is away neither breaks a page nor holds it up.

Every task that a request hands over stands in a row as well, which a sweep carries on; so a hand-over that does not
reach the queue costs a minute, and nothing else.
"""

import logging
from threading import Lock
from time import monotonic
from typing import Any

from celery import Task
from django.conf import settings
from django.db import transaction
from kombu.exceptions import KombuError
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

# How long a page waits for the queue, in seconds, and how long nobody asks a queue again that did not answer.
PATIENCE_SECONDS = 1
REST_SECONDS = 30


class Queue:
    """The broker as a page sees it: asked briefly whether it answers, and left alone for a while where it does not."""

    def __init__(self) -> None:
        self._asked: Redis | None = None
        self._asked_at = ""
        self._rests_until = 0.0
        self._lock = Lock()

    def answers(self) -> bool:
        """Return whether the queue takes tasks now; waits PATIENCE_SECONDS at most, and not at all while it rests."""
        if monotonic() < self._rests_until:
            return False
        try:
            self._redis().ping()
        except (RedisError, OSError):
            self.rest()
            return False
        return True

    def rest(self) -> None:
        """Leave the queue alone for REST_SECONDS; what is handed over meanwhile waits for the sweep."""
        self._rests_until = monotonic() + REST_SECONDS
        logger.warning("the queue does not answer: tasks wait for the sweep", exc_info=True)

    def _redis(self) -> Redis:
        with self._lock:
            if self._asked is None or self._asked_at != settings.REDIS_URL:
                self._asked_at = settings.REDIS_URL
                self._rests_until = 0.0
                self._asked = Redis.from_url(
                    settings.REDIS_URL,
                    socket_timeout=PATIENCE_SECONDS,
                    socket_connect_timeout=PATIENCE_SECONDS,
                    retry=Retry(NoBackoff(), 0),
                )
            return self._asked


queue = Queue()


def hand_over(task: Task, **arguments: Any) -> None:
    """Have a worker carry out the task with the arguments once the transaction is committed."""
    # A function with a name: Django logs it by __qualname__, which a partial lacks.
    transaction.on_commit(lambda: send(task, **arguments), robust=True)


def send(task: Task, **arguments: Any) -> bool:
    """Put the task into the queue and return whether it went; a queue that is away is only written into the log."""
    if not queue.answers():
        return False
    try:
        task.apply_async(kwargs=arguments, retry=False)
    except (KombuError, OSError):
        queue.rest()
        return False
    return True
