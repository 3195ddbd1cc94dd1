"""Every gateway of the table says what a gateway has to."""

from billing.gateways.base import Asked
from billing.gateways.registry import GATEWAYS
from billing.models import GatewayPlugin


def test_every_gateway_is_complete() -> None:
    assert set(GATEWAYS) == set(GatewayPlugin.values)
    for key, gateway in GATEWAYS.items():
        assert (gateway.key, bool(gateway.name), bool(gateway.currencies)) == (key, True, True)
        assert all(isinstance(asked, Asked) and asked.label for asked in gateway.fields)
        assert len({asked.key for asked in gateway.fields}) == len(gateway.fields)
