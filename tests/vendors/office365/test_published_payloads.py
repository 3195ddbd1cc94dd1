"""The payloads that Microsoft (or its clients) published, replayed through the client with a byte-order mark.

From ../shared/samples/microsoft where that folder exists, and always from fixtures of our own in the same shapes.
"""

from pathlib import Path

import pytest

from tests.vendors.microsoft.replay import OWN, PUBLISHED, Exchange, answer_of, exchanges, replaying
from vendors.errors import ConsentNeeded, Rejected, Transient, VendorError
from vendors.microsoft.errors import sign_in_error
from vendors.microsoft.patience import Patience
from vendors.microsoft.subscriptions import has_status
from vendors.office365 import licences, ordering
from vendors.office365.ordering import Line

PLACES = [
    pytest.param(OWN, id="own"),
    pytest.param(
        PUBLISHED,
        id="published",
        marks=pytest.mark.skipif(not PUBLISHED.is_dir(), reason=f"{PUBLISHED} is not on this machine"),
    ),
]
EVERY = [
    pytest.param(exchange, id=f"{place.parent.name}-{name}")
    for place in (OWN, PUBLISHED)
    for name, exchange in exchanges(place).items()
    if not name.startswith("aad_")
]


@pytest.mark.parametrize("exchange", EVERY)
def test_payload_arrives_as_it_was_published(exchange: Exchange) -> None:
    status, body = exchange["response"]["status"], exchange["response"]["body"]
    with replaying(answer_of(exchange)) as (client, _replay):
        if status < 300:
            assert client.read("anything").body == body
        else:
            with pytest.raises(VendorError) as trouble:
                client.read("anything")
            assert trouble.value.code in (str(body.get("code")), "throttled")


@pytest.mark.parametrize("place", PLACES)
def test_errors_say_what_to_do(place: Path) -> None:
    found = {name: _error(exchange) for name, exchange in exchanges(place).items() if name.startswith("error_")}
    kinds = {name: Transient if isinstance(error, Transient) else Rejected for name, error in found.items()}
    assert all(isinstance(error, kinds[name]) for name, error in found.items())
    assert kinds == {name: Transient if "429" in name else Rejected for name in kinds}
    # Our own fixtures have no real headers: without a readable Retry-After, a minute is waited.
    assert found["error_429_throttled"].retry_after == (57 if place == PUBLISHED else 60)
    assert str(found["error_400_60012_no_licences"]) == "There are no licences left to assign."
    assert "&#39;" not in "".join(map(str, found.values()))


def test_published_address_error_gives_its_inner_reason() -> None:
    if not PUBLISHED.is_dir():
        pytest.skip(f"{PUBLISHED} is not on this machine")
    exchange = exchanges(PUBLISHED)["error_400_2007_address_invalid"]
    with replaying(answer_of(exchange)) as (client, _replay), pytest.raises(Rejected) as refusal:
        client.validate_address(exchange["request"]["body"])
    assert str(refusal.value) == (
        "Microsoft does not accept the account's address: ZipCityInvalid - Details: Field - 'City' is corrected from"
        " OldValue: 'Redmond' to NewValue: 'BELLEVUE'. Correct the address."
    )


@pytest.mark.parametrize("place", PLACES)
def test_sign_in_errors_ask_for_a_new_consent(place: Path) -> None:
    answers = [
        exchange["response"]["body"] for name, exchange in exchanges(place).items() if name.startswith("aad_err")
    ]
    errors = [sign_in_error(codes=body["error_codes"], error=body["error"]) for body in answers]
    assert {type(error) for error in errors} == {ConsentNeeded}
    assert all(
        any(error.code == f"AADSTS{code}" for code in body["error_codes"])
        for error, body in zip(errors, answers, strict=True)
    )


@pytest.mark.parametrize("place", PLACES)
def test_agreements_are_read(place: Path) -> None:
    metadata = exchanges(place)["agreements_metadata_200"]
    with replaying(answer_of(metadata)) as (client, _replay):
        template = client.newest_agreement_template("MicrosoftCloudAgreement")
        assert template == metadata["response"]["body"]["items"][0]["templateId"]
        with pytest.raises(Rejected):
            client.newest_agreement_template("MicrosoftCustomerAgreement")


@pytest.mark.parametrize("place", PLACES)
def test_customer_is_found_by_domain_whatever_its_case(place: Path) -> None:
    known = exchanges(place)
    search, full = known["customers_search_by_name_200"], known["customer_get_200"]
    domain = search["response"]["body"]["items"][0]["companyProfile"]["domain"]
    with replaying(answer_of(search), answer_of(full)) as (client, replay):
        customer = client.customer_with_domain(domain.upper())
        assert customer == full["response"]["body"]
        found = search["response"]["body"]["items"][0]["id"]
        assert replay.requests[-1].path == f"/v1/customers/{found}"
    with replaying(answer_of(search)) as (client, _replay):
        assert client.customer_with_domain("nobody.onmicrosoft.com") is None


@pytest.mark.parametrize("place", PLACES)
def test_order_lines_are_known_again_by_their_names(place: Path) -> None:
    exchange = exchanges(place)["orders_list_200"]
    every = [(order, row) for order in exchange["response"]["body"]["items"] for row in order["lineItems"]]
    # Our own names are unique because of their marks; of published ones that repeat, the first is looked for.
    rows = list({row["friendlyName"]: (order, row) for order, row in reversed(every)}.values())
    lines = [
        _Named(str(number), row["offerId"], row["quantity"], row["friendlyName"], "")
        for number, (_o, row) in enumerate(rows)
    ]
    with replaying(answer_of(exchange)) as (client, _replay):
        ids = ordering.find(client, "c", lines)
        assert ids is not None
        for number, (order, row) in enumerate(rows):
            assert ids[f"order_id.{number}"] == order["id"]
            assert ids.get(f"subscription_id.{number}") == row.get("subscriptionId")
        assert ordering.find(client, "c", [*lines, _Named("x", "o", 1, "never ordered", "")]) is None


@pytest.mark.parametrize("place", PLACES)
def test_subscriptions_and_their_provisioning_are_read(place: Path) -> None:
    known = exchanges(place)
    with replaying(answer_of(known["subscription_addon_get_200"])) as (client, _replay):
        subscription = client.subscription("c", "s")
        assert has_status(subscription, "ACTIVE")
        assert subscription["Attributes"]["ETag"] == subscription["attributes"]["etag"]
    with replaying(answer_of(known["provisioningstatus_200"])) as (client, _replay):
        ids = {"order_id.seats": "o", "subscription_id.seats": "s"}
        assert ordering.settle(client, "c", ids, patience=Patience(1, 0)) == ids


@pytest.mark.parametrize("place", PLACES)
def test_offers_are_read(place: Path) -> None:
    known = exchanges(place)
    with replaying(answer_of(known["offers_us_subset_recorded_200"])) as (client, _replay):
        offers = [licences.offer_of(item) for item in client.collection("offers")]
    rows = known["offers_us_subset_recorded_200"]["response"]["body"]["items"]
    assert [offer.id for offer in offers] == [row["id"] for row in rows]
    assert [offer.is_add_on for offer in offers] == [row["isAddOn"] for row in rows]


@pytest.mark.parametrize("place", PLACES)
def test_country_rules_and_profile_are_read(place: Path) -> None:
    known = exchanges(place)
    with replaying(answer_of(known["countryvalidationrules_us_recorded_200"])) as (client, _replay):
        assert client.country_rules("US")["isStateRequired"] is True
    with replaying(answer_of(known["legalbusiness_profile_200"])) as (client, _replay):
        profile = known["legalbusiness_profile_200"]["response"]["body"]
        assert client.own_profile()["companyName"] == profile["companyName"]


class _Named(Line):
    """A line that was named by somebody else."""

    @property
    def friendly_name(self) -> str:
        return self.name


def _error(exchange: Exchange) -> VendorError:
    with replaying(answer_of(exchange)) as (client, _replay), pytest.raises(VendorError) as trouble:
        client.read("anything")
    return trouble.value
