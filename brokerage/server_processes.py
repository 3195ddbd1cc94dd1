"""Finds and ends the processes of this checkout's servers, and no others."""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

from brokerage.server_programs import ServiceError

POLITE_SECONDS = 60


def own_pid(pid_file: Path, *folders: Path) -> int | None:
    """Return the number in `pid_file` when that process lives and works in one of `folders`.

    A stranger may have got the number of a server that was killed.
    """
    try:
        pid = int(pid_file.read_text().split()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None
    command = _command_line(pid)
    return pid if any(str(folder) in command for folder in folders) else None


def _command_line(pid: int) -> str:
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return ""
    return subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False).stdout


def end(pid: int | None, polite: signal.Signals) -> bool:
    """End a process by the signal `polite`, else by SIGKILL, and return whether there was one.

    Raises ServiceError where it outlives both.
    """
    if pid is None:
        return False
    for name, seconds in ((polite, POLITE_SECONDS), (signal.SIGKILL, 5)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, name)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not _command_line(pid):
                return True
            time.sleep(0.02)
    raise ServiceError(f"process {pid} does not end, not even by SIGKILL")
