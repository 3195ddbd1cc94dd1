"""How long a person waits for a vendor: a whole call with its retries, tokens and slow bytes has so many seconds.

And how many people of one process may wait at once, so that a slow vendor never holds the threads that serve pages. Who
comes when all places are taken hears so at once. Workers have no budget: they have time.
"""

import contextlib
import logging
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_noop
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from vendors.errors import Transient

logger = logging.getLogger(__name__)

NO_TIME = gettext_noop("The vendor does not answer in time. Nothing was changed: try again in a few minutes.")
UNREADABLE = gettext_noop(
    "The vendor's answer cannot be read (%(kind)s). Nothing was changed: try again later, and tell the operator if it"
    " stays so."
)
# What code raises that reads a foreign answer of another shape; not what the database or a worker's end raises.
STUMBLING = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
# The code of a question whose seconds are over.
SLOW = "vendor_slow"
ALL_WAIT = gettext_noop(
    "The vendor answers slowly and others are waiting for it already. Nothing was changed: try again in a minute."
)


class Budget:
    """The seconds that are left for one person's question, and the connections that are cut when they are over."""

    def __init__(self, seconds: float) -> None:
        self.deadline = time.monotonic() + seconds
        self._sockets: list[socket.socket] = []
        self._guard = threading.Lock()
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    @property
    def left(self) -> float:
        """Return the seconds that are left; less than zero when they are over."""
        return self.deadline - time.monotonic()

    def watch(self, connected: socket.socket) -> None:
        """Cut this connection at the deadline: a read timeout alone bounds each byte, not the answer."""
        with self._guard:
            self._sockets.append(connected)
        if self.left <= 0:
            self._cut()

    def _cut(self) -> None:
        with self._guard:
            for connected in self._sockets:
                with contextlib.suppress(OSError):  # closed meanwhile
                    # socket's own: that of TLS would first take the object that another thread reads from
                    socket.socket.shutdown(connected, socket.SHUT_RDWR)


_current: ContextVar[Budget | None] = ContextVar("budget", default=None)
_places = threading.BoundedSemaphore(settings.VENDOR_QUESTIONS_AT_ONCE)


def current() -> Budget | None:
    """Return the budget of the question at hand; None for a worker."""
    return _current.get()


@contextlib.contextmanager
def of_a_person(seconds: float | None = None) -> Iterator[Budget]:
    """Give what is asked inside VENDOR_PERSON_SECONDS in all; inside another budget, what is left of that.

    Raises Transient where too many people of this process wait already.
    """
    outer = _current.get()
    if outer is not None:
        yield outer
        return
    if not _places.acquire(blocking=False):
        raise Transient(ALL_WAIT, code="vendor_busy")
    budget = Budget(settings.VENDOR_PERSON_SECONDS if seconds is None else seconds)
    token = _current.set(budget)
    budget._timer.start()
    try:
        with readable():
            yield budget
    except Transient as trouble:
        # Whatever a plugin made of the cut connection, the reason is that the time was over.
        if budget.left <= 0.05:
            raise out_of_time() from trouble
        raise
    finally:
        budget._timer.cancel()
        _current.reset(token)
        _places.release()


@contextlib.contextmanager
def readable() -> Iterator[None]:
    """Tell of an answer that a plugin stumbles over (another shape, another type) as of trouble that passes."""
    try:
        yield
    except STUMBLING as fault:
        logger.exception("a vendor's answer cannot be read")
        raise Transient(UNREADABLE, code="unreadable", kind=type(fault).__name__) from fault


def out_of_time() -> Transient:
    """Return the trouble of a question whose seconds are over."""
    return Transient(NO_TIME, code=SLOW)


class _Watched(HTTPConnection):
    def connect(self) -> None:
        super().connect()
        _watch(self)


class _WatchedTls(HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        _watch(self)


def _watch(connection: Any) -> None:
    budget = _current.get()
    if budget is not None and connection.sock is not None:
        budget.watch(connection.sock)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Watched


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedTls


class WatchedAdapter(HTTPAdapter):
    """requests' adapter, whose connections a budget can cut; over a TLS of one's own where one is given."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.tls = tls
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Make the pool of connections."""
        super().init_poolmanager(*arguments, **options, **({"ssl_context": self.tls} if self.tls else {}))
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
