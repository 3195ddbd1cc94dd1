"""State: side by side, and over the death of the process."""

import re
from pathlib import Path

import pytest

from sandbox.microsoft import Microsoft
from sandbox.microsoft.control import VERBS
from sandbox.microsoft.world import SWITCHES, TODAY
from sandbox.wsgi import serve
from tests.sandbox.microsoft.asking import Asker


def test_two_worlds_know_nothing_of_each_other() -> None:
    one, two = Microsoft(), Microsoft()
    with serve(one) as first, serve(two) as second:
        Asker(first.base_url).sign_in(one).new_customer()
        token = Asker(first.base_url).sign_in(one).token
        stranger = Asker(second.base_url)
        stranger.token = token
        assert stranger.get("/profiles/mpn").status == 401
    assert (one.counts()["customers"], two.counts()["customers"]) == (1, 0)


def test_kept_state_serves_the_next_process(tmp_path: Path) -> None:
    first = Microsoft(tmp_path / "state.sqlite3")
    first.behave(modern_pending_reads=3)
    first.advance(days=10)
    refresh = first.grant_consent()["refresh_token"]
    with serve(first) as running:
        asker = Asker(running.base_url).sign_in(first)
        customer = asker.new_customer()
        subscription = asker.subscription(customer)
    second = Microsoft(tmp_path / "state.sqlite3")
    assert second.counts() == first.counts()
    assert second.world.switches() == first.world.switches()
    assert abs(second.world.now() - first.world.now()) < 1
    with serve(second) as running:
        again = Asker(running.base_url)
        again.token = asker.token
        path = f"/customers/{customer}/subscriptions/{subscription['id']}"
        assert again.get(path).json == subscription
        assert again.refresh(refresh).status == 200


def test_unknown_switch_is_refused() -> None:
    with pytest.raises(ValueError, match="no such switch: mood"):
        Microsoft().behave(mood="good")


def test_health_and_unknown_paths(stranger: Asker) -> None:
    assert stranger.http.get(f"{stranger.base_url}/health").json() == {"status": "ok"}
    assert stranger.http.get(f"{stranger.base_url}/elsewhere").status_code == 404


def test_every_switch_and_verb_is_documented() -> None:
    page = (Path(__file__).parents[3] / "docs" / "office365_sandbox.md").read_text()
    named = set(re.findall(r"`([a-z_]+)`", page))
    assert set(SWITCHES) - named == set()
    assert set(VERBS) - named == set()
    assert set(TODAY) <= set(SWITCHES)
