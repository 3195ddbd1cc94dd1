"""The switchboard of the pretend Google."""

import pytest

from sandbox.google import Google
from tests.sandbox.google.asking import DOMAIN, STARTER, Asker, registered


def test_people_and_other_resellers_are_played_over_http_too(asker: Asker, google: Google) -> None:
    asker.active(seats=3)
    control = f"{asker.base_url}/sandbox/control"
    order = {"do": "use", "domain": DOMAIN, "sku": STARTER, "users": 2}
    assert asker.http.post(control, json=order, timeout=10).json() == {"result": None}
    assert google.subscriptions()[0]["used"] == 2
    told = asker.http.get(control, timeout=10).json()
    assert told["counts"] == {"customers": 1, "users": 0, "subscriptions": 1}
    assert {"accept_terms", "transfer_token", "register_account"} <= told["verbs"].keys()
    assert "authorization" not in told["requests"][-1]["headers"]


def test_what_makes_no_sense_is_said(asker: Asker, google: Google) -> None:
    with pytest.raises(ValueError, match="no customer"):
        google.accept_terms(domain="nobody.example")
    asker.active(seats=1)
    with pytest.raises(ValueError, match="enough available"):
        google.use(domain=DOMAIN, sku=STARTER, users=2)
    with pytest.raises(ValueError, match="no subscription"):
        google.reissue(subscription_id="x")


def test_a_subscription_gets_another_id_or_is_forgotten(asker: Asker, google: Google) -> None:
    path, _customer = asker.active()
    other = google.reissue(subscription_id=path.rpartition("/")[2])
    assert asker.refused("GET", path) == (404, "notFound")
    assert [row["id"] for row in google.subscriptions()] == [other]
    google.forget_subscription(subscription_id=other)
    assert google.subscriptions() == []


def test_a_reset_forgets_all_but_the_demos_reseller(asker: Asker, google: Google) -> None:
    asker.customer()
    google.reset()
    assert google.counts() == {"customers": 0, "users": 0, "subscriptions": 0}
    registered(google)
    assert asker.sign_in().ok
