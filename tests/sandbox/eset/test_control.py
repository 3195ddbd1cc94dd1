"""What its people may do beside the API."""

import requests

from sandbox.eset import Eset
from tests.sandbox.eset.asking import Asker


def test_verbs_are_known_over_http(msp: Asker) -> None:
    address = f"{msp.base_url}/sandbox/control"
    assert {"use", "billed", "move_customers"} <= set(requests.get(address, timeout=10).json()["verbs"])
    key = msp.order(msp.company())
    requests.post(address, json={"do": "use", "units": 4, "key": key}, timeout=10).raise_for_status()
    assert msp.detail(key)["usage"] == 4


def test_licences_are_removed_customers_go_and_sessions_end(msp: Asker, eset: Eset) -> None:
    first, second = msp.company("Acme"), msp.company("Beta")
    gone, stays = msp.order(first), msp.order(second)
    assert eset.remove_licences(key=gone) == 1
    assert msp.raw("License/Detail", {"publicLicenseKey": gone}).status_code == 404
    assert eset.move_customers() == 2
    assert eset.counts() == {"companies": 2, "licences": 1, "suspended": 0, "seats": 5}
    assert msp.raw("License/Detail", {"publicLicenseKey": stays}).status_code == 403
    eset.end_sessions()
    assert msp.raw("User/Current", method="GET").status_code == 401
    eset.reset()
    assert eset.counts()["companies"] == 0
    msp.sign_in()
