"""The settings of a card gateway: each is asked for, secrets are sealed and stay, one gateway is in use."""

import pytest

from accounts.actors import SYSTEM, Forbidden
from accounts.models import Role
from billing.gateways.settings import (
    GatewayRefused,
    OneGatewayIsInUse,
    add_gateway,
    change_gateway,
    values_of,
)
from billing.models import PaymentGateway
from core.errors import Refused
from tests.billing.gateways.conftest import Till
from tests.factories import accounts as cast
from tests.factories.billing import SHOP

pytestmark = pytest.mark.django_db


def test_secrets_are_sealed_and_stay_where_they_are_left_empty(till: Till) -> None:
    row = PaymentGateway.objects.get()
    assert "second" not in row.secrets
    assert "password_2" not in row.settings
    changed = change_gateway(
        actor=SYSTEM, gateway=row, name="Cards", currency="RUB", active=True,
        values={**SHOP, "merchant_login": "other", "password_1": "new", "password_2": ""},
    )  # fmt: skip
    values = values_of(changed)
    assert (values["merchant_login"], values["password_1"], values["password_2"]) == ("other", "new", "second")


@pytest.mark.parametrize(
    ("key", "value"), [("merchant_login", " "), ("algorithm", "crc32"), ("password_1", ""), ("test", "perhaps"),
                       ("password_2", "x" * 501)],
)  # fmt: skip
def test_a_setting_that_is_missing_or_none_is_named(key: str, value: str) -> None:
    with pytest.raises(Refused) as refused:
        add_gateway(actor=SYSTEM, reseller=cast.operator(), plugin="robokassa", name="Cards", currency="RUB",
                    values={**SHOP, key: value})  # fmt: skip
    assert refused.value.field == key
    assert not PaymentGateway.objects.exists()


def test_name_currency_and_kind_are_checked() -> None:
    for fields, field in (
        ({"name": " "}, "name"), ({"currency": "USD"}, "currency"), ({"plugin": "cheques"}, "plugin"),
    ):  # fmt: skip
        given = {"plugin": "robokassa", "name": "Cards", "currency": "RUB", **fields}
        with pytest.raises(GatewayRefused) as refused:
            add_gateway(actor=SYSTEM, reseller=cast.operator(), values=SHOP, **given)
        assert refused.value.field == field


def test_one_gateway_is_in_use(till: Till) -> None:
    with pytest.raises(OneGatewayIsInUse):
        add_gateway(actor=SYSTEM, reseller=till.gateway.reseller, plugin="robokassa", name="Second", currency="RUB",
                    values=SHOP)  # fmt: skip


def test_only_the_operator_sends_customers_to_another_page(till: Till) -> None:
    operators, resellers = cast.manager_actor(), cast.manager_actor(reseller=till.gateway.reseller)
    given = {
        "name": "Cards",
        "currency": "RUB",
        "active": True,
        "values": {**SHOP, "address": "https://elsewhere.test"},
    }
    with pytest.raises(GatewayRefused, match="operator"):
        change_gateway(actor=resellers, gateway=till.gateway, **given)
    assert (
        change_gateway(actor=operators, gateway=till.gateway, **given).settings["address"] == "https://elsewhere.test"
    )
    given["values"] = {**SHOP, "address": "http://elsewhere.test"}
    with pytest.raises(GatewayRefused, match="https"):
        change_gateway(actor=operators, gateway=till.gateway, **given)
    with pytest.raises(Forbidden):
        change_gateway(actor=cast.manager_actor(role=Role.SALES), gateway=till.gateway, **given)
