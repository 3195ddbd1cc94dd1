"""What a plugin needs to work without a database: a book of calls, secrets and a journal, all in memory."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sandbox.wsgi import Running
from vendors.base import JSON
from vendors.http import Exchange, VendorSession
from vendors.steps import Call


class Killed(BaseException):
    """The worker dies here: nothing may catch it, as nothing catches SIGKILL."""


@dataclass
class MemoryBook:
    """A CallBook whose worker can be killed right before or right after its n-th save."""

    steps: dict[str, Call] = field(default_factory=dict)
    sealed: dict[str, str] = field(default_factory=dict)
    notes: list[JSON] = field(default_factory=list)
    saves: int = 0
    waits: int = 0
    dies_before: int | None = None
    dies_after: int | None = None

    def load(self, name: str) -> Call | None:
        return self.steps.get(name)

    def save(self, call: Call) -> None:
        self.saves += 1
        if self.saves == self.dies_before:
            raise Killed
        self.steps[call.name] = call
        if self.saves == self.dies_after:
            raise Killed

    def seal(self, secrets: Mapping[str, str]) -> None:
        self.sealed |= secrets

    def has_sealed(self, name: str) -> bool:
        return name in self.sealed

    def note(self, note: JSON) -> None:
        if note not in self.notes:
            self.notes.append(note)

    def calls(self) -> list[Call]:
        return list(self.steps.values())

    def wait(self) -> int:
        self.waits += 1
        return self.waits


@dataclass
class MemorySecrets:
    """The Secrets of vendors/base.py, with every renewal that was asked for."""

    values: dict[str, str]
    session: VendorSession
    renewals: list[tuple[Mapping[str, str], datetime, datetime | None]] = field(default_factory=list)

    def read(self) -> Mapping[str, str]:
        self.session.hide(self.values.values())
        return dict(self.values)

    def renew(self, fresh: Mapping[str, str], *, issued_at: datetime, expires_on: datetime | None) -> None:
        self.session.hide(fresh.values())
        self.renewals.append((fresh, issued_at, expires_on))
        self.values |= fresh


@dataclass
class MemoryJournal:
    """The journal as a list."""

    exchanges: list[Exchange] = field(default_factory=list)

    def write(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)


def stopped_soon(running: Running) -> None:
    """Stop a pretend vendor beside the tests that follow: its loop takes a moment to notice."""
    threading.Thread(target=running.stop).start()
