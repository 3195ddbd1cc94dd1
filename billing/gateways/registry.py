"""The table of the card gateways that there are."""

from billing.gateways.base import Gateway
from billing.gateways.robokassa import Robokassa

GATEWAYS: dict[str, Gateway] = {gateway.key: gateway for gateway in (Robokassa(),)}
