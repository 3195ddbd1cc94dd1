"""Secrets that are watched, and every place in which one could come out in clear text."""

import base64
import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from urllib.parse import quote, quote_plus

from django.conf import settings
from django.core import mail
from django.db import connection
from redis import Redis

# Who would say most about a request, if one let them; "" is the root, which LOG_LEVEL sets. Not django.template: it
# prints the variables of a page, and settings.LOGGING holds it at INFO whatever LOG_LEVEL is.
TALKATIVE = (
    "", "django.request", "django.security", "django.db.backends", "urllib3", "msal", "requests", "celery", "allauth",
    "axes",
)  # fmt: skip
SHORTEST = 10


class Canaries:
    """The watched secrets by name, in the spellings in which a text may carry them."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}

    def watch(self, **secrets: str) -> None:
        """Watch these from now on; one of a name is added to those of the name before."""
        for name, value in secrets.items():
            assert len(value) >= SHORTEST, f"{name} is too short to be told from other text"
            if value not in self.secrets.values():
                self.secrets[f"{name} {sum(known.startswith(name) for known in self.secrets) + 1}"] = value

    def seen_in(self, text: str) -> set[str]:
        """Return the names of the watched secrets that stand in the text, however they are written."""
        return {name for name, value in self.secrets.items() if any(spelling in text for spelling in spellings(value))}


def spellings(value: str) -> set[str]:
    """Return how a secret may be written: as it is, in an address, in a page, in JSON, in base64 of any offset."""
    found = {value, quote(value), quote(value, safe=""), quote_plus(value), escape(value), json.dumps(value)[1:-1]}
    for before in range(3):
        coded = base64.b64encode(b"x" * before + value.encode()).decode()
        # Without the characters that also depend on what stands before and after.
        inner = coded[4 if before else 0 : -4]
        found |= {inner, inner.replace("+", "-").replace("/", "_")}
    return {spelling for spelling in found if len(spelling) >= SHORTEST}


class Traces:
    """What is left of a story: each place with its whole text."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.log = io.StringIO()
        self._server_log = Path(settings.SERVICES_PLACE.home / "postgres.log") if settings.SERVICES_PLACE else None
        self._said_before = self._server_log.stat().st_size if self._server_log else 0

    def keep(self, title: str, text: str) -> None:
        """Keep an answer, a file or a message."""
        self.pages[f"{len(self.pages)} {title}"] = text

    def places(self) -> Iterator[tuple[str, str]]:
        """Yield every place by name, with its text."""
        yield "log", self.log.getvalue()
        yield from self.pages.items()
        yield from database_dump()
        yield from queue()
        for number, letter in enumerate(mail.outbox):
            yield f"letter {number}", str(letter.message())
        if self._server_log is not None:
            with open(self._server_log, "rb") as file:
                file.seek(self._said_before)
                yield "PostgreSQL's log", file.read().decode("utf-8", "replace")


def database_dump() -> Iterator[tuple[str, str]]:
    """Yield each table as COPY writes it: what a backup of the database holds, the audit's tables included."""
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT coalesce(string_agg(t::text, chr(10)), '') FROM \"{table}\" t")  # noqa: S608 - a name
            yield f"table {table}", cursor.fetchone()[0]


def queue() -> Iterator[tuple[str, str]]:
    """Yield what waits in Redis, tasks and their results."""
    redis = Redis.from_url(settings.REDIS_URL)
    for key in redis.scan_iter("*"):
        match redis.type(key):
            case b"string":
                value = redis.get(key)
            case b"list":
                value = redis.lrange(key, 0, -1)
            case b"hash":
                value = redis.hgetall(key)
            case b"zset":
                value = redis.zrange(key, 0, -1)
            case _:
                value = redis.smembers(key)
        yield f"Redis {key.decode()}", repr(value)


@contextmanager
def overheard(traces: Traces) -> Iterator[None]:
    """Write into the traces what the program logs, at its most talkative, through the handler of the settings."""
    handler = logging.StreamHandler(traces.log)
    configured = [one for one in logging.getLogger().handlers if type(one) is logging.StreamHandler]
    assert configured, "settings.LOGGING has a handler that writes to stderr"
    handler.setFormatter(configured[0].formatter)
    for one in configured[0].filters:
        handler.addFilter(one)
    levels = {name: logging.getLogger(name).level for name in TALKATIVE}
    logging.getLogger().addHandler(handler)
    try:
        for name in levels:
            logging.getLogger(name).setLevel(logging.DEBUG)
        yield
    finally:
        logging.getLogger().removeHandler(handler)
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
