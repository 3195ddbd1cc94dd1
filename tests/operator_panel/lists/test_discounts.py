"""The list of discounts shows those of the own reseller and below."""

import pytest
from django.urls import reverse

from tests.factories import accounts as cast
from tests.factories import discounts as grant
from tests.operator_panel.conftest import signed_in, text_of

pytestmark = pytest.mark.django_db


def test_a_reseller_sees_its_own_and_the_operator_all() -> None:
    below = cast.reseller(parent=cast.operator())
    grant.promo_code("OURS")
    grant.promo_code("THEIRS", reseller=below)
    seen = {
        name: text_of(signed_in(cast.manager(reseller=reseller)).get(reverse("operator:discounts")))
        for name, reseller in (("above", cast.operator()), ("below", below))
    }
    assert "OURS" in seen["above"]
    assert "THEIRS" in seen["above"]
    assert "THEIRS" in seen["below"]
    assert "OURS" not in seen["below"]
