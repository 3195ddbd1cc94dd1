"""The lists of the customer panel; importing this makes each known by its name, to workers too."""

from customer_panel.lists.charges import CHARGES
from customer_panel.lists.payments import PAYMENTS
from customer_panel.lists.subscriptions import SUBSCRIPTIONS
from customer_panel.lists.transactions import TRANSACTIONS

__all__ = [
    "CHARGES",
    "PAYMENTS",
    "SUBSCRIPTIONS",
    "TRANSACTIONS",
]
