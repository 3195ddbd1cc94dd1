"""What every pretend vendor knows."""

import pytest

from sandbox.store import Store
from sandbox.world import VendorWorld
from sandbox.wsgi import Request


class Sleepy(VendorWorld):
    """A vendor whose lists may lag."""

    switches_by_default = {"list_lag_seconds": 0, "mood": "fair"}


def test_clock_moves_and_lists_show_what_is_old_enough() -> None:
    world = Sleepy(Store())
    made = world.now()
    world.behave(list_lag_seconds=60)
    assert not world.is_listed(made)
    world.advance(seconds=61)
    assert world.is_listed(made)
    assert world.now() - world.wall_clock() == pytest.approx(61, abs=1)


def test_switch_nobody_knows_is_refused_by_name() -> None:
    world = Sleepy(Store())
    with pytest.raises(ValueError, match="no such switch: luck; there are list_lag_seconds, mood"):
        world.behave(luck=1)
    assert world.behave(mood="foul") == {"list_lag_seconds": 0, "mood": "foul"}
    assert world.switch("mood") == "foul"


def test_requests_are_remembered_without_their_secret_headers() -> None:
    world = Sleepy(Store())
    world.note(
        Request("GET", "/a", "x=1", {"x": "1"}, {"authorization": "Basic abc", "accept": "*/*"}, b""), status=200
    )
    world.note(Request("POST", "/b", "", {}, {}, b""), status=None)
    (seen,) = world.requests_seen(path="/A")
    assert (seen["query"], seen["headers"], seen["status"]) == ("x=1", {"accept": "*/*"}, 200)
    assert [entry["path"] for entry in world.requests_seen(method="post")] == ["/b"]
    world.forget_requests()
    assert world.requests_seen() == []
