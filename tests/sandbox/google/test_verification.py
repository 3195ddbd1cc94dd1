"""The record that proves a domain: the same whenever it is asked for, and looked for when it is asked to be."""

from sandbox.google import Google
from tests.sandbox.google.asking import DOMAIN, RESELLER, Asker

ROOT = "/siteVerification/v1"
SITE = {"site": {"type": "INET_DOMAIN", "identifier": DOMAIN}}


def test_a_record_is_told_and_found_once_it_is_there(asker: Asker, google: Google) -> None:
    asker.customer()
    told = asker.told("POST", f"{ROOT}/token", {**SITE, "verificationMethod": "DNS_TXT"})
    assert told["method"] == "DNS_TXT"
    assert told["token"].startswith("google-site-verification=")
    assert asker.told("POST", f"{ROOT}/token", {**SITE, "verificationMethod": "DNS_TXT"}) == told
    body = {**SITE, "owners": [f"admin@{DOMAIN}"]}
    insert = f"{ROOT}/webResource"
    assert asker.refused("POST", insert, body, verificationMethod="DNS_TXT") == (400, "badRequest")
    google.place_record(domain=DOMAIN)
    google.behave(record_is_seen=False)
    assert asker.refused("POST", insert, body, verificationMethod="DNS_TXT") == (400, "badRequest")
    google.behave(record_is_seen=True)
    site = asker.told("POST", insert, body, verificationMethod="DNS_TXT")
    assert (site["site"], site["owners"]) == (SITE["site"], body["owners"])
    assert asker.told("GET", insert)["items"] == [site]
    assert asker.told("GET", f"{insert}/{site['id']}") == site
    assert asker.told("GET", f"{RESELLER}/customers/{DOMAIN}")["customerDomainVerified"] is True


def test_a_cname_is_a_name_and_a_target_and_other_ways_are_refused(asker: Asker) -> None:
    told = asker.told("POST", f"{ROOT}/token", {**SITE, "verificationMethod": "DNS_CNAME"})
    assert len(told["token"].split(" ")) == 2
    assert asker.refused("POST", f"{ROOT}/token", {**SITE, "verificationMethod": "META"}) == (400, "invalid")
    other = {"site": {"type": "SITE", "identifier": DOMAIN}, "verificationMethod": "DNS_TXT"}
    assert asker.refused("POST", f"{ROOT}/token", other) == (400, "invalid")
    assert asker.refused("GET", f"{ROOT}/webResource/dns%3A%2F%2Fnobody.example") == (404, "notFound")
