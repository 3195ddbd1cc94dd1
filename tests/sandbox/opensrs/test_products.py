"""What OpenSRS sells."""

from sandbox.opensrs.products import COMODO_SERVERS, OTHER_SERVERS, PRODUCTS


def test_positivessl_is_vetted_by_the_domain_and_names_its_organization_alone() -> None:
    product = PRODUCTS["positivessl"]
    assert (product.domain_vetted, product.contacts, product.servers) == (True, ("organization",), COMODO_SERVERS)
    assert "positivessl_wildcard" not in PRODUCTS, "the vendor lists no such type"


def test_brands_have_their_own_words_for_servers_and_trustwave_lists_no_approvers() -> None:
    assert PRODUCTS["comodo_ev"].servers == COMODO_SERVERS
    assert PRODUCTS["rapidssl"].servers == OTHER_SERVERS
    silent = {kind for kind, product in PRODUCTS.items() if not product.lists_approvers}
    assert silent == {kind for kind in PRODUCTS if kind.startswith("trustwave")}
