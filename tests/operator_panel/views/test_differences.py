"""Differences with vendors: the list, one of them, and many settled together."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Role
from subscriptions.models import Choice, Difference, DifferenceKind, Resolution, Subscription
from tests.factories.differences import difference
from tests.operator_panel.conftest import text_of
from tests.remembering import remembered
from vendors.models import OperationState, VendorConnection, VendorOperation

pytestmark = pytest.mark.django_db


@pytest.fixture
@remembered
def connection(subscription: Subscription) -> VendorConnection:
    """A connection of the operator."""
    return VendorConnection.objects.create(
        reseller=subscription.reseller, plugin="office365", name="Microsoft", settings={}
    )


@pytest.fixture
def found(subscription: Subscription, connection: VendorConnection) -> Difference:
    """Three seats more at the vendor."""
    return difference(subscription=subscription, connection=connection)


def test_list_narrows_and_hides_what_is_settled(client: Client, found: Difference) -> None:
    page = text_of(client.get("/operator/differences/"))
    assert "Quantity" in page
    assert "Seats" in page
    assert "Nothing matches" in text_of(client.get("/operator/differences/?kind=ended"))
    Difference.objects.update(settled="vanished")
    assert "Nothing is here yet" in text_of(client.get("/operator/differences/"))
    assert "Seats" in text_of(client.get("/operator/differences/?settled=vanished"))


def test_one_is_explained_and_accepted_with_its_money(client: Client, found: Difference) -> None:
    page = text_of(client.get(f"/operator/differences/{found.pk}/"))
    assert "Seats: our books have 5 units, the vendor has 8." in page
    assert "charged from today" in page
    own = f"/operator/differences/{found.pk}/accept/"
    asked = client.get(own)
    assert "from 5 to 8" in text_of(asked)
    answer = client.post(own, {"confirmed": "yes", "shown": asked.context["form"]["shown"].value()})
    assert answer.status_code == 302
    found.refresh_from_db()
    assert (found.settled, found.subscription.resources.get().quantity) == ("accepted", 8)


def test_what_the_vendor_refused_is_said(client: Client, found: Difference, connection: VendorConnection) -> None:
    VendorOperation.objects.create(
        connection=connection, action="change", key="k", subject="s", planned_at=found.found_at,
        state=OperationState.REJECTED, last_error_message="Its window is closed.",
    )  # fmt: skip
    Difference.objects.update(refused="k")
    assert "Its window is closed." in text_of(client.get(f"/operator/differences/{found.pk}/"))
    assert "Refused: Its window is closed." in text_of(client.get("/operator/differences/"))


def test_those_ticked_or_all_that_are_shown_become_a_draft(
    client: Client, found: Difference, connection: VendorConnection
) -> None:
    other = difference(subscription=found.subscription, connection=connection, kind=DifferenceKind.TERM)
    answer = client.post("/operator/differences/", {"do": Choice.ACCEPT, "of": "ticked", "chosen": [other.pk, "x"]})
    first = Resolution.objects.get()
    assert answer["Location"] == f"/operator/resolutions/{first.pk}/"
    assert [line.difference_id for line in first.lines.all()] == [other.pk]
    client.post("/operator/differences/?kind=quantity", {"do": Choice.RESTORE, "of": "all"})
    assert [line.difference_id for line in Resolution.objects.latest("pk").lines.all()] == [found.pk]
    answer = client.post("/operator/differences/", {"do": Choice.ACCEPT, "of": "ticked"}, follow=True)
    assert "Nothing open is chosen" in text_of(answer)
    assert Resolution.objects.count() == 2


def test_who_may_only_look_settles_nothing(as_role: Callable[[str], Client], found: Difference) -> None:
    owner = as_role(Role.OWNER)
    assert "Accept theirs" not in text_of(owner.get("/operator/differences/"))
    assert owner.post("/operator/differences/", {"do": Choice.ACCEPT, "of": "all"}).status_code in (302, 403)
    assert not Resolution.objects.exists()
