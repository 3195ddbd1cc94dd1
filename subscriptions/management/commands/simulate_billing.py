"""manage.py simulate_billing: a billing history in, the books out, as JSON; nothing of it stays."""

import io
import json
import sys
from collections.abc import Iterator
from typing import Any, TextIO

from django.core import management
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from subscriptions.simulation.playing import simulate
from subscriptions.simulation.reading import BadHistory

BAD_INPUT = 2


class Command(BaseCommand):
    help = "Carry a billing history out with the real verbs and nights, and print the books."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the history as JSON; - for standard input")
        parser.add_argument("--lines", action="store_true", help="one history a line, one result a line")

    def handle(self, *_args: Any, file: str, lines: bool, **_options: Any) -> None:
        if not MigrationRecorder(connection).has_table():  # a machine on which nothing has run yet
            # In silence: what is said is results, or one line of bad input.
            management.call_command("migrate", verbosity=0, stdout=io.StringIO())
        try:
            for number, text in _texts(file, lines):
                where = f"line {number}: " if lines else ""
                books = simulate(_parsed(text))
                self.stdout.write(json.dumps(books, ensure_ascii=False, indent=None if lines else 2))
                self.stdout.flush()
        except BadHistory as fault:
            self._end(f"{where}{fault}")
        except (OSError, UnicodeDecodeError) as fault:
            self._end(f"history: cannot be read as text in UTF-8 ({fault})")

    def _end(self, sentence: str) -> None:
        self.stderr.write(" ".join(sentence.split()))
        raise SystemExit(BAD_INPUT)


def _texts(file: str, lines: bool) -> Iterator[tuple[int, str]]:
    """Yield the histories, each with the number of its line."""
    if file == "-":
        yield from _of(sys.stdin, lines)
        return
    with open(file, encoding="utf-8") as opened:
        yield from _of(opened, lines)


def _of(opened: TextIO, lines: bool) -> Iterator[tuple[int, str]]:
    if not lines:
        yield 1, opened.read()
        return
    for number, line in enumerate(opened, 1):
        if line.strip():
            yield number, line


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as fault:  # a number of 5,000 digits and a thousand brackets too
        raise BadHistory(f"history: is not JSON ({fault})") from None
