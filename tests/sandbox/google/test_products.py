"""What the pretend Google sells."""

from sandbox.google.products import SKUS


def test_products_of_2019_and_of_today_and_add_ons() -> None:
    assert {"Google-Apps-For-Business", "Google-Apps-Unlimited", "1010020020", "1010020027"} <= SKUS.keys()
    assert {sku.product for sku in SKUS.values() if sku.is_add_on} == {"Google-Vault", "Google-Drive-storage"}
