"""The list of taxes shows those of the own reseller and below."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.actors import SYSTEM
from subscriptions.catalogue.taxes import Levied, create_tax
from tests.factories import accounts as cast
from tests.operator_panel.conftest import signed_in, text_of

pytestmark = pytest.mark.django_db


def test_a_reseller_sees_its_own_only() -> None:
    above, below = cast.operator(), cast.reseller(parent=cast.operator())
    for reseller, name in ((above, "Ours"), (below, "Theirs")):
        levied = Levied(name=name, percent=Decimal(20), valid_from=date(2018, 8, 1))
        create_tax(actor=SYSTEM, reseller=reseller, levied=levied)
    shown = text_of(signed_in(cast.manager(reseller=below)).get(reverse("operator:taxes")))
    assert "Theirs" in shown
    assert "Ours" not in shown
