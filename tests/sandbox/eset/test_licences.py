"""Licences: each call with the refusals that ESET's table names for it."""

from sandbox.eset import Eset
from tests.sandbox.eset.asking import NOD32, SERVER, Asker


def test_a_product_is_ordered_once_for_a_customer(msp: Asker) -> None:
    company = msp.company()
    key = msp.order(company)
    told = msp.detail(key)
    assert (told["quantity"], told["usage"], told["state"], told["trial"]) == (5, 0, 1, False)
    assert (told["customerId"], told["productCode"]) == (company, NOD32)
    body = {"customerId": company, "productCode": NOD32, "quantity": 5, "licenseType": 1}
    assert msp.refusal("License/Order", **body) == (8, 20)
    assert msp.order(company, product=SERVER) != key
    assert msp.raw("License/Order", {**body, "customerId": "nobody"}).status_code == 404


def test_what_is_no_order_is_refused_by_its_number(msp: Asker, eset: Eset) -> None:
    body = {"customerId": msp.company(), "productCode": NOD32, "quantity": 5, "licenseType": 1}
    assert msp.refusal("License/Order", **{**body, "productCode": "999"}) == (8, 27)
    assert msp.refusal("License/Order", **{**body, "licenseType": 2}) == (8, 17)
    assert msp.refusal("License/Order", **{**body, "quantity": 0}) == (8, 18)
    assert msp.refusal("License/Order", **{**body, "quantity": 10_001}) == (8, 30)
    eset.behave(trials_allowed=False, terms_accepted=False)
    assert msp.refusal("License/Order", **{**body, "licenseType": 4}) == (8, 32)
    assert msp.refusal("License/Order", **body) == (8, 40)


def test_a_quantity_goes_up_and_down_and_the_same_again_is_48(msp: Asker) -> None:
    key = msp.order(msp.company())
    for units in (8, 3):
        assert msp.ask("License/UpdateQuantity", publicLicenseKey=key, quantity=units) == {}
        assert msp.refusal("License/UpdateQuantity", publicLicenseKey=key, quantity=units) == (8, 48)
    assert [line["RequestedUnits"] for line in _history(msp, key)] == [5, 8, 3]
    msp.ask("License/Suspend", publicLicenseKey=key)
    assert msp.refusal("License/UpdateQuantity", publicLicenseKey=key, quantity=9) == (8, 23)


def test_once_a_day_may_be_demanded_by_the_vendors_own_clock(msp: Asker, eset: Eset) -> None:
    eset.set_clock(at="2026-11-29T12:00:00", stopped=True)
    msp.sign_in()
    eset.behave(once_a_day=True)
    key = msp.order(msp.company())
    msp.ask("License/UpdateQuantity", publicLicenseKey=key, quantity=8)
    assert msp.refusal("License/UpdateQuantity", publicLicenseKey=key, quantity=9) == (8, 30)
    eset.set_clock(at="2026-11-29T23:00:00", stopped=True)  # midnight in Bratislava
    msp.sign_in()
    msp.ask("License/UpdateQuantity", publicLicenseKey=key, quantity=9)


def test_suspended_once_and_let_run_again_once(msp: Asker) -> None:
    key = msp.order(msp.company())
    assert msp.refusal("License/Unsuspend", publicLicenseKey=key) == (8, 22)
    msp.ask("License/Suspend", publicLicenseKey=key)
    assert (msp.detail(key)["state"], msp.refusal("License/Suspend", publicLicenseKey=key)) == (3, (8, 21))
    msp.ask("License/Unsuspend", publicLicenseKey=key)
    assert msp.detail(key)["state"] == 1
    assert msp.raw("License/Suspend", {"publicLicenseKey": "NOB-ODY-HAS"}).status_code == 404


def test_states_follow_what_computers_have_activated(msp: Asker, eset: Eset) -> None:
    key = msp.order(msp.company(), 10)
    for used, state in ((0, 1), (9, 4), (10, 4), (11, 0)):
        eset.use(units=used, key=key)
        assert (msp.detail(key)["usage"], msp.detail(key)["state"]) == (used, state)


def test_a_trial_is_extended_twice_converted_under_another_key_or_runs_out(msp: Asker, eset: Eset) -> None:
    company = msp.company()
    key = msp.order(company, kind=4)
    assert msp.detail(key)["trial"] is True
    msp.ask("License/ExtendTrial", publicLicenseKey=key)
    msp.ask("License/ExtendTrial", publicLicenseKey=key)
    assert msp.refusal("License/ExtendTrial", publicLicenseKey=key) == (8, 31)
    full = msp.ask("License/ConvertToFull", publicLicenseKey=key, quantity=7)["publicLicenseKey"]
    assert full != key
    assert msp.raw("License/Detail", {"publicLicenseKey": key}).status_code == 404
    assert (msp.detail(full)["trial"], msp.detail(full)["quantity"]) == (False, 7)
    assert [line["Type"] for line in _history(msp, full)] == [4, 3, 3, 2, 8]
    for call in ("ExtendTrial", "Remove"):
        assert msp.refusal(f"License/{call}", publicLicenseKey=full) == (8, 24)
    assert msp.refusal("License/ConvertToFull", publicLicenseKey=full, quantity=7) == (8, 19)
    other = msp.order(company, product=SERVER, kind=4)
    eset.advance(days=31)
    msp.sign_in()
    assert msp.detail(other)["state"] == 2
    assert msp.refusal("License/UpdateQuantity", publicLicenseKey=other, quantity=9) == (8, 37)
    assert msp.refusal("License/ExtendTrial", publicLicenseKey=other) == (8, 37)
    assert msp.refusal("License/Suspend", publicLicenseKey=other) == (8, 23)
    msp.ask("License/Remove", publicLicenseKey=other)
    assert eset.counts()["licences"] == 1


def test_another_product_is_made_of_a_full_licence_that_runs(msp: Asker, eset: Eset) -> None:
    company = msp.company()
    key, trial = msp.order(company), msp.order(company, product=SERVER, kind=4)
    change = {"newProductCode": "120", "quantity": 6}
    assert msp.refusal("License/ChangeProduct", publicLicenseKey=trial, **change) == (8, 45)
    msp.ask("License/ChangeProduct", publicLicenseKey=key, **change)
    assert (msp.detail(key)["productCode"], msp.detail(key)["quantity"]) == ("120", 6)
    assert msp.refusal("License/ChangeProduct", publicLicenseKey=key, **{**change, "newProductCode": "1"}) == (8, 45)


def test_search_finds_by_product_key_and_customer(msp: Asker, eset: Eset) -> None:
    first, second = msp.company("Acme"), msp.company("Beta")
    keys = [msp.order(first), msp.order(second), msp.order(second, product=SERVER)]

    def found(keyword: str, customer: str = "") -> list[str]:
        rows = msp.ask("Search/Licenses", keyword=keyword, customerId=customer, skip=0, take=100)["search"]
        return [row["publicLicenseKey"] for row in rows]

    assert found("") == keys
    assert (found("nod32"), found(SERVER, second), found(keys[0].lower())) == (keys[:2], keys[2:], keys[:1])
    eset.move_customers(company=second)
    assert found("") == keys[:1]
    answer = msp.raw("Search/Licenses", {"keyword": "", "customerId": second, "skip": 0, "take": 1})
    assert (answer.status_code, msp.raw("License/Detail", {"publicLicenseKey": keys[1]}).status_code) == (403, 403)


def _history(msp: Asker, key: str) -> list[dict[str, int]]:
    rows: list[dict[str, int]] = msp.ask("License/GetHistory", publicLicenseKey=key, skip=0, take=100)["history"]
    return rows
