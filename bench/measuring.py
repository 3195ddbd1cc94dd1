"""What measurements have in common: times and statements of requests, and the bare statement beside them."""

import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection


@dataclass
class Sample:
    """The requests of one kind: milliseconds of each, and the numbers of statements that they took."""

    name: str
    times: list[float] = field(default_factory=list)
    statements: set[int] = field(default_factory=set)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Measure what happens in the block."""
        count = 0

        def counting(execute: Any, *arguments: Any) -> Any:
            nonlocal count
            count += 1
            return execute(*arguments)

        begun = time.perf_counter()
        with connection.execute_wrapper(counting):
            yield
        self.times.append((time.perf_counter() - begun) * 1000)
        self.statements.add(count)


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
