"""Runs the demo's programs: starts them, says when one has died, starts it again while serving, ends them all."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

START_SECONDS = 90
STOP_SECONDS = 15
LOOK_SECONDS = 0.5
# A program that dies at once is not started again every half second.
REST_SECONDS = 3
LOG_LINES = 15
PR_SET_PDEATHSIG = 1


class ProgramFailed(Exception):
    """A program of the demo does not start, or has died while it was needed; the text ends with its log."""


@dataclass(frozen=True)
class Program:
    """One program: its command, what its environment has besides ours, and how one sees that it works."""

    name: str
    command: tuple[str, ...]
    works: Callable[[Path], bool]
    environment: Mapping[str, str] = field(default_factory=dict)


class Supervisor:
    """Programs that live as long as the with block, each with a log of its own in `logs`.

    Each is the leader of a session of its own, so that Ctrl-C reaches us alone and we end them in order; where we are
    killed ourselves, the kernel ends them (Linux).
    """

    def __init__(self, logs: Path, folder: Path) -> None:
        self.logs = logs
        self.folder = folder
        self._running: dict[str, tuple[Program, subprocess.Popen[bytes]]] = {}
        self._rests_until: dict[str, float] = {}
        logs.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self, *programs: Program) -> None:
        """Start programs, each with an empty log; `wait` says when they work."""
        for program in programs:
            self.log_of(program).write_bytes(b"")
            self._running[program.name] = program, self._spawn(program)

    def wait(self) -> None:
        """Return when every program works. Raises ProgramFailed for one that ends, or does not work in time."""
        deadline = time.monotonic() + START_SECONDS
        for program, _process in list(self._running.values()):
            while not program.works(self.log_of(program)):
                self.check()
                if time.monotonic() > deadline:
                    raise ProgramFailed(self._told(program, f"does not work after {START_SECONDS} s"))
                time.sleep(0.05)

    def check(self) -> None:
        """Raise ProgramFailed where a program has ended."""
        for program, process in self._running.values():
            if process.poll() is not None:
                raise ProgramFailed(self._told(program, f"has ended with code {process.returncode}"))

    def keep_running(self, tell: Callable[[str], None], meanwhile: Callable[[], None]) -> None:
        """Start again whatever ends, telling of it, until a signal breaks in; `meanwhile` is called at each look."""
        while True:
            meanwhile()
            self.tend(tell)
            time.sleep(LOOK_SECONDS)

    def tend(self, tell: Callable[[str], None]) -> None:
        """Look once, and start again whatever has ended."""
        for program, process in list(self._running.values()):
            if process.poll() is not None and self._rests_until.get(program.name, 0) < time.monotonic():
                tell(f"{program.name} has ended with code {process.returncode} and is started again")
                _end_session(process.pid)
                self._rests_until[program.name] = time.monotonic() + REST_SECONDS
                self._running[program.name] = program, self._spawn(program)

    def stop(self) -> None:
        """End all programs, the last started first: politely, then by force, whatever they had started included."""
        processes = [process for _program, process in reversed(self._running.values())]
        self._running.clear()
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in processes:
            try:
                process.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            _end_session(process.pid)

    def log_of(self, program: Program) -> Path:
        """Return where a program writes."""
        return self.logs / f"{program.name}.log"

    def _spawn(self, program: Program) -> subprocess.Popen[bytes]:
        with open(self.log_of(program), "ab") as log:
            return subprocess.Popen(
                program.command,
                cwd=self.folder,
                env={**os.environ, **program.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - started by the main thread, before there are others
            )

    def _told(self, program: Program, what: str) -> str:
        lines = self.log_of(program).read_text(errors="replace").splitlines()[-LOG_LINES:]
        return "\n".join([f"{program.name} {what}; its log {self.log_of(program)} ends:", *lines])


_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _end_with_parent() -> None:
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _end_session(leader: int) -> None:
    """Kill what a program has left behind of its own children."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
