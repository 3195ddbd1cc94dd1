"""The partner's profiles and invoices."""

from sandbox.microsoft.world import PARTNER_NAME, PARTNER_TENANT
from tests.sandbox.microsoft.asking import Asker


def test_profiles_name_the_partner(partner: Asker) -> None:
    legal = partner.get("/profiles/legalbusiness?vettingVersion=Current").json
    assert (legal["companyName"], legal["vettingStatus"]) == (PARTNER_NAME, "authorized")
    organization = partner.get("/profiles/organization").json
    assert (organization["tenantId"], organization["companyName"]) == (PARTNER_TENANT, PARTNER_NAME)


def test_mpn_profile_is_the_partners_own_or_anothers(partner: Asker) -> None:
    assert partner.get("/profiles/mpn").json["mpnId"] == "4391507"
    assert partner.get("/profiles/mpn?mpnId=4847383").json["mpnId"] == "4847383"
    assert partner.get("/profiles/mpn?mpnId=9999999").refused == (404, 3000)


def test_there_are_no_invoices(partner: Asker) -> None:
    listed = partner.get("/invoices?size=200&offset=0").json
    assert (listed["totalCount"], listed["items"]) == (0, [])
    assert partner.get("/invoices/D1").refused == (404, 1000)
