"""Every list of the customer panel: columns, sorts, filters, exports."""

import pytest
from django.test import Client

from core.lists.listing import LISTINGS, Listing
from subscriptions.models import Subscription

pytestmark = pytest.mark.django_db
ADDRESSES = {
    "customer.charges": "/charges/",
    "customer.payments": "/payments/",
    "customer.subscriptions": "/subscriptions/",
    "customer.transactions": "/transactions/",
}
EVERY = sorted(ADDRESSES)


@pytest.fixture(params=EVERY)
def listing(request: pytest.FixtureRequest) -> Listing:
    return LISTINGS[request.param]


def test_every_list_of_customers_is_tested_here() -> None:
    assert [name for name in sorted(LISTINGS) if name.startswith("customer.")] == EVERY


def test_every_column_can_be_shown(client: Client, subscription: Subscription, listing: Listing) -> None:
    address = ADDRESSES[listing.name]
    names = [column.name for column in listing.columns]
    assert client.post(address, {"do": "columns", "order": names, "columns": names}).status_code == 302
    page = client.get(address).context["list"]
    assert [str(heading.title) for heading in page.headings] == [str(column.title) for column in listing.columns]


def test_every_sort_quick_filter_and_the_search_answer(
    client: Client, subscription: Subscription, listing: Listing
) -> None:
    queries = [f"sort={way}{column.name}" for column in listing.columns if column.sort for way in ("", "-")]
    queries += [f"quick={quick.name}" for quick in listing.quick]
    queries += ["q=backup", "q=17", "q=%D0%81%D0%BB%D0%BA%D0%B0"]
    assert {client.get(f"{ADDRESSES[listing.name]}?{query}").status_code for query in queries} == {200}


def test_every_filter_can_be_shown(client: Client, listing: Listing) -> None:
    filters = list(listing.filterset.base_filters)
    page = client.get(ADDRESSES[listing.name], {"show": filters}).context["list"]
    assert sorted(chip.name for chip in page.chips) == sorted(filters)


def test_every_list_is_exported(client: Client, subscription: Subscription, listing: Listing) -> None:
    answers = [client.post(ADDRESSES[listing.name], {"do": "export", "format": kind}) for kind in ("xlsx", "csv")]
    assert [answer.status_code for answer in answers] == [200, 200]
