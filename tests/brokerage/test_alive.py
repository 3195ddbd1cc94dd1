"""The health check of a container: a sign of life that is young enough."""

import os
import subprocess
import sys
import time

import pytest

from brokerage import alive
from brokerage.models import Heartbeat
from brokerage.receivers import note_life


def test_silence_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(alive, "FOLDER", tmp_path / "alive")
    assert alive.main("worker") == "worker: no sign of life yet"
    alive.sign("worker")
    assert alive.main("worker") == ""
    os.utime(tmp_path / "alive" / "worker", (time.time() - 90, time.time() - 90))
    assert alive.main("worker").startswith("worker: silent for 9")


def test_beat_may_be_silent_for_three_sweeps(monkeypatch):
    assert alive.longest_silence("beat") == 240
    monkeypatch.setenv("SWEEP_SECONDS", "600")
    assert alive.longest_silence("beat") == 1860


def test_the_check_ends_with_an_exit_code_and_needs_no_package():
    command = [sys.executable, "-S", "-m", "brokerage.alive", "nobody"]
    answer = subprocess.run(command, cwd=alive.FOLDER.parent.parent, capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stderr.strip()) == (1, "nobody: no sign of life yet")


@pytest.mark.django_db(transaction=True)
def test_a_sign_of_life_is_a_file_and_now_and_then_a_row(tmp_path, monkeypatch):
    monkeypatch.setattr(alive, "FOLDER", tmp_path)
    monkeypatch.setattr("brokerage.receivers._last_row", {"at": -1000.0})
    note_life("worker")
    first = Heartbeat.objects.get(kind="worker").at
    note_life("worker")
    assert Heartbeat.objects.get(kind="worker").at == first
    assert alive.main("worker") == ""
