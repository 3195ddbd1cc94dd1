"""How the pretend Kaspersky says no, and its troubles."""

import pytest
import requests

from sandbox.kaspersky import Kaspersky
from tests.sandbox.kaspersky.asking import Asker


def test_a_no_has_a_message_and_perhaps_a_code(asker: Asker, kaspersky: Kaspersky) -> None:
    told = asker.post("renew", SubscriptionId="x").json()
    assert (told["Message"], told["ErrorCode"], len(told["ErrorId"])) == ("Subscription was not found.", 5, 36)
    kaspersky.behave(error_members="message")
    assert asker.post("renew", SubscriptionId="x").json() == {"Message": "Subscription was not found."}


def test_troubles_come_as_asked_for(asker: Asker, kaspersky: Kaspersky) -> None:
    kaspersky.fail("refused", text="Not today.", status=422)
    assert asker.refused("create") == (422, "Not today.")
    kaspersky.fail("no_route")
    assert "MessageDetail" in asker.post("create").json()
    kaspersky.fail("throttle", seconds=9)
    assert asker.post("create").headers["Retry-After"] == "9"
    kaspersky.fail("error_before", status=502)
    assert asker.post("create").status_code == 502
    kaspersky.fail("not_found")
    assert asker.refused("create")[0] == 404
    kaspersky.fail("conflict")
    assert asker.post("create").status_code == 409
    kaspersky.fail("anothers_after")
    assert asker.made()["SubscriptionId"].startswith("another-")
    kaspersky.fail("drop_after")
    with pytest.raises(requests.ConnectionError):
        asker.made(Sku="KL4863XAKFS")
    assert kaspersky.counts()["subscriptions"] == 2
    assert kaspersky.requests_seen()[-1]["status"] is None
