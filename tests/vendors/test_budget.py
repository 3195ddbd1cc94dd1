"""A person's patience: one call with all its parts has so many seconds, and only so many people wait at once."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from tests.vendors.memory import MemoryJournal
from vendors import budget
from vendors.errors import LostAnswer, Transient, VendorError
from vendors.http import VendorSession

PATIENCE = 0.6
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 100000\r\n\r\n"


@contextmanager
def answering(how: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that treats each connection as `how` says."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                connected, _ = listener.accept()
                threading.Thread(target=talk, args=[connected], daemon=True).start()

    def talk(connected: socket.socket) -> None:
        with suppress(OSError), connected:
            connected.recv(65536)
            how(connected)

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    listener.close()


def silent(_connected: socket.socket) -> None:
    time.sleep(5)


def drips_its_body(connected: socket.socket) -> None:
    connected.sendall(HEAD)
    for _ in range(50):
        time.sleep(0.1)
        connected.sendall(b"x")


def drips_its_head(connected: socket.socket) -> None:
    for byte in HEAD:
        time.sleep(0.1)
        connected.sendall(bytes([byte]))


def errs_at_once(connected: socket.socket) -> None:
    connected.sendall(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


@pytest.mark.parametrize("how", [silent, drips_its_body, drips_its_head, errs_at_once])
def test_a_question_with_its_retries_ends_with_the_patience(how):
    """Seen before: up to three times 100 s for each call, and without end where bytes came one by one."""
    session = VendorSession(MemoryJournal(), pause=PATIENCE / 2)
    began = time.monotonic()
    with answering(how) as address, pytest.raises(Transient) as trouble, budget.of_a_person(PATIENCE):
        session.exchange("GET", address, changes=False)
    assert trouble.value.code == "vendor_slow"
    assert time.monotonic() - began < PATIENCE + 0.5


def test_several_calls_share_one_patience_also_nested():
    session = VendorSession(MemoryJournal())
    began = time.monotonic()
    with answering(silent) as address, budget.of_a_person(PATIENCE):
        for _ in range(3):
            with pytest.raises(Transient), budget.of_a_person():
                session.exchange("GET", address, changes=False)
    assert time.monotonic() - began < PATIENCE + 0.5


def test_a_change_that_was_cut_is_unknown_not_undone():
    session = VendorSession(MemoryJournal())
    with answering(silent) as address, pytest.raises(LostAnswer), budget.of_a_person(PATIENCE):
        session.exchange("POST", address, changes=True)


def test_a_worker_has_no_budget():
    assert budget.current() is None
    session = VendorSession(MemoryJournal())
    with answering(lambda connected: (time.sleep(0.3), connected.sendall(HEAD + b"x" * 100000))) as address:
        assert len(session.exchange("GET", address, changes=False).content) == 100000


def test_only_so_many_wait_at_once_and_the_next_one_hears_so_at_once(settings):
    found: list[str] = []
    inside, leave = threading.Barrier(settings.VENDOR_QUESTIONS_AT_ONCE + 1), threading.Event()

    def wait() -> None:
        with budget.of_a_person(5):
            inside.wait(5)
            leave.wait(5)
            found.append("asked")

    threads = [threading.Thread(target=wait) for _ in range(settings.VENDOR_QUESTIONS_AT_ONCE)]
    for thread in threads:
        thread.start()
    inside.wait(5)
    began = time.monotonic()
    with pytest.raises(VendorError) as trouble, budget.of_a_person(5):
        found.append("too many")
    assert (trouble.value.code, time.monotonic() - began < 0.2) == ("vendor_busy", True)
    leave.set()
    for thread in threads:
        thread.join()
    with budget.of_a_person(1):  # the places are free again
        found.append("asked")
    assert found == ["asked"] * (settings.VENDOR_QUESTIONS_AT_ONCE + 1)
