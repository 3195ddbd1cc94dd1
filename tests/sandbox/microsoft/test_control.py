"""The control endpoint."""

from sandbox.microsoft import Microsoft
from sandbox.microsoft.control import VERBS
from tests.sandbox.microsoft.asking import Asker, agreement_body, customer_body


def test_get_shows_what_there_is(partner: Asker) -> None:
    partner.new_customer()
    state = partner.http.get(f"{partner.base_url}/sandbox/control").json()
    assert state["counts"] == {"customers": 1, "agreements": 1, "orders": 0, "subscriptions": 0, "users": 0}
    assert sorted(state["verbs"]) == sorted(VERBS)
    assert state["switches"] == state["switches_by_default"]
    last = state["requests"][-1]
    assert (last["method"], last["path"].rsplit("/", 1)[1], last["status"]) == ("POST", "agreements", 201)


def test_verbs_work_over_http(partner: Asker) -> None:
    number = partner.control(do="fail", kind="throttle", path="/profiles/", seconds=1).json["result"]["number"]
    assert partner.http.get(f"{partner.base_url}/sandbox/control").json()["faults"][0]["number"] == number
    assert partner.get("/profiles/mpn").status == 429
    assert partner.control(do="behave", address_contract="2019").json["result"]["address_contract"] == "2019"
    token = partner.control(do="grant_consent").json["result"]["refresh_token"]
    partner.control(do="revoke_consent")
    assert partner.refresh(token).json["error_codes"] == [50173]
    partner.control(do="register_app", client_id="app-2", secret="s")
    partner.control(do="expire_consent")
    assert partner.get("/profiles/mpn").status == 401


def test_sandbox_may_behave_as_microsoft_does_today(partner: Asker, microsoft: Microsoft) -> None:
    customer = partner.new_customer()
    partner.control(do="live_today")
    assert partner.get("/offers?country=US").json["items"] == []
    assert partner.order(customer).refused == (403, 13605)
    assert partner.post(f"/customers/{customer}/agreements", agreement_body()).refused == (400, 900141)
    partner.control(do="accept_agreement", domain="acme.onmicrosoft.com")
    assert partner.order(customer).refused == (403, 2091)
    assert partner.buy(customer, ("CFQ7TTC0LF8R", "0001"))["quantity"] == 5


def test_subscription_is_altered_behind_the_partners_back(partner: Asker) -> None:
    customer = partner.new_customer()
    bought = partner.buy(customer, ("CFQ7TTC0LF8R", "0001"))
    altered = {"quantity": 9, "status": "suspended", "auto_renew": False, "ends": "2040-01-01"}
    assert partner.control(do="alter_subscription", subscription_id=bought["id"], **altered).status == 200
    read = partner.read(customer, bought)
    assert (read["quantity"], read["status"], read["autoRenewEnabled"]) == (9, "suspended", False)
    assert read["commitmentEndDate"] == "2039-12-31T00:00:00Z"
    assert read["attributes"]["etag"] != bought["attributes"]["etag"]
    for order in ({"subscription_id": "none"}, {"subscription_id": bought["id"], "mood": 1}):
        assert partner.control(do="alter_subscription", **order).status == 400


def test_bad_orders_are_refused_with_a_sentence(partner: Asker) -> None:
    orders = [{}, {"do": "_world"}, {"do": "fail"}, {"do": "fail", "kind": "flood"}, {"do": "behave", "mood": 1}]
    orders.append({"do": "behave", "token_error": 1})
    answers = [partner.control(**order) for order in orders]
    assert [answer.status for answer in answers] == [400] * 6
    assert answers[0].json["error"].startswith('POST {"do": verb, ...} with one of ')
    assert answers[5].json["error"].startswith("unknown AADSTS class 1;")


def test_requests_are_listed_with_id_and_body_but_no_token(partner: Asker, microsoft: Microsoft) -> None:
    partner.post("/customers", customer_body(), MS_RequestId="r-1")
    entry = microsoft.requests_seen(method="post", path="/CUSTOMERS")[0]
    assert entry["request_id"] == "r-1"
    assert entry["body"] == customer_body()
    assert "authorization" not in entry["headers"]
    assert partner.token not in str(microsoft.requests_seen())
    microsoft.forget_requests()
    assert microsoft.requests_seen() == []


def test_reset_begins_anew(partner: Asker, microsoft: Microsoft) -> None:
    partner.new_customer()
    microsoft.reset()
    assert microsoft.counts()["customers"] == 0
    assert partner.get("/profiles/mpn").status == 401
    assert partner.sign_in(microsoft).get("/profiles/mpn").status == 200
