"""The list of accounts (operator guide 1.94 to 4.4)."""

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import actor_of
from accounts.filters import AccountFilter
from accounts.models import Account, AccountStatus
from accounts.queries import accounts_visible_to
from billing.funds import funds_of_many
from core.lists.columns import Column, country, day, money, status, text, to, yes_no
from core.lists.listing import Asker, Hidden, Listing, Quick
from core.lists.search import ByPhone, FieldSearch


def _with_balances(rows: Sequence[Account]) -> None:
    """Set `funds` of each account of a page, in one statement."""
    funds = funds_of_many(rows)
    for row in rows:
        row.funds = funds[row.pk]


def _mine(asker: Asker) -> Q:
    return Q(manager=asker.actor.user)


# How lists whose rows belong to an account find them by its phones.
OF_ACCOUNT = ByPhone("account", accounts_visible_to, ("phone", "contact_phone"))

ACCOUNTS = Listing(
    name="operator.accounts",
    title=_("Accounts"),
    right="accounts.view",
    actor_of=actor_of,
    rows=accounts_visible_to,
    filterset=AccountFilter,
    filters_shown=("status", "account_class"),
    search=FieldSearch(
        (
            "name",
            "primary_name",
            "email",
            "tax_id",
            "contact_first_name",
            "contact_last_name",
            "contact_email",
            "city",
        ),
        phones=("phone", "contact_phone"),
    ),
    search_hint=_("ID, name, e-mail, phone, tax number, contact person…"),
    hidden=Hidden(Q(status=AccountStatus.DELETED), _("Status: not deleted"), unless="status"),
    related=("reseller", "account_type", "account_class", "manager"),
    enrich=_with_balances,
    empty=_("Customers appear here once an account is created for them."),
    columns=(
        Column("id", _("ID"), text("id"), sort="id", link=to("operator:account")),
        Column("name", _("Name"), sort="name", link=to("operator:account")),
        Column("balance", _("Balance"), money("funds.balance")),
        Column("status", _("Status"), status("status")),
        Column("created_at", _("Created at"), day("created_at"), sort="created_at"),
        Column("reseller", _("Reseller"), text("reseller")),
        Column("account_class", _("Account class"), text("account_class")),
        Column("manager", _("Manager"), text("manager")),
        Column("blocked", _("Blocked"), money("funds.blocked"), shown=False),
        Column("available", _("Available"), money("funds.available"), shown=False),
        Column("account_type", _("Account type"), text("account_type"), shown=False),
        Column("email", _("E-mail"), shown=False),
        Column("phone", _("Phone"), shown=False),
        Column("contact_person", _("Contact person"), shown=False),
        Column("country", _("Country"), country("country"), shown=False),
        Column("city", _("City"), shown=False),
        Column("trial", _("Trial"), yes_no("trial"), shown=False),
        Column("currency", _("Currency"), shown=False),
    ),
    quick=(
        Quick("active", pgettext_lazy("several", "Active"), Q(status=AccountStatus.ACTIVE)),
        Quick("credit_hold", _("Credit hold"), Q(status=AccountStatus.CREDIT_HOLD)),
        Quick("held", _("Administrative hold"), Q(status=AccountStatus.ADMINISTRATIVE_HOLD)),
        Quick("mine", _("Mine"), _mine),
    ),
)
