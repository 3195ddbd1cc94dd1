"""Orders, carts and add-ons: what is sent, and that each is placed once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils.translation import override

from sandbox.microsoft.offers import BY_ID, catalogue_item_id
from tests.vendors.contract import EVERY_TROUBLE, Held, work
from tests.vendors.memory import MemoryBook
from tests.vendors.office365.bench import E3, LAG, Office365Bench
from tests.vendors.office365.orders import (
    ARCHIVING,
    BUSINESS_BASIC,
    WITH_ADD_ON,
    an_order,
    change,
    provision,
    sent,
    service_of,
)
from vendors.base import Resource, Task
from vendors.errors import NotFound, NotYet, Rejected, Transient

POWER_BI = "800F4F3B-CFE1-42C1-9CEA-675512810488"


def test_order_names_the_offer_and_carries_our_mark(bench: Office365Bench) -> None:
    order = an_order(options={"billing_cycle": "annual", "partner_mpn_id": "4847383"})
    done = provision(bench, order)
    assert sent(bench, "POST", "/orders") == [
        {
            "referenceCustomerId": done.vendor_ids["customer_id"],
            "billingCycle": "annual",
            "lineItems": [
                {
                    "lineItemNumber": 0,
                    "offerId": E3,
                    "quantity": 5,
                    "friendlyName": "Acme mail (order:17:provision/seats)",
                    "partnerIdOnRecord": "4847383",
                }
            ],
        }
    ]


def test_order_that_is_still_prepared_is_looked_at_again_later(bench: Office365Bench) -> None:
    bench.microsoft.behave(legacy_pending_reads=4)
    book = MemoryBook()
    with pytest.raises(NotYet) as trouble:
        provision(bench, an_order(), book)
    assert (trouble.value.code, trouble.value.retry_after) == ("provisioning", None)
    provision(bench, an_order(), book)
    assert bench.microsoft.counts()["orders"] == 1


def test_catalogue_item_is_bought_through_a_cart_with_the_availability_of_the_day(bench: Office365Bench) -> None:
    offer = BY_ID[BUSINESS_BASIC.lower()]
    resources = {"seats": Resource(catalogue_item_id(offer, 1), 5)}
    bench.microsoft.behave(availabilities=2)
    done = work(bench, Task("provision", "order:17:provision", order=an_order(resources=resources)))
    assert bench.held() == [Held(5, running=True)]
    assert done.vendor_ids["subscription_id.seats"]
    (cart,) = sent(bench, "POST", "/carts")
    assert cart["lineItems"] == [
        {
            "id": 0,
            "catalogItemId": catalogue_item_id(offer, 2),
            "friendlyName": "Acme mail (order:17:provision/seats)",
            "quantity": 5,
            "billingCycle": "monthly",
            "termDuration": "P1Y",
        }
    ]


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "error_before", "error_after"])
@pytest.mark.parametrize("path", ["/carts$", "/checkout$"])
def test_cart_whose_answer_is_lost_is_bought_once(bench: Office365Bench, kind: str, path: str) -> None:
    resources = {"seats": Resource("CFQ7TTC0LH18:0001", 5)}
    bench.microsoft.fail(kind, method="POST", path=path)
    work(bench, Task("provision", "order:17:provision", order=an_order(resources=resources)))
    assert bench.held() == [Held(5, running=True)]
    assert bench.microsoft.counts()["orders"] == 1


def test_add_on_follows_its_base_offer_in_one_order(bench: Office365Bench) -> None:
    done = provision(bench, an_order(resources=WITH_ADD_ON))
    assert sorted(held.quantity for held in bench.held()) == [2, 5]
    assert done.vendor_ids["order_id.archive"] == done.vendor_ids["order_id.seats"]
    assert bench.microsoft.counts()["orders"] == 1


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "error_before", "error_after"])
def test_add_on_whose_answer_is_lost_is_added_once(bench: Office365Bench, kind: str) -> None:
    bench.microsoft.fail(kind, method="PATCH", path="/orders/")
    work(bench, Task("provision", "order:17:provision", order=an_order(resources=WITH_ADD_ON)))
    assert sorted(held.quantity for held in bench.held()) == [2, 5]


def test_add_on_without_base_offer_is_refused(bench: Office365Bench) -> None:
    with pytest.raises(Rejected) as refusal:
        provision(bench, an_order(resources={"archive": Resource(ARCHIVING, 2)}))
    assert str(refusal.value) == (
        "The add-on Exchange Online Archiving for Exchange Online needs a base offer in the same plan."
        " Add one to the template."
    )


def test_add_on_that_its_base_offer_does_not_carry_is_refused_before_anything_is_placed(bench: Office365Bench) -> None:
    resources = {"archive": Resource(ARCHIVING, 2), "seats": Resource(POWER_BI, 5)}
    with pytest.raises(Rejected) as refusal:
        provision(bench, an_order(resources=resources))
    assert refusal.value.code == "no_parent"
    assert bench.microsoft.counts()["orders"] == 0


def test_refusal_after_a_placed_part_names_the_part_and_a_second_attempt_places_the_rest(
    bench: Office365Bench,
) -> None:
    book, task = MemoryBook(), Task("provision", "order:17:provision", order=an_order(resources=WITH_ADD_ON))
    bench.microsoft.fail("answer", method="PATCH", path="/orders/", body={"code": 2085, "description": "No."})
    with pytest.raises(Rejected) as refusal:
        work(bench, task, book)
    assert refusal.value.code == "2085"
    (placed,) = [call.result for name, call in book.steps.items() if name.startswith("order:")]
    order_id = placed["order_id.seats"]
    assert [held.quantity for held in bench.held()] == [5]
    assert str(refusal.value).startswith(
        "This customer is not eligible for the offer. A part of the order is placed at Microsoft already"
        f" ({order_id}); it stays there and is invoiced."
    )
    with override("ru"):
        text = str(refusal.value)
    assert f"Часть заказа уже размещена в Microsoft ({order_id})" in text
    assert "eligible" not in text
    work(bench, task, book)
    assert sorted(held.quantity for held in bench.held()) == [2, 5]
    assert bench.microsoft.counts()["orders"] == 1


def test_refusal_before_anything_is_placed_says_nothing_of_a_part(bench: Office365Bench) -> None:
    bench.microsoft.fail("answer", method="POST", path="/orders$", body={"code": 2085, "description": "No."})
    with pytest.raises(Rejected, match=r"^This customer is not eligible for the offer\.$"):
        provision(bench, an_order(resources=WITH_ADD_ON))


def test_resource_of_our_own_and_resource_without_units_are_not_ordered(bench: Office365Bench) -> None:
    resources = {"seats": Resource(E3, 5), "support": Resource("", 1), "archive": Resource(ARCHIVING, 0)}
    provision(bench, an_order(resources=resources))
    assert [held.quantity for held in bench.held()] == [5]


def test_resource_raised_from_nothing_is_ordered_then(bench: Office365Bench) -> None:
    resources = {"seats": Resource(E3, 5), "archive": Resource(ARCHIVING, 0)}
    service = service_of(provision(bench, an_order(resources=resources)), resources)
    done = change(bench, service, seats=6, archive=3)
    assert sorted(held.quantity for held in bench.held()) == [3, 6]
    assert sorted(done.vendor_ids) == [
        "customer_id",
        "domain",
        "order_id.archive",
        "order_id.seats",
        "subscription_id.archive",
        "subscription_id.seats",
    ]


ODD_BODIES = [{}, [], None, "text", 5, {"id": None}, {"id": "", "lineItems": []}, {"id": 7, "orders": []}]
CART = {"seats": Resource("CFQ7TTC0LH18:0001", 5)}
PLACES = [
    ("POST", r"/v1/customers$", {"seats": Resource(E3, 5)}),
    ("POST", r"/agreements$", {"seats": Resource(E3, 5)}),
    ("POST", r"/orders$", {"seats": Resource(E3, 5)}),
    ("POST", r"/carts$", CART),
    ("POST", r"/checkout$", CART),
    ("PATCH", r"/orders/", WITH_ADD_ON),
]


@pytest.mark.prove
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place[1])
def test_success_of_another_shape_is_looked_up_and_not_bought_again(
    bench: Office365Bench, place: tuple[str, str, dict[str, Resource]]
) -> None:
    """Each shape at every second place, and at each place every second shape; by `make prove` all of them."""
    method, path, resources = place
    bench.microsoft.behave(list_lag_seconds=LAG)
    bodies = ODD_BODIES if EVERY_TROUBLE else ODD_BODIES[PLACES.index(place) // 2 % 2 :: 2]
    for number, body in enumerate(bodies):
        bench.microsoft.fail("odd_after", method=method, path=path, body=body)
        reference = f"order:{number}:provision"
        order = an_order(reference=reference, resources=resources, answers={"domain_prefix": f"acme{number}"})
        work(bench, Task("provision", reference, order=order))
        assert bench.microsoft.counts()["orders"] == number + 1, body
        assert len(bench.held()) == len(resources) * (number + 1), body
        assert bench.microsoft.counts()["agreements"] == number + 1, body


@pytest.mark.parametrize("kind", ["unreadable_after", "gateway_after", "timeout_after", "drop_after", "odd_after"])
def test_lost_cart_costs_nothing_and_its_repetition_waits_for_no_list(bench: Office365Bench, kind: str) -> None:
    bench.microsoft.fail(kind, method="POST", path="/carts$")
    book, order = MemoryBook(), an_order(resources=CART)
    with pytest.raises(Transient) as trouble:
        provision(bench, order, book)
    assert str(trouble.value) == (
        "Microsoft did not hand out a cart. Nothing was bought; it will be tried again by itself."
    )
    work(bench, Task("provision", order.reference, order=order), book)
    assert bench.microsoft.counts()["orders"] == 1
    assert bench.now < datetime.now(UTC) + timedelta(minutes=5)


@pytest.mark.parametrize("path", [r"/orders/[^/]+$", r"/provisioningstatus$", r"/subscriptions/[^/]+$"])
def test_order_that_microsoft_does_not_know_yet_is_waited_for_and_not_for_ever(
    bench: Office365Bench, path: str
) -> None:
    order = an_order(resources=CART)
    task, book = Task("provision", order.reference, order=order), MemoryBook()
    bench.microsoft.fail("not_found", method="GET", path=path, times=3)
    work(bench, task, book)
    assert bench.microsoft.counts()["orders"] == 1
    bench.microsoft.fail("not_found", method="GET", path=path, times=100)
    again = an_order(resources=CART, reference="order:18:provision")
    with pytest.raises(NotFound):
        work(bench, Task("provision", again.reference, order=again))
    assert bench.microsoft.counts()["orders"] == 2


def test_order_of_2019_after_a_lost_answer_is_an_operators_after_twenty_minutes_and_two_looks(
    bench: Office365Bench,
) -> None:
    """It was sent anew then: a list that lags longer made two orders."""
    bench.microsoft.fail("error_before", method="POST", path=r"/orders$")
    begun = bench.now
    order = an_order()
    work(bench, Task("provision", order.reference, order=order))
    posts = [call for call in bench.microsoft.requests_seen(method="POST") if call["path"].endswith("/orders")]
    assert [call["status"] for call in posts] == [500, 201]
    assert bench.now - begun >= timedelta(minutes=21)
    assert bench.microsoft.counts()["orders"] == 1
