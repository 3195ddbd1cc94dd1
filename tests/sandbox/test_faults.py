"""Troubles of any pretend vendor: when they are met, and in whose words."""

import pytest

from sandbox import faults
from sandbox.faults import EARLY, KINDS, LATE, PAGES, Fault, Faults, after_acting, before_acting
from sandbox.wsgi import ConnectionDroppedError, Request, Response, json_answer


class Plain:
    """A vendor of few words."""

    def throttled(self, seconds: int, retry_after: object) -> Response:
        return Response(429, b"", [("Retry-After", str(retry_after or seconds))])

    def failure(self, fault: Fault) -> Response:
        return Response(int(fault.details.get("status", 500)))

    def not_found(self, _fault: Fault) -> Response:
        return Response(404)

    def json(self, status: int, value: object) -> Response:
        return json_answer(status, value)

    def anothers(self, answer: Response) -> Response:
        return json_answer(answer.status, faults.anothers_json(answer))


def a_request(path: str = "/things", method: str = "GET") -> Request:
    return Request(method, path, "", {}, {}, b"")


def test_fault_is_met_by_the_nth_call_that_matches_and_as_often_as_it_was_told() -> None:
    waiting = Faults()
    waiting.add("throttle", method="POST", path="/things$", nth=2, times=2)
    calls = [a_request(), *(a_request(method="POST") for _ in range(4))]
    assert [waiting.meet(call) is not None for call in calls] == [False, False, True, True, False]
    assert waiting.listed() == []


def test_kind_nobody_knows_is_refused_and_a_kind_of_one_place_is_counted_there() -> None:
    waiting = Faults({"odd": "odd"}, places={"odd": ("POST", "/odd$")})
    with pytest.raises(ValueError, match="unknown kind of fault 'throttle'; there are odd"):
        waiting.add("throttle")
    assert (waiting.add("odd").method, waiting.listed()[0]["path"]) == ("POST", "/odd$")
    waiting.clear()
    assert waiting.meet(a_request("/odd", "POST")) is None


def test_every_kind_does_something() -> None:
    silent = {"drop_before", "drop_after", "slow", "slow_before"}
    assert set(KINDS) == set(EARLY) | set(LATE) | set(PAGES) | silent
    answer = json_answer(200, {"id": "1", "list": ["a", 2]})
    for kind in set(KINDS) - silent:
        fault = Fault(1, kind)
        early, late = before_acting(fault, Plain()), after_acting(fault, answer, Plain())
        assert (early is None) != (late is answer), kind
    for kind, act in (("drop_before", before_acting), ("drop_after", after_acting)):
        with pytest.raises(ConnectionDroppedError):
            act(Fault(1, kind), *((answer,) if kind == "drop_after" else ()), Plain())


def test_anothers_answer_has_the_shape_and_other_texts() -> None:
    answer = after_acting(Fault(1, "anothers_after"), json_answer(200, {"id": "1", "list": ["a", 2]}), Plain())
    assert answer.body == b'{"id":"another-1","list":["another-a",2]}'
