"""The approver's mails as a page."""

import requests

from sandbox.opensrs import OpenSRS
from tests.sandbox.opensrs.asking import APPROVER, DOMAIN, Asker


def test_a_press_of_the_button_approves(asker: Asker, opensrs: OpenSRS) -> None:
    page = f"{asker.base_url}/mails"
    assert "No mail waits" in requests.get(page, timeout=5).text
    number = asker.told("sw_register", **asker.order())["order_id"]
    shown = requests.get(page, timeout=5).text
    assert APPROVER in shown
    assert DOMAIN in shown
    assert "No mail waits" in requests.post(page, data={"order_id": number}, timeout=5).text
    assert opensrs.orders()[0]["vetted"]
