"""Office 365 sold by resellers below a partner: Microsoft is told whose customer it is, and who sold it."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounts.actors import SYSTEM
from accounts.models import Reseller
from sandbox.microsoft.world import RESELLERS
from subscriptions.catalogue.delegation import Terms, delegate_plan
from subscriptions.models import Plan
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.stories.office365 import Story, a_story
from vendors.models import VendorOperation
from vendors.reseller_rows import ResellerAtVendor
from vendors.resellers import ask_vendor_of_reseller, name_reseller

pytestmark = pytest.mark.django_db
(FIRST, (_NAME, ITS_ID)), (SECOND, (_OTHER, OTHER_ID)) = RESELLERS.items()


@pytest.fixture
def story() -> Iterator[Story]:
    """A partner of today, strict: a Partner ID is not taken where a tenant belongs (`reseller_by_mpn` is off)."""
    with a_story(date(2027, 3, 10)) as begun:
        assert begun.microsoft.world.switch("reseller_by_mpn") is False
        yield begun


def handed_down(story: Story, plan: Plan, *line: Reseller) -> Plan:
    """Return the plan as the last reseller of a line sells it to the story's account, which becomes its own."""
    for reseller in line:
        terms = {"seats": Terms(retail=Decimal("12.00"))}
        plan = delegate_plan(actor=SYSTEM, plan=plan, reseller=reseller, prices=terms, today=make.EARLY)
    story.account = cast.account(
        reseller=line[-1], name="Acme", country="US", region="WA", city="Redmond", zip="98052", phone="4255550100",
    )  # fmt: skip
    top_up(account=story.account, amount="5000", today=story.today)
    return plan


def named(story: Story, reseller: Reseller, **values: str) -> None:
    """Name the reseller at Microsoft as a manager does."""
    said: dict[str, Any] = {
        "actor": SYSTEM, "reseller": reseller, "connection": story.connection, "now": story.moment,
    }  # fmt: skip
    name_reseller(**said, values=ask_vendor_of_reseller(**said, values=values))


def asked(story: Story) -> tuple[object, list[object]]:
    """Return as whose customer it was made, and which resellers the carts named."""
    posted = {
        name: [row["body"] for row in story.microsoft.requests_seen(method="POST") if row["path"].endswith(f"/{name}")]
        for name in ("customers", "carts")
    }
    items = [item for cart in posted["carts"] for item in cart["lineItems"]]
    return posted["customers"][0].get("associatedPartnerId"), [item.get("participants") for item in items]


def transaction_reseller(partner_id: str) -> list[dict[str, str]]:
    return [{"key": "transaction_reseller", "value": partner_id}]


def test_the_accounts_own_reseller_is_named_by_tenant_and_partner_id(story: Story) -> None:
    north = cast.reseller(name="North")
    east = cast.reseller(name="East", parent=north)
    named(story, north, reseller_tenant=FIRST)
    named(story, east, reseller_partner_id=OTHER_ID)
    bought = story.order(handed_down(story, story.plan(), north, east), 5)
    assert bought.status == "active"
    assert asked(story) == (SECOND, [transaction_reseller(OTHER_ID)])
    assert story.one_held()["partner"] == OTHER_ID


def test_one_that_is_not_named_sells_under_the_nearest_above(story: Story) -> None:
    north = cast.reseller(name="North")
    named(story, north, reseller_tenant=FIRST)
    story.order(handed_down(story, story.plan(), north, cast.reseller(name="East", parent=north)), 5)
    assert asked(story) == (FIRST, [transaction_reseller(ITS_ID)])


def test_the_partner_itself_is_never_named(story: Story) -> None:
    named(story, cast.reseller(name="North"), reseller_tenant=FIRST)
    story.order(story.plan(), 5)
    assert asked(story) == (None, [None])


def test_a_reseller_that_is_none_any_more_is_refused_and_the_order_goes_on_once_it_is_put_right(story: Story) -> None:
    north = cast.reseller(name="North")
    gone = {"reseller_tenant": "11111111-2222-4333-8444-555555555555", "reseller_partner_id": ITS_ID}
    ResellerAtVendor.objects.create(reseller=north, connection=story.connection, values=gone)
    bought = story.order(handed_down(story, story.plan(), north), 5, accepts=False)
    assert bought.status == "installation_failed"
    operation = VendorOperation.objects.get()
    assert operation.last_error_code == "800016"
    assert "reseller's page" in operation.last_error
    assert [problem["field"] for problem in operation.result["problems"]] == ["reseller_tenant"]
