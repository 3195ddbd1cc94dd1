"""The switchboard, in the process and over HTTP."""

import pytest
import requests

from sandbox.kaspersky import Kaspersky
from sandbox.kaspersky.tls import PARTNER_FINGERPRINT
from tests.sandbox.kaspersky.asking import Asker


def test_over_http_and_in_the_process_it_is_the_same(asker: Asker, kaspersky: Kaspersky) -> None:
    made = asker.made()["SubscriptionId"]
    control = f"{asker.base_url}/sandbox/control"
    assert requests.get(control, timeout=5).json()["counts"] == {"subscriptions": 1, "running": 1}
    order = {"do": "forget_subscription", "subscription_id": made}
    assert requests.post(control, json=order, timeout=5).json() == {"result": None}
    assert kaspersky.subscriptions() == []
    with pytest.raises(ValueError, match="there is no subscription"):
        kaspersky.forget_subscription(subscription_id=made)
    kaspersky.forget_partner(fingerprint=PARTNER_FINGERPRINT)
    assert asker.refused("create")[0] == 403
    kaspersky.reset()
    asker.made()
    assert kaspersky.changing_calls() == 1
