"""Plans: trials that end, terms that are renewed in six ways, and changes that lead one way only."""

import pytest

from sandbox.google import Google
from tests.sandbox.google.asking import DOMAIN, STARTER, Asker


def later(asker: Asker, google: Google, days: float) -> None:
    """Let days pass; the token runs out meanwhile."""
    google.advance(days=days)
    asker.token = asker.sign_in().json()["access_token"]


def test_a_trial_ends_suspended_where_no_plan_is_assigned(asker: Asker, google: Google) -> None:
    path, _customer = asker.active("TRIAL", 10)
    assert asker.told("GET", path)["trialSettings"]["isInTrial"] is True
    later(asker, google, 31)
    assert asker.told("GET", path)["suspensionReasons"] == ["TRIAL_ENDED"]


def test_a_plan_is_assigned_in_a_trial_and_starts_with_its_end_or_at_once(asker: Asker, google: Google) -> None:
    path, _customer = asker.active("TRIAL", 5)
    assert asker.refused("POST", f"{path}/startPaidService") == (412, "conditionNotMet")
    body = {"planName": "FLEXIBLE", "seats": {"maximumNumberOfSeats": 8}, "purchaseOrderId": "order:2"}
    assert asker.told("POST", f"{path}/changePlan", body)["trialSettings"]["isInTrial"] is True
    later(asker, google, 31)
    told = asker.told("GET", path)
    assert (told["status"], told["plan"]["planName"], told["seats"]["maximumNumberOfSeats"]) == (
        "ACTIVE",
        "FLEXIBLE",
        8,
    )
    assert told["purchaseOrderId"] == "order:2"


def test_paid_service_starts_at_once(asker: Asker) -> None:
    path, _customer = asker.active("TRIAL", 5)
    asker.told("POST", f"{path}/changePlan", {"planName": "ANNUAL_YEARLY_PAY", "seats": {"numberOfSeats": 12}})
    told = asker.told("POST", f"{path}/startPaidService")
    assert (told["plan"]["planName"], told["seats"]["numberOfSeats"]) == ("ANNUAL_YEARLY_PAY", 12)


def test_plans_lead_one_way(asker: Asker, google: Google) -> None:
    path, _customer = asker.active(seats=5)
    google.use(domain=DOMAIN, sku=STARTER, users=3)
    change = f"{path}/changePlan"
    assert asker.refused("POST", change, {"planName": "TRIAL", "seats": {"maximumNumberOfSeats": 5}})[0] == 412
    annual = {"planName": "ANNUAL_MONTHLY_PAY", "seats": {"numberOfSeats": 2}}
    assert asker.refused("POST", change, annual) == (400, "invalid"), "three are in use"
    asker.told("POST", change, {**annual, "seats": {"numberOfSeats": 3}})
    back = {"planName": "FLEXIBLE", "seats": {"maximumNumberOfSeats": 3}}
    assert asker.refused("POST", change, back) == (412, "conditionNotMet")


def test_ids_may_change_with_a_plan(asker: Asker, google: Google) -> None:
    google.behave(changes_ids=True)
    path, _customer = asker.active()
    told = asker.told("POST", f"{path}/changePlan", {"planName": "ANNUAL_YEARLY_PAY", "seats": {"numberOfSeats": 5}})
    assert told["subscriptionId"] != path.rpartition("/")[2]
    assert asker.refused("GET", path) == (404, "notFound")


@pytest.mark.parametrize(
    ("renewal", "plan", "seats", "reasons"),
    [
        ("AUTO_RENEW_YEARLY_PAY", "ANNUAL_YEARLY_PAY", 5, None),
        ("AUTO_RENEW_MONTHLY_PAY", "ANNUAL", 5, None),
        ("RENEW_CURRENT_USERS_MONTHLY_PAY", "ANNUAL", 2, None),
        ("RENEW_CURRENT_USERS_YEARLY_PAY", "ANNUAL_YEARLY_PAY", 2, None),
        ("SWITCH_TO_PAY_AS_YOU_GO", "FLEXIBLE", 5, None),
        ("CANCEL", "ANNUAL_YEARLY_PAY", 5, ["RENEWAL_WITH_TYPE_CANCEL"]),
    ],
)
def test_what_comes_after_a_year(
    asker: Asker, google: Google, renewal: str, plan: str, seats: int, reasons: list[str] | None
) -> None:
    path, _customer = asker.active("ANNUAL_YEARLY_PAY", 5, renewalSettings={"renewalType": renewal})
    google.use(domain=DOMAIN, sku=STARTER, users=2)
    later(asker, google, 366)
    told = asker.told("GET", path)
    assert told["plan"]["planName"] == plan
    assert seats in (told["seats"].get("numberOfSeats"), told["seats"].get("maximumNumberOfSeats"))
    assert told.get("suspensionReasons") == reasons
