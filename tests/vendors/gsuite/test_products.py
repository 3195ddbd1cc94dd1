"""What is sold of Google, by both years' names."""

import pytest

from sandbox.google.products import SKUS
from vendors.errors import Rejected
from vendors.gsuite import products


def test_each_product_is_one_that_google_sells() -> None:
    offers = products.offers()
    assert {offer.id for offer in offers} <= SKUS.keys()
    named = {offer.id: offer.name for offer in offers}
    assert (named["Google-Apps-For-Business"], named["1010020027"]) == (
        "G Suite Basic",
        "Google Workspace Business Starter",
    )
    assert {offer.id for offer in offers if offer.is_add_on} == {sku.id for sku in SKUS.values() if sku.is_add_on}


def test_anything_else_is_refused_with_the_remedy() -> None:
    with pytest.raises(Rejected, match="Choose another product"):
        products.name_of("Google-Apps-For-Education")
