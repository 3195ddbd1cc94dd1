"""Certificates: what is told of them, and their renewal."""

from datetime import UTC, datetime, timedelta

from cryptography import x509

from sandbox.opensrs import OpenSRS
from tests.sandbox.opensrs.asking import DOMAIN, Asker

EVER = {"min_expiry_date": "2000-01-01", "max_expiry_date": "2090-01-01"}


def test_a_certificate_is_told_listed_and_handed_out(asker: Asker, opensrs: OpenSRS) -> None:
    order = asker.issued()
    product = order["product_id"]
    told = asker.told("get_product_info", product_id=product)
    assert (told["state"], told["domain"], told["is_renewable"]) == ("active", DOMAIN, "0")
    assert told["expiry_date"].endswith("-05:00")
    whole = asker.told("get_product_info", product_id=product, all_info="1")
    assert whole["csr_data"]["domain"] == DOMAIN
    assert asker.told("get_products", **EVER)["product_list"] == [told]
    assert asker.told("get_products", **EVER | {"state": "expired"})["product_list"] == []
    for named in ({"product_id": product}, {"order_id": order["order_id"]}):
        assert set(asker.told("get_cert", **named)["cert_data"]) == {"certificate"}
    data = asker.told("get_cert", product_id=product, return_ca_certs="1")["cert_data"]
    leaf = x509.load_pem_x509_certificate(data["certificate"].encode())
    leaf.verify_directly_issued_by(x509.load_pem_x509_certificate(data["ca_certs"][0]["certificate"].encode()))
    asker.told("resend_cert_email", order_id=order["order_id"])
    assert opensrs.mails()[-1]["to"] == "tania@acme.example"


def test_what_is_not_there_yet_is_refused(asker: Asker) -> None:
    number = asker.told("sw_register", **asker.order())["order_id"]
    assert asker.refused("get_cert", order_id=number) == "480"
    assert asker.refused("get_product_info", product_id="1") == "480"
    assert asker.refused("get_product_info") == "460"
    assert asker.refused("resend_cert_email", order_id=number) == "465"
    assert asker.refused("get_products", min_expiry_date="soon", max_expiry_date="2090-01-01") == "465"


def test_a_renewal_is_another_order_within_its_days_and_keeps_what_is_left(asker: Asker, opensrs: OpenSRS) -> None:
    first = asker.issued()
    renewal = asker.order(reg_type="renew", order_id=first["order_id"])
    assert asker.refused("sw_register", **renewal) == "465", "more than 60 days before its end"
    opensrs.advance(days=330)
    assert asker.told("get_product_info", product_id=first["product_id"])["is_renewable"] == "1"
    ends = datetime.fromtimestamp(opensrs.certificates()[0]["end"], UTC)
    second = asker.told("sw_register", **renewal)["order_id"]
    assert second != first["order_id"]
    assert asker.told("get_product_info", product_id=first["product_id"])["state"] == "renewing"
    assert asker.refused("sw_register", **renewal) == "555"
    asker.told("cancel_order", order_id=second)
    third = asker.issued(reg_type="renew", product_id=first["product_id"])
    assert third["reg_type"] == "renewal"
    assert asker.told("get_product_info", product_id=first["product_id"])["state"] == "renewed"
    after = datetime.fromtimestamp(opensrs.certificates()[-1]["end"], UTC)
    assert timedelta(days=364) < after - ends < timedelta(days=366)


def test_a_certificate_runs_out_and_may_be_renewed_for_a_fortnight(asker: Asker, opensrs: OpenSRS) -> None:
    first = asker.issued()
    opensrs.advance(days=366)
    assert asker.told("get_product_info", product_id=first["product_id"])["state"] == "expired"
    renewal = asker.order(reg_type="renew", product_id=first["product_id"])
    assert asker.refused("sw_register", **{**renewal, "product_type": "essentialssl"}) == "465"
    opensrs.advance(days=20)
    assert asker.refused("sw_register", **renewal) == "465"
