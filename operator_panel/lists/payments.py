"""The list of payments (operator guide 3.4)."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import actor_of
from accounts.queries import accounts_visible_to
from billing.filters import PaymentFilter
from billing.funds import UNPAID
from billing.models import PaymentStatus
from billing.queries import payments_visible_to
from core.lists.columns import Column, choice, day, money, status, text, to
from core.lists.listing import Asker, Listing, Quick
from core.lists.search import FieldSearch, RelatedSearch


def _overdue(asker: Asker) -> Q:
    return Q(status__in=UNPAID, due_on__lt=asker.today)


PAYMENTS = Listing(
    name="operator.payments",
    title=_("Payments"),
    right="payments.view",
    actor_of=actor_of,
    rows=payments_visible_to,
    filterset=PaymentFilter,
    filters_shown=("status", "method"),
    search=RelatedSearch(
        "account",
        accounts_visible_to,
        FieldSearch(("name", "primary_name", "email"), phones=("phone", "contact_phone")),
        "PM",
        texts=("comment",),
        amounts=("amount",),
    ),
    search_hint=_("ID, number, account, amount, comment…"),
    related=("account", "account__manager", "order", "reseller"),
    empty=_("Payments appear here with the first order or top-up."),
    columns=(
        Column("id", _("ID"), text("id"), sort="id", link=to("operator:payment")),
        Column("number", _("Payment number"), link=to("operator:payment")),
        Column("account", _("Account"), text("account"), link=to("operator:account", "account_id")),
        Column("status", _("Status"), status("status")),
        Column("amount", _("Total"), money("amount")),
        Column("due_on", _("Due date"), day("due_on")),
        Column("opened_on", _("Created at"), day("opened_on")),
        Column("kind", _("Type"), choice("kind")),
        Column("order", _("Order"), text("order"), link=to("operator:order", "order_id")),
        Column("method", _("Payment method"), choice("method")),
        Column("reseller", _("Reseller"), text("reseller"), shown=False),
        Column("manager", _("Manager"), text("account.manager"), shown=False),
        Column("closed_on", _("Closed at"), day("closed_on"), shown=False),
        Column("comment", _("Comment"), shown=False),
        Column("currency", _("Currency"), shown=False),
    ),
    quick=(
        Quick("waiting", _("Waiting for payment"), Q(status=PaymentStatus.WAITING_FOR_PAYMENT)),
        Quick("overdue", pgettext_lazy("several", "Overdue"), _overdue),
        Quick("parked", _("Set aside"), Q(status=PaymentStatus.PARKED)),
        Quick("completed", pgettext_lazy("several", "Completed"), Q(status=PaymentStatus.COMPLETED)),
    ),
)
