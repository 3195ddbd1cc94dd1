"""What measurements have in common: times and statements of requests, and the bare statement beside them."""

import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection


@dataclass
class Sample:
    """The requests of one kind: milliseconds of each, and the numbers of statements that they took.

    `busy` are the milliseconds that the processors worked for it, ours and the database's: what it takes on a machine
    that does nothing else. Zero for the database's part where that runs elsewhere.
    """

    name: str
    times: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    statements: set[int] = field(default_factory=set)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Measure what happens in the block."""
        count = 0

        def counting(execute: Any, *arguments: Any) -> Any:
            nonlocal count
            count += 1
            return execute(*arguments)

        begun, worked = time.perf_counter(), time.process_time() + database_seconds()
        with connection.execute_wrapper(counting):
            yield
        self.times.append((time.perf_counter() - begun) * 1000)
        self.busy.append((time.process_time() + database_seconds() - worked) * 1000)
        self.statements.add(count)


def database_seconds() -> float:
    """Return the processor seconds of the server process of this connection; 0 where it runs elsewhere."""
    connection.ensure_connection()
    try:
        used = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text()
    except OSError:
        return 0.0
    return int(used.split()[0]) / 1e9


def bare(statement: str, params: Sequence[Any] = ()) -> float:
    """Return the milliseconds that the statement takes by itself, rows fetched: the median of seven."""
    times = []
    for _ in range(7):
        begun = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(statement, list(params))
            cursor.fetchall()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)
