"""The lists of account terms and of account types."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import accounts as cast
from tests.operator_panel.conftest import signed_in, text_of

pytestmark = pytest.mark.django_db


def test_account_terms_show_credit_in_the_currency_of_their_reseller(client: Client) -> None:
    cast.account_class(reseller=cast.reseller(name="North", currency="EUR"), name="Credit", credit_limit=250)
    assert "Credit €250.00 Prepay — North" in text_of(client.get(reverse("operator:account_classes")))


def test_terms_are_copied_downwards_and_types_inherited() -> None:
    cast.account_class(name="Prepay of the operator")
    cast.account_type(name="Business of the operator")
    below = signed_in(cast.manager(reseller=cast.reseller()))
    assert "Prepay of the operator" not in text_of(below.get(reverse("operator:account_classes")))
    assert "Business of the operator" in text_of(below.get(reverse("operator:account_types")))
