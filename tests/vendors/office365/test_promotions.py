"""Promotions: whoever would pay the full price without a word is told before, and nothing is bought."""

import pytest

from tests.vendors.contract import work
from tests.vendors.office365.bench import Office365Bench
from tests.vendors.office365.of_today import BASIC, PREMIUM, again, known, of_today, ordering, told
from tests.vendors.office365.orders import sent
from vendors.base import Task
from vendors.errors import Rejected

YEAR_AT_ONCE = "39NFJQT1PJQB:0001:39NFJQT1Q5KN"
NEW_BUYERS = "39NFJQT1PJQC:0001:39NFJQT1Q5KM"
E3 = "CFQ7TTC0LF8R:0001"


def test_promotion_is_named_in_the_cart_of_its_own_product(bench: Office365Bench) -> None:
    done = known(bench)
    options = of_today(billing_cycle="annual", promotion_id=YEAR_AT_ONCE)
    order = again(done, PREMIUM, options=options)
    assert told(bench, order) == []
    work(bench, Task("provision", order.reference, order=order))
    promoted = [cart["lineItems"][0].get("promotionId") for cart in sent(bench, "POST", "/carts")]
    assert promoted == [None, YEAR_AT_ONCE]
    (customer,) = bench.microsoft.world.store.all("customer")
    rows = bench.microsoft.world.store.all(f"subscription:{customer['id']}")
    assert YEAR_AT_ONCE in [row["promotion"] for row in rows]


def test_whoever_does_not_get_it_is_told_before_paying_and_buys_nothing(bench: Office365Bench) -> None:
    done = known(bench)
    wrong_term = again(done, PREMIUM, options=of_today(promotion_id=YEAR_AT_ONCE))
    ((field, sentence),) = told(bench, wrong_term)
    assert (field, "for the term P1Y billed Annual" in sentence) == ("promotion_id", True)
    few = again(done, E3, 5, options=of_today(promotion_id=NEW_BUYERS))
    ((field, sentence),) = told(bench, few)
    assert (field, "minimum or maximum seat requirements" in sentence) == ("promotion_id", True)
    stranger = ordering(E3, 20, options=of_today(promotion_id="39NFJQT1PJQD:0001"), reference="order:3:provision")
    assert "has no promotion" in told(bench, stranger)[0][1]
    before = len(sent(bench, "POST", "/checkout"))
    with pytest.raises(Rejected, match="full price without a word"):
        work(bench, Task("provision", few.reference, order=few))
    assert len(sent(bench, "POST", "/checkout")) == before


def test_template_names_one_of_its_own(bench: Office365Bench) -> None:
    connection = bench.connection()
    options = of_today(billing_cycle="annual", promotion_id=YEAR_AT_ONCE)
    bench.plugin.validate_template(connection, {"premium": PREMIUM, "basic": BASIC}, options)
    with pytest.raises(Rejected) as refusal:
        bench.plugin.validate_template(connection, {"basic": BASIC}, options)
    assert refusal.value.field == "promotion_id"
