"""The embedded PostgreSQL and Redis of a machine that was given neither, kept under var/ of the checkout.

Nothing here matters where DATABASE_URL and REDIS_URL are set; docs/settings.md tells more.
"""

import contextlib
import fcntl
import json
import os
import pwd
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from brokerage.server_processes import end, own_pid
from brokerage.server_programs import (
    ROOT_HOME,
    ServiceError,
    major_version,
    others_can_enter,
    postgres_programs,
    redis_program,
    sweep,
    within_reach,
)

DATABASE_NAME = "brokerage"
DATABASE_USER = "brokerage"
START_SECONDS = 60
# A Unix socket's path may have 107 bytes (sun_path); PostgreSQL also writes "<socket>.lock".
LONGEST_SOCKET_PATH = 107
SOCKET_NAME = ".s.PGSQL.5432"
# Whom root hands the servers to: PostgreSQL refuses to run as root.
UNPRIVILEGED_USERS = ("postgres", "nobody")
# Durability costs nothing that a test wants: its cluster is thrown away. Over the few rows of a test any plan will do,
# and to find the best one took more than half of PostgreSQL's time.
UNSAFE_BUT_FAST = (
    "fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=4GB",
    "join_collapse_limit=1", "enable_mergejoin=off",
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where one checkout keeps its servers, and as whom they run."""

    home: Path
    run: Path
    uid: int
    gid: int
    disposable: bool = False

    @property
    def postgres_data(self) -> Path:
        return self.home / "postgres"

    @property
    def redis_socket(self) -> Path:
        return self.run / "redis.sock"

    @property
    def database_url(self) -> str:
        return f"postgresql://{DATABASE_USER}@/{DATABASE_NAME}?host={quote(str(self.run), safe='')}"

    @property
    def redis_url(self) -> str:
        return f"unix://{quote(str(self.redis_socket))}?db=0"


def place_for(*, var: Path, name: str = "services", disposable: bool = False) -> Place:
    """Return the place of the servers called `name` under `var`, making its folders when they are missing.

    `disposable` marks a cluster whose data may be lost in a power cut (tests). Raises ServiceError when the folders
    belong to somebody else.
    """
    var.mkdir(parents=True, exist_ok=True)
    record = var / f"{name}.json"
    try:
        with locked(var / f"{name}.lock"):
            known = _read_record(record, var)
            home = _home(var / name, known)
            owner = home.stat()
            run = _run_folder(home, known, owner.st_uid, owner.st_gid)
            facts = {"for": str(var), "home": str(home), "run": str(run)}
            if facts != known:
                record.write_text(json.dumps(facts))
    except PermissionError as error:
        raise ServiceError(
            f"{error.filename} belongs to another user: run as that user, or remove {var / name}"
        ) from error
    return Place(home=home, run=run, uid=owner.st_uid, gid=owner.st_gid, disposable=disposable)


def start(place: Place, services: tuple[str, ...] = ("postgres", "redis")) -> None:
    """Start whichever of `services` does not answer yet; safe to call from many processes at once, and again."""
    missing = [name for name in services if not _ANSWERS[name](place)]
    if not missing:
        return
    with locked(place.home / "start.lock"):
        for name in missing:
            if not _ANSWERS[name](place):
                _START[name](place)


def start_for(settings: Any) -> None:
    """Start the servers that Django's `settings` name no address of; nothing to do where both are named."""
    if settings.SERVICES_PLACE:
        start(settings.SERVICES_PLACE, settings.LOCAL_SERVICES)


def status(place: Place) -> dict[str, bool]:
    """Return, for each local service, whether it answers."""
    return {name: answers(place) for name, answers in _ANSWERS.items()}


def stop(place: Place) -> list[str]:
    """Stop the local servers of `place` and return the names of those that were running."""
    stopped = []
    with locked(place.home / "start.lock"):
        for name, pid_file in (("postgres", place.postgres_data / "postmaster.pid"), ("redis", _redis_pid_file(place))):
            # PostgreSQL: SIGINT is the fast shutdown, which does not wait for clients to leave.
            if end(own_pid(pid_file, place.home, place.run), signal.SIGINT if name == "postgres" else signal.SIGTERM):
                stopped.append(name)
    return stopped


@contextlib.contextmanager
def in_use(place: Place) -> Iterator[None]:
    """Mark the servers as used by this process for the length of a with block (see stop_if_unused)."""
    with locked(place.home / "users.lock", shared=True):
        yield


def stop_if_unused(place: Place) -> list[str]:
    """Stop the servers unless another process is inside in_use(); return the names of those stopped."""
    with open(place.home / "users.lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return []
        return stop(place)


@contextlib.contextmanager
def locked(path: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold the lock file `path`; the kernel lets go of it when the process ends, however it ends."""
    with open(path, "w") as file:
        fcntl.flock(file, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield


# --- where ---------------------------------------------------------------------------------------------------------


def _read_record(record: Path, var: Path) -> dict[str, str]:
    """Return what was written down about this checkout's place; nothing when it tells of the original of a copy."""
    try:
        known: dict[str, str] = json.loads(record.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    copied = known["for"] != str(var) and Path(known["for"]).exists()
    return {} if copied else known


def _home(wanted: Path, known: dict[str, str]) -> Path:
    """Return the folder of data and logs: under var/ unless root's unprivileged user cannot get there."""
    if wanted.is_dir() and any(wanted.iterdir()):
        return wanted
    if os.geteuid() != 0:
        wanted.mkdir(mode=0o700, exist_ok=True)
        return wanted
    uid, gid = _unprivileged_user()
    elsewhere = Path(known.get("home", wanted))
    if elsewhere != wanted and elsewhere.is_dir():
        return elsewhere
    if others_can_enter(wanted.parent):
        wanted.mkdir(mode=0o700, exist_ok=True)
    else:
        ROOT_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
        sweep(time.time())
        checkout = wanted.parent
        wanted = Path(tempfile.mkdtemp(prefix=f"{wanted.name}-", dir=ROOT_HOME))
        (wanted / "checkout").write_text(str(checkout))
    os.chown(wanted, uid, gid)
    return wanted


def _run_folder(home: Path, known: dict[str, str], uid: int, gid: int) -> Path:
    """Return the folder of the sockets, mode 0700: in the home, or in /tmp where the home's path is too long."""
    run = home / "run"
    if len(os.fsencode(run / f"{SOCKET_NAME}.lock")) > LONGEST_SOCKET_PATH:
        run = Path(known.get("run", home / "run"))
        if run == home / "run" or not run.is_dir() or run.stat().st_uid != uid:
            run = Path(tempfile.mkdtemp(prefix="brokerage-", dir="/tmp"))
            _give(run, uid, gid)
    elif not run.is_dir():
        run.mkdir(mode=0o700)
        _give(run, uid, gid)
    return run


def _unprivileged_user() -> tuple[int, int]:
    for name in UNPRIVILEGED_USERS:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return entry.pw_uid, entry.pw_gid
    raise ServiceError("PostgreSQL does not run as root, and there is no user postgres or nobody to run it as")


def _give(path: Path, uid: int, gid: int) -> None:
    if os.geteuid() == 0:
        os.chown(path, uid, gid)


# --- starting ---------------------------------------------------------------------------------------------------


def _run(command: list[str | Path], *, place: Place, log: Path) -> None:
    """Run a server program as the place's owner, in a session of its own so that Ctrl-C does not reach the server."""
    owner: dict[str, Any] = {"user": place.uid, "group": place.gid, "extra_groups": []} if os.geteuid() == 0 else {}
    with open(log, "ab") as output:
        _give(log, place.uid, place.gid)
        result = subprocess.run(
            [str(part) for part in command],
            cwd=place.home, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}, check=False, **owner,
        )  # fmt: skip
    if result.returncode:
        raise ServiceError(f"{Path(command[0]).name} failed; its log {log} ends:\n{_tail(log)}")


def _tail(log: Path, lines: int = 12) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


# --- PostgreSQL ----------------------------------------------------------------------------------------------------


def _postgres_answers(place: Place, database: str = DATABASE_NAME) -> bool:
    try:
        psycopg2.connect(host=str(place.run), user=DATABASE_USER, dbname=database, connect_timeout=5).close()
    except psycopg2.OperationalError:
        return False
    return True


def _start_postgres(place: Place) -> None:
    programs = within_reach(postgres_programs())
    log = place.home / "postgres.log"
    _make_cluster(place, programs, log)
    if not _lives(place, place.postgres_data / "postmaster.pid", place.run / SOCKET_NAME):
        _forget_dead_postmaster(place)
        settings = [
            "listen_addresses=", f"unix_socket_directories={place.run}", "unix_socket_permissions=0700",
            "max_connections=200", f"shared_buffers={_shared_buffers()}MB", "timezone=UTC", "log_timezone=UTC",
            *(UNSAFE_BUT_FAST if place.disposable else ()),
        ]  # fmt: skip
        options = " ".join(f"-c {shlex.quote(setting)}" for setting in settings)
        data = place.postgres_data
        command: list[str | Path] = [programs / "pg_ctl", "-w", "-t", str(START_SECONDS), "-D", data, "-l", log]
        _start_postmaster([*command, "-o", options, "start"], place=place, log=log)
    _wait_for(lambda: _postgres_answers(place, "postgres"), "PostgreSQL", log)
    _make_database(place)


def _shared_buffers() -> int:
    """Return the megabytes that PostgreSQL keeps of its tables: a sixteenth of the memory, between 128 and 1024."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return min(max(memory // 16, 128), 1024)


def _start_postmaster(command: list[str | Path], *, place: Place, log: Path) -> None:
    """Run pg_ctl, again while it refuses because the children of a killed server are still on their way out.

    Also content with the server that another process, killed before it could wait, has started a moment ago.
    """
    for left in reversed(range(10)):
        try:
            return _run(command, place=place, log=log)
        except ServiceError:
            if _postgres_answers(place, "postgres"):
                return None
            if not left:
                raise
            time.sleep(0.5)


def _make_cluster(place: Place, programs: Path, log: Path) -> None:
    version_file = place.postgres_data / "PG_VERSION"
    version = major_version(programs)
    if version_file.exists():
        if int(version_file.read_text()) != version:
            raise ServiceError(
                f"{place.postgres_data} is PostgreSQL {version_file.read_text().strip()}'s and this is {version}:"
                " move the data with pg_dump, or remove the folder to start empty"
            )
        return
    # Renamed when whole, so that a kill in between leaves nothing that looks done. Each try has a name of its own,
    # since the initdb of a killed try may still be at work.
    for left in place.home.glob("postgres.half-*"):
        shutil.rmtree(left, ignore_errors=True)
    half = place.home / f"postgres.half-{os.getpid()}"
    # Upper and lower case of every script, and the same order everywhere, whatever locales the machine has.
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    command: list[str | Path] = [programs / "initdb", "-D", half, "-U", DATABASE_USER, "-A", "trust", "-E", "UTF8"]
    command += ["--no-sync"] if place.disposable else []
    _run([*command, *(builtin if version >= 17 else ["--locale=C.UTF-8"])], place=place, log=log)
    half.rename(place.postgres_data)


def _forget_dead_postmaster(place: Place) -> None:
    """Remove the pid files of a server that was killed: its number may belong to another process by now."""
    for path in (place.postgres_data / "postmaster.pid", place.run / SOCKET_NAME, place.run / f"{SOCKET_NAME}.lock"):
        path.unlink(missing_ok=True)


def _make_database(place: Place) -> None:
    if _postgres_answers(place):
        return
    connection = psycopg2.connect(host=str(place.run), user=DATABASE_USER, dbname="postgres")
    connection.autocommit = True
    try:
        connection.cursor().execute(f'CREATE DATABASE "{DATABASE_NAME}"')
    finally:
        connection.close()


# --- Redis ---------------------------------------------------------------------------------------------------------


def _redis_pid_file(place: Place) -> Path:
    return place.run / "redis.pid"


def _redis_answers(place: Place) -> bool:
    no_retry = Retry(NoBackoff(), 0)  # redis-py's own would spend seconds on a server that is not there
    client = redis.Redis(unix_socket_path=str(place.redis_socket), socket_timeout=5, retry=no_retry)
    with contextlib.closing(client):
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False


def _start_redis(place: Place) -> None:
    data = place.home / "redis"
    if not data.is_dir():
        data.mkdir(mode=0o700)
        _give(data, place.uid, place.gid)
    log = place.home / "redis.log"
    if not _lives(place, _redis_pid_file(place), place.redis_socket):
        _redis_pid_file(place).unlink(missing_ok=True)
        program = redis_program()
        program = within_reach(program.parent) / program.name
        command: list[str | Path] = [program, "--port", "0", "--unixsocket", place.redis_socket]
        command += ["--unixsocketperm", "700", "--daemonize", "yes", "--pidfile", _redis_pid_file(place)]
        command += ["--dir", data, "--logfile", log, "--databases", "64", "--save", ""]
        command += ["--appendonly", "no" if place.disposable else "yes"]
        _run(command, place=place, log=log)
    _wait_for(lambda: _redis_answers(place), "Redis", log)


def _lives(place: Place, pid_file: Path, socket: Path) -> bool:
    """Return whether the server is there; one whose socket was swept away, as in /tmp, is ended."""
    pid = own_pid(pid_file, place.home, place.run)
    if pid and not socket.exists():
        end(pid, signal.SIGINT)
        return False
    return pid is not None


def _wait_for(answers: Callable[[], bool], what: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not answers():
        if time.monotonic() > deadline:
            raise ServiceError(f"{what} does not answer within {START_SECONDS} s; its log {log} ends:\n{_tail(log)}")
        time.sleep(0.02)


_ANSWERS = {"postgres": _postgres_answers, "redis": _redis_answers}
_START = {"postgres": _start_postgres, "redis": _start_redis}
