"""The switchboard of any pretend vendor, over its control endpoint."""

import json

from sandbox.control import Switchboard, answer_control, verbs_of
from sandbox.store import Store
from sandbox.world import VendorWorld
from sandbox.wsgi import Request


class Shop(Switchboard):
    """A vendor with a verb of its own."""

    def sell(self, *, what: str) -> dict[str, str]:
        """Sell one."""
        self._world.store.put("sale", what, {"what": what})
        return {"sold": what}

    def counts(self) -> dict[str, int]:
        """See Switchboard."""
        return {"sales": self._world.store.count("sale")}


def told(shop: Shop, **order: object) -> tuple[int, dict[str, object]]:
    body = json.dumps(order).encode()
    answer = answer_control(shop, Request("POST", "/sandbox/control", "", {}, {}, body), kind=Shop)
    return answer.status, json.loads(answer.body)


def test_verbs_of_the_vendor_stand_beside_those_of_all() -> None:
    shop = Shop(VendorWorld(Store()))
    moving = {"advance", "set_clock"}
    others = {"fail", "heal", "behave", "requests_seen", "forget_requests", "counts", "reset", "sell"}
    assert moving | others == set(verbs_of(Shop))
    assert told(shop, do="sell", what="tea") == (200, {"result": {"sold": "tea"}})
    assert told(shop, do="fail", kind="throttle")[0] == 200
    shown = json.loads(answer_control(shop, Request("GET", "/", "", {}, {}, b""), kind=Shop).body)
    assert (shown["counts"], shown["verbs"]["sell"], len(shown["faults"])) == ({"sales": 1}, "Sell one.", 1)
    assert told(shop, do="reset") == (200, {"result": None})
    assert (shop.counts(), shop._world.faults.listed()) == ({"sales": 0}, [])


def test_orders_that_make_no_sense_are_refused_with_a_sentence() -> None:
    shop = Shop(VendorWorld(Store()))
    status, answer = told(shop, do="dance")
    assert status == 400
    assert str(answer["error"]).startswith('POST {"do": verb, ...} with one of ')
    for order in ({"do": "sell"}, {"do": "behave", "luck": 1}, {"do": "fail", "kind": "flood"}):
        assert told(shop, **order)[0] == 400


def test_clock_is_set_stopped_and_moved() -> None:
    shop = Shop(VendorWorld(Store()))
    assert told(shop, do="set_clock", at="2026-03-31T23:00:00", stopped=True)[0] == 200
    assert shop._world.now() == 1_774_998_000.0
    shop.advance(seconds=3600)
    assert shop._world.now() == 1_775_001_600.0
    assert told(shop, do="set_clock", at="2026-01-04T12:00:00+02:00")[0] == 200
    assert 0 <= shop._world.now() - 1_767_520_800 < 60
    assert told(shop, do="set_clock", at="soon")[0] == 400
