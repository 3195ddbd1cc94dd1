"""The lists of the operator panel; importing this makes each known by its name, to workers too."""

from operator_panel.lists.account_terms import ACCOUNT_CLASSES, ACCOUNT_TYPES
from operator_panel.lists.accounts import ACCOUNTS
from operator_panel.lists.application_templates import APPLICATION_TEMPLATES
from operator_panel.lists.charges import CHARGES
from operator_panel.lists.managers import MANAGERS
from operator_panel.lists.orders import ORDERS
from operator_panel.lists.payments import PAYMENTS
from operator_panel.lists.plans import PLANS
from operator_panel.lists.products import PLAN_CATEGORIES, PRODUCTS
from operator_panel.lists.resellers import RESELLERS
from operator_panel.lists.service_terms import SERVICE_TERMS
from operator_panel.lists.subscriptions import SUBSCRIPTIONS
from operator_panel.lists.transactions import TRANSACTIONS
from operator_panel.lists.vendor_connections import VENDOR_CONNECTIONS
from operator_panel.lists.vendor_exchanges import VENDOR_EXCHANGES

__all__ = [
    "ACCOUNTS",
    "ACCOUNT_CLASSES",
    "ACCOUNT_TYPES",
    "APPLICATION_TEMPLATES",
    "CHARGES",
    "MANAGERS",
    "ORDERS",
    "PAYMENTS",
    "PLANS",
    "PLAN_CATEGORIES",
    "PRODUCTS",
    "RESELLERS",
    "SERVICE_TERMS",
    "SUBSCRIPTIONS",
    "TRANSACTIONS",
    "VENDOR_CONNECTIONS",
    "VENDOR_EXCHANGES",
]
