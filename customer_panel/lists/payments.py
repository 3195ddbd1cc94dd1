"""The customer's list of payments that are done with; those that wait stand above it, one by one."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import Actor, actor_of
from billing.filters import PaymentFilter
from billing.models import Payment, PaymentStatus
from billing.queries import payments_visible_to
from core.lists.columns import Column, choice, day, money, status, text, to
from core.lists.listing import Listing, Quick
from core.lists.search import FieldSearch

# What was covered by the balance is no payment that anybody made (customer guide, "Payments").
DONE_WITH = (
    PaymentStatus.COMPLETED,
    PaymentStatus.CANCELLED,
    PaymentStatus.PARKED,
    PaymentStatus.RETURNED,
    PaymentStatus.REASSIGNED,
)


class CustomerPaymentFilter(PaymentFilter):
    """The filters of payments without those that would say the same for every row of a customer."""

    account_id = None
    order_id = None


def closed_payments_visible_to(actor: Actor) -> QuerySet[Payment]:
    """Return the payments that the actor sees and that wait for nothing more of the customer."""
    return payments_visible_to(actor).filter(status__in=DONE_WITH)


PAYMENTS = Listing(
    name="customer.payments",
    title=_("Payments"),
    right="payments.view",
    actor_of=actor_of,
    rows=closed_payments_visible_to,
    filterset=CustomerPaymentFilter,
    search=FieldSearch(("comment",), amounts=("amount",), document="PM"),
    search_hint=_("Number, purpose, amount…"),
    related=("order",),
    empty=_("Payments appear here when they are completed."),
    columns=(
        Column("number", _("Payment number")),
        Column("amount", _("Amount"), money("amount")),
        Column("status", _("Status"), status("status")),
        Column("closed_on", _("Closed on"), day("closed_on")),
        Column("kind", _("Type"), choice("kind")),
        Column("order", _("Order"), text("order"), link=to("customer:subscription_order", "order_id")),
        Column("method", _("Payment method"), choice("method")),
        Column("opened_on", _("Created on"), day("opened_on"), shown=False),
        Column("comment", _("Purpose"), shown=False),
        Column("id", _("ID"), text("id"), sort="id", shown=False),
    ),
    quick=(
        Quick("completed", pgettext_lazy("several", "Completed"), Q(status=PaymentStatus.COMPLETED)),
        Quick("cancelled", pgettext_lazy("several", "Cancelled"), Q(status=PaymentStatus.CANCELLED)),
    ),
)
