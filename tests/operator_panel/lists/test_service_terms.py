"""The list of service terms."""

import pytest
from django.urls import reverse

from accounts.actors import SYSTEM
from subscriptions.catalogue.products import Timers, create_service_term
from tests.factories import accounts as cast
from tests.operator_panel.conftest import signed_in, text_of

pytestmark = pytest.mark.django_db


def test_service_terms_are_inherited_by_resellers_below_and_not_by_their_sisters() -> None:
    north, south = cast.reseller(name="North"), cast.reseller(name="South")
    for seller, name in ((cast.operator(), "Of the operator"), (north, "Of North")):
        create_service_term(
            actor=SYSTEM, reseller=seller, name=name, key=name.lower().replace(" ", "-"), timers=Timers(billing_day=5)
        )
    seen = {
        reseller.name: text_of(signed_in(cast.manager(reseller=reseller)).get(reverse("operator:service_terms")))
        for reseller in (north, south)
    }
    shown = {name: [term for term in ("Of the operator", "Of North") if term in said] for name, said in seen.items()}
    assert shown == {"North": ["Of the operator", "Of North"], "South": ["Of the operator"]}
