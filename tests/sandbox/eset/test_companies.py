"""Companies: made under names that no sibling has, listed by pages, changed member by member."""

from sandbox.eset import Eset
from sandbox.eset.world import ROOT
from tests.sandbox.eset.asking import ADDRESS, Asker


def test_a_customer_is_made_found_and_listed(msp: Asker, eset: Eset) -> None:
    assert msp.raw("User/Current", method="GET").json()["company"]["companyId"] == ROOT
    first, second = msp.company("Acme"), msp.company("Beta")
    page = msp.ask("Company/Children", companyId=ROOT, skip=1, take=1)
    assert page == {"companies": [{"publicId": second, "name": "Beta"}], "paging": {"totalCount": 2}}
    assert msp.ask("Search/Companies", keyword="acm", skip=0, take=10)["search"][0]["publicId"] == first
    again = msp.raw("Company/Create/customer", {"name": "acme", "email": "a@b.example", "address": ADDRESS})
    assert again.json() == {"name": ["The input was not valid."]}
    assert eset.counts()["companies"] == 2


def test_lists_may_be_behind_while_a_name_is_taken_at_once(msp: Asker, eset: Eset) -> None:
    eset.behave(list_lag_seconds=60)
    msp.company("Acme")
    assert msp.ask("Company/Children", companyId=ROOT, skip=0, take=10)["companies"] == []
    answer = msp.raw("Company/Create/customer", {"name": "Acme", "email": "a@b.example", "address": ADDRESS})
    assert answer.status_code == 400
    eset.advance(seconds=61)
    msp.sign_in()
    assert len(msp.ask("Company/Children", companyId=ROOT, skip=0, take=10)["companies"]) == 1


def test_the_whole_address_is_asked_for(msp: Asker) -> None:
    body = {"name": "Acme", "email": "a@b.example"}
    assert msp.raw("Company/Create/customer", body).json() == {"address": ["The input was not valid."]}
    short = {**body, "address": {"city": "Prague", "state": "Prague"}}
    assert set(msp.raw("Company/Create/customer", short).json()) == {"address.streetAddress", "address.zipCode"}


def test_absent_members_stay_and_empty_ones_are_erased(msp: Asker) -> None:
    company = msp.company()
    msp.ask("Company/Update/customer", companyId=company, comment="ours", tagsToAdd=["vip"], address=ADDRESS)
    msp.ask("Company/Update/customer", companyId=company, vatId="CZ1", tagsToRemove=["vip"])
    told = msp.ask("Company/Detail", companyId=company)
    assert (told["comment"], told["vatId"], told["name"]) == ("ours", "CZ1", "Acme")
    msp.ask("Company/Update/customer", companyId=company, comment="")
    assert msp.ask("Company/Detail", companyId=company)["comment"] == ""


def test_suspending_a_customer_suspends_its_licences(msp: Asker) -> None:
    company = msp.company()
    key = msp.order(company)
    operation = msp.ask("Company/Suspend", companyId=company)["operationId"]
    assert msp.raw(f"Operation/{operation}", method="GET").json()["state"] == "Finished"
    assert msp.detail(key)["state"] == 3
    msp.ask("Company/Unsuspend", companyId=company)
    assert msp.detail(key)["state"] == 1
    assert msp.raw("Operation/none", method="GET").status_code == 404


def test_nobody_and_anothers_are_told_apart(msp: Asker, eset: Eset) -> None:
    company = msp.company()
    assert msp.raw("Company/Detail", {"companyId": "nobody"}).status_code == 404
    assert msp.raw("Company/Detail", {"companyId": ROOT}).status_code == 404
    eset.move_customers(company=company)
    assert msp.raw("Company/Detail", {"companyId": company}).status_code == 403
