"""What OpenSRS sells."""

from sandbox.opensrs.products import PRODUCTS as THEIRS
from vendors.opensrs.products import PRODUCTS, SERVER


def test_each_product_is_one_of_the_vendors_with_the_contacts_it_wants() -> None:
    for kind, product in PRODUCTS.items():
        theirs = THEIRS[kind]
        assert (product.contacts, product.by_domain) == (theirs.contacts, theirs.domain_vetted), kind
        assert SERVER in theirs.servers
        assert theirs.lists_approvers
    assert {kind for kind in THEIRS if kind not in PRODUCTS} == {kind for kind in THEIRS if "trustwave" in kind}


def test_an_offer_is_one_certificate() -> None:
    offer = PRODUCTS["positivessl"].offer
    assert (offer.id, offer.minimum, offer.maximum, offer.category) == ("positivessl", 1, 1, "Comodo")
    assert PRODUCTS["essentialssl_wildcard"].is_wildcard
