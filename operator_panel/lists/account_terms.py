"""The lists of account terms (account classes) and of account types."""

from django.utils.translation import gettext_lazy as _

from accounts.actors import actor_of
from accounts.queries import account_classes_visible_to, account_types_visible_to
from core.lists.columns import Column, choice, money, number, text, to, yes_no
from core.lists.listing import Listing
from core.lists.search import FieldSearch

ACCOUNT_CLASSES = Listing(
    name="operator.account_classes",
    title=_("Account classes"),
    right="account_classes.view",
    actor_of=actor_of,
    rows=account_classes_visible_to,
    filters_shown=(),
    search=FieldSearch(("name", "key")),
    search_hint=_("ID, name, key…"),
    related=("reseller",),
    empty=_("An account class says how an account pays; create one before the first account."),
    columns=(
        Column("id", _("ID"), text("id"), sort="id", link=to("operator:account_class")),
        Column("name", _("Name"), link=to("operator:account_class")),
        Column("credit_limit", _("Credit limit"), money("credit_limit", "reseller.currency")),
        Column("payment_model", _("Payment model"), choice("payment_model")),
        Column("is_default", _("By default"), yes_no("is_default")),
        Column("key", _("Key"), shown=False),
        Column("reseller", _("Reseller"), text("reseller")),
        Column("pay_with_negative_balance", _("Pay with negative balance"), yes_no("pay_with_negative_balance")),
        Column("subzero_period", _("Subzero period, days"), number("subzero_period"), shown=False),
        Column("cancel_unpaid_order_in", _("Cancel unpaid order in, days"), number("cancel_unpaid_order_in")),
    ),
)

ACCOUNT_TYPES = Listing(
    name="operator.account_types",
    title=_("Account types"),
    right="account_classes.view",
    actor_of=actor_of,
    rows=account_types_visible_to,
    filters_shown=(),
    search=FieldSearch(("name", "key")),
    search_hint=_("ID, name, key…"),
    related=("reseller",),
    empty=_(
        "Account types classify customers, for example business and personal; create one before the first account."
    ),
    columns=(
        Column("id", _("ID"), text("id"), sort="id", link=to("operator:account_type")),
        Column("name", _("Name"), link=to("operator:account_type")),
        Column("key", _("Key")),
        Column("reseller", _("Reseller"), text("reseller")),
        Column("name_pattern", _("Name pattern")),
    ),
)
