"""Orders of certificates, as the published pages tell them."""

from typing import Any

import pytest

from sandbox.opensrs import OpenSRS
from tests.sandbox.opensrs.asking import APPROVER, CONTACT, DOMAIN, Asker, csr_for


def test_a_request_is_parsed(asker: Asker) -> None:
    told = asker.told("parse_csr", csr=csr_for(), product_type="positivessl")["csr_data"]
    assert (told["domain"], told["organization"], told["country"], told["locality"]) == (DOMAIN, "Acme", "US", "")
    assert (told["valid_true_domain"], told["has_bad_extensions"]) == ("1", "0")
    assert asker.refused("parse_csr", csr=csr_for(kind="rsa1024"), product_type="positivessl") == "465"
    assert asker.refused("parse_csr", csr=csr_for(), product_type="comodo_positivessl") == "465"


def test_five_names_at_each_domain_may_approve(asker: Asker) -> None:
    told = asker.told("query_approver_list", domain=DOMAIN, product_type="positivessl")["approver_list"]
    assert len(told) == 10
    assert told[0] == {"domain": DOMAIN, "email": APPROVER, "type": "MANUAL"}
    assert told[-1]["email"] == "webmaster@example.com"
    assert asker.refused("query_approver_list", domain=DOMAIN, product_type="trustwave_dv") == "465"


def test_an_order_waits_for_its_approver_and_becomes_a_certificate(asker: Asker, opensrs: OpenSRS) -> None:
    placed = asker.told("SW_REGISTER", **asker.order(comments="ours:1"))
    number = placed["order_id"]
    assert placed == {"order_id": number, "domain": DOMAIN, "state": "awaiting-approval"}
    assert [mail["to"] for mail in opensrs.mails()] == [APPROVER]
    info = asker.told("get_order_info", order_id=number)
    assert (info["state"], info["reg_type"], info["approver_email"]) == ("awaiting-approval", "new", APPROVER)
    assert info["csr"] == csr_for().strip()
    assert "product_id" not in info
    assert asker.told("resend_approve_email", order_id=number) == {"order_id": number}
    assert len(opensrs.mails()) == 2
    opensrs.approve(order_id=number)
    states = [asker.told("get_order_info", order_id=number)["state"] for _read in range(2)]
    assert states == ["in-progress", "completed"]
    assert "product_id" in asker.told("get_order_info", order_id=number)
    assert asker.refused("resend_approve_email", order_id=number) == "465"


def test_an_order_that_was_saved_is_processed_or_cancelled(asker: Asker) -> None:
    saved = asker.told("sw_register", **asker.order(handle="save"))
    assert saved["state"] == "pending"
    assert asker.told("process_pending", order_id=saved["order_id"])["state"] == "awaiting-approval"
    again = asker.told("sw_register", **asker.order(handle="save"))["order_id"]
    assert asker.told("process_pending", order_id=again, command="cancel")["state"] == "cancelled"
    assert asker.refused("process_pending", order_id=again) == "465"


def test_what_waits_is_cancelled_and_what_is_issued_is_not(asker: Asker) -> None:
    number = asker.told("sw_register", **asker.order())["order_id"]
    assert asker.told("cancel_order", order_id=number) == {"order_id": number, "domain": DOMAIN, "state": "declined"}
    assert asker.refused("cancel_order", order_id=number) == "465"
    assert asker.refused("cancel_order", order_id=asker.issued()["order_id"]) == "465"
    assert asker.refused("cancel_order", order_id="1") == "480"


def test_an_order_that_waits_gets_another_approver(asker: Asker, opensrs: OpenSRS) -> None:
    number = asker.told("sw_register", **asker.order())["order_id"]
    asker.told("update_order", order_id=number, approver_email=f"postmaster@{DOMAIN}")
    assert [mail["to"] for mail in opensrs.mails()] == [APPROVER, f"postmaster@{DOMAIN}"]
    assert asker.refused("update_order", order_id=number, approver_email="me@elsewhere.example") == "465"
    asker.told("cancel_order", order_id=number)
    assert asker.refused("update_order", order_id=number, comments="x") == "435"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"csr": None}, "460"),
        ({"contact_set": None}, "460"),
        ({"reg_type": "transfer"}, "465"),
        ({"csr": csr_for("other.example.com")}, "465"),
        ({"period": "9"}, "465"),
        ({"server_type": "zeusv3"}, "465"),
        ({"product_type": "essentialssl_wildcard"}, "465"),
        ({"approver_email": "me@elsewhere.example"}, "465"),
        ({"approver_email": None}, "465"),
        ({"contact_set": {"admin": CONTACT}}, "420"),
        ({"contact_set": {"organization": {**CONTACT, "city": ""}}}, "420"),
        ({"contact_set": {"organization": {**CONTACT, "phone": "4255550101"}}}, "420"),
    ],
)
def test_what_an_order_lacks_is_refused_and_nothing_kept(
    asker: Asker, opensrs: OpenSRS, changes: dict[str, Any], code: str
) -> None:
    assert asker.refused("sw_register", **asker.order(**changes)) == code
    assert opensrs.counts() == {"orders": 0, "products": 0}


def test_what_people_vet_waits_for_the_authority(asker: Asker, opensrs: OpenSRS) -> None:
    contacts = {"organization": CONTACT}
    placed = asker.told(
        "sw_register", **asker.order(product_type="comodo_instantssl", approver_email=None, contact_set=contacts)
    )
    assert placed["state"] == "in-progress"
    for _read in range(3):
        info = asker.told("get_order_info", order_id=placed["order_id"])
        assert info["state"] == "in-progress"
        assert "approver_email" not in info
    opensrs.approve(order_id=placed["order_id"])
    asker.told("get_order_info", order_id=placed["order_id"])
    assert asker.told("get_order_info", order_id=placed["order_id"])["state"] == "completed"
