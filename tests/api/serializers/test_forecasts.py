"""What the record of a forecast says of an account, and of a reseller."""

from accounts.actors import actor_of
from api.serializers.forecasts import ACCOUNT_FORECAST, MARGIN_FORECAST, AccountForecast, ResellerForecast
from subscriptions.told.forecast import forecast_of
from subscriptions.told.margin_forecast import margin_forecast
from tests.api.conftest import ORDERED, World
from tests.factories import accounts as people
from tests.factories.billing import top_up


def test_an_account_of_five_seats_that_falls_short(world: World) -> None:
    """19.35 of August are paid, 50.00 a month from 1 September; 60.00 are there beyond that."""
    account = world.accounts["north"]
    top_up(account=account, amount="60", today=ORDERED)
    record = ACCOUNT_FORECAST.record(AccountForecast.of(forecast_of(account, ORDERED)))
    said = record["attributes"]
    assert (record["id"], said["account_id"], said["currency"]) == (str(account.pk), account.pk, "USD")
    assert (said["from"], said["until"]) == ("2018-08-20", "2019-08-31")
    subscription = world.charges["north"].subscription_id
    assert (said["short_on"], said["short_amount"], said["short_subscription_id"]) == (
        "2018-10-01", "40.00", subscription,
    )  # fmt: skip
    september, october = said["months"][1:3]
    assert (september["month"], september["charged"], september["unpaid_charged"]) == ("2018-09-01", "19.35", "19.35")
    assert (october["charged"], october["top_up"], october["unpaid_balance"]) == ("50.00", "40.00", "10.00")
    assert [one["top_up_in_all"] for one in said["needs"]][:3] == ["0.00", "40.00", "90.00"]
    assert said["events"] == [
        {"day": "2018-10-01", "subscription_id": subscription, "what": "short", "if_paid": False, "if_unpaid": True}
    ]
    assert (said["bills"], said["not_counted_subscription_ids"]) == ([], [])


def test_enough_for_all_months_is_null(world: World) -> None:
    account = world.accounts["north"]
    top_up(account=account, amount="10000", today=ORDERED)
    said = ACCOUNT_FORECAST.record(AccountForecast.of(forecast_of(account, ORDERED)))["attributes"]
    assert [said[f"short_{name}"] for name in ("on", "amount", "subscription_id")] == [None] * 3


def test_a_resellers_months_in_each_currency(world: World) -> None:
    found = margin_forecast(actor_of(people.manager(reseller=world.north)), ORDERED)
    assert found is not None
    record = MARGIN_FORECAST.record(ResellerForecast(world.north.pk, found))
    assert (record["id"], record["attributes"]["not_counted_subscriptions"]) == (str(world.north.pk), 0)
    [dollars] = record["attributes"]["currencies"]
    assert (dollars["currency"], dollars["used_last_month"], len(dollars["months"])) == ("USD", "0.00", 13)
    assert dollars["months"][1:3] == [
        {"month": "2018-09-01", "charged": "19.35", "from_below": "0.00", "owed": "0.00", "margin": "19.35"},
        {"month": "2018-10-01", "charged": "50.00", "from_below": "0.00", "owed": "0.00", "margin": "50.00"},
    ]
