"""What subscriptions, orders, plans and templates are filtered by: in the panels' lists and in the API."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import DateField, Q, QuerySet, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.queries import accounts_visible_to, managers_visible_to, resellers_visible_to
from core.lists.filters import Between, Containing, Days, Named, Numbers, OneOf, Visible, YesNo
from core.lists.search import query_of, words_of
from core.lists.sorting import DAY, sort_expressions
from subscriptions.models import (
    ApplicationTemplate,
    BillingType,
    CommitmentDate,
    DateKind,
    Difference,
    DifferenceKind,
    Discount,
    DiscountType,
    Order,
    OrderStatus,
    OrderType,
    Plan,
    PlanStatus,
    Settled,
    StopReason,
    Subscription,
    SubscriptionStatus,
    TemplateStatus,
)
from subscriptions.queries import plan_categories_visible_to, plans_visible_to, products_visible_to
from vendors.queries import connections_visible_to

_LAST_DAY = date(9999, 12, 30)


class SortedDays(Days):
    """Days by the index that the list is sorted by: what is empty stands behind the last day there."""

    def filter(self, qs: QuerySet, value: slice | None) -> QuerySet:
        """Return the rows whose day lies between the two, both included."""
        if value is None:
            return qs
        day, _downwards = sort_expressions(self.field_name, DAY)
        name = f"{self.field_name}_or_last"
        since, until = (self._day(moment) for moment in (value.start, value.stop))
        qs = qs.alias(**{name: day})
        if since:
            qs = qs.filter(**{f"{name}__gte": since})
        return qs.filter(**{f"{name}__lte": Value(until or _LAST_DAY, output_field=DateField())})

    @staticmethod
    def _day(moment: Any) -> date | None:
        return moment.date() if hasattr(moment, "date") else moment


class NameWords(django_filters.CharFilter):
    """Words of a name, or their beginnings: found by the search's index, then looked for in the name itself."""

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        """Return the rows that have all the words in the name."""
        words = words_of(value or "")
        if not words:
            return qs
        named = Q()
        for piece in value.replace("\0", "").split():
            named &= Q(**{f"{self.field_name}__folded": piece})
        return qs.filter(named, search_vector__query=query_of(words))


class OfPlan(Visible):
    """Subscriptions whose plan has the chosen category or product: the plans are found first, and by themselves."""

    def filter(self, qs: QuerySet, value: Any) -> QuerySet:
        """Return the rows of the plans of the chosen ones."""
        chosen = [one.pk for one in value]
        if not chosen:
            return qs
        plans = plans_visible_to(self.parent.request.actor).filter(**{f"{self.field_name}__in": chosen})
        return qs.filter(plan__in=list(plans.order_by().values_list("pk", flat=True)))


class ResellerAndBelow(Visible):
    """Subscriptions of the chosen resellers and of all below them."""

    def filter(self, qs: QuerySet, value: Any) -> QuerySet:
        """Return the rows of the chosen part of the tree."""
        chosen = [one.pk for one in value]
        if not chosen:
            return qs
        below = resellers_visible_to(self.parent.request.actor).filter(lineage__overlap=chosen)
        return qs.filter(reseller__in=list(below.order_by().values_list("pk", flat=True)))


class SubscriptionFilter(django_filters.FilterSet):
    """Every column of the list, and what the reference filters by besides (plan category, product, endless)."""

    id = Numbers(field_name="id", lookup_expr="in", label=_("ID"))
    name = NameWords(field_name="name", label=_("Name"))
    account = NameWords(field_name="account_name", label=_("Account"))
    account_id = Numbers(field_name="account", lookup_expr="in", label=_("Account ID"))
    reseller = ResellerAndBelow(queryset=resellers_visible_to, field_name="reseller", label=_("Reseller and below"))
    plan = Named(queryset=plans_visible_to, names=("name", "sku"), field_name="plan", label=_("Plan"))
    plan_id = Numbers(field_name="plan", lookup_expr="in", label=_("Plan ID"))
    category = OfPlan(queryset=plan_categories_visible_to, field_name="category", label=_("Plan category"))
    product = OfPlan(queryset=products_visible_to, field_name="product", label=_("Product"))
    manager = Visible(queryset=managers_visible_to, field_name="manager", label=_("Manager"))
    quantity = Between(field_name="quantity", label=_("Quantity"))
    status = OneOf(field_name="status", choices=SubscriptionStatus.choices, label=_("Status"))
    stop_reason = OneOf(field_name="stop_reason", choices=StopReason.choices, label=_("Stop reason"))
    next_billing_day = SortedDays(field_name="next_billing_day", label=_("Next billing day"))
    start_date = SortedDays(field_name="start_date", label=_("Start date"))
    expiration_date = SortedDays(field_name="expiration_date", label=_("Expiration date"))
    endless = django_filters.BooleanFilter(method="filter_endless", label=_("Endless"))
    created_at = Days(field_name="created_at", label=_("Created at"))
    updated_at = Days(field_name="updated_at", label=_("Updated at"))
    trial = YesNo(field_name="trial", label=_("Trial"))
    individual_price = YesNo(field_name="individual_price", label=_("Individual price"))
    billing_type = OneOf(field_name="billing_type", choices=BillingType.choices, label=_("Billing type"))
    currency = django_filters.CharFilter(method="filter_currency", label=_("Currency"))

    class Meta:
        model = Subscription
        fields: list[str] = []

    def filter_endless(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        """Return the subscriptions without an end, or those with one; before they start, their period says it."""
        return queryset.filter(period__endless=value)

    def filter_currency(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Return the rows in one of the currencies, given as codes in any case."""
        return queryset.filter(currency__in=value.upper().replace(",", " ").split())


class CommitmentDateFilter(django_filters.FilterSet):
    """Filters of the calendar."""

    id = Numbers(field_name="id", lookup_expr="in", label=_("ID"))
    kind = OneOf(field_name="kind", choices=DateKind.choices, label=_("What"))
    at = Days(field_name="at", label=_("Date"))
    subscription = Containing(field_name="subscription__name", label=_("Subscription"))
    subscription_id = Numbers(field_name="subscription", lookup_expr="in", label=_("Subscription ID"))
    account = Named(queryset=accounts_visible_to, field_name="account", label=_("Account"))
    account_id = Numbers(field_name="account", lookup_expr="in", label=_("Account ID"))
    reseller = ResellerAndBelow(queryset=resellers_visible_to, field_name="reseller", label=_("Reseller and below"))
    connection = Visible(
        queryset=connections_visible_to,
        field_name="subscription__plan__template__connection",
        label=_("Vendor connection"),
    )

    class Meta:
        model = CommitmentDate
        fields: list[str] = []


class OrderFilter(django_filters.FilterSet):
    """Filters of orders."""

    id = Numbers(field_name="id", lookup_expr="in", label=_("ID"))
    account = Named(queryset=accounts_visible_to, field_name="account", label=_("Account"))
    account_id = Numbers(field_name="account", lookup_expr="in", label=_("Account ID"))
    subscription_id = Numbers(field_name="subscription", lookup_expr="in", label=_("Subscription ID"))
    reseller = ResellerAndBelow(queryset=resellers_visible_to, field_name="reseller", label=_("Reseller and below"))
    type = OneOf(field_name="type", choices=OrderType.choices, label=_("Type"))
    status = OneOf(field_name="status", choices=OrderStatus.choices, label=_("Status"))
    total = Between(field_name="total", label=_("Total"))
    placed_on = Days(field_name="placed_on", label=_("Order date"))
    closed_on = Days(field_name="closed_on", label=_("Closed on"))
    created_by = Visible(queryset=managers_visible_to, field_name="created_by", label=_("Created by"))

    class Meta:
        model = Order
        fields: list[str] = []


class PlanFilter(django_filters.FilterSet):
    """Filters of plans."""

    id = Numbers(field_name="id", lookup_expr="in", label=_("ID"))
    name = Containing(field_name="name", label=_("Name"))
    sku = Containing(field_name="sku", label=_("SKU"))
    reseller = ResellerAndBelow(queryset=resellers_visible_to, field_name="reseller", label=_("Reseller and below"))
    status = OneOf(field_name="status", choices=PlanStatus.choices, label=_("Status"))
    billing_type = OneOf(field_name="billing_type", choices=BillingType.choices, label=_("Billing type"))
    category = Visible(queryset=plan_categories_visible_to, field_name="category", label=_("Plan category"))
    product = Visible(queryset=products_visible_to, field_name="product", label=_("Product"))
    delegated = YesNo(field_name="parent", lookup_expr="isnull", exclude=True, label=_("Delegated"))
    public = YesNo(field_name="public", label=_("Public"))
    singleton = YesNo(field_name="singleton", label=_("Singleton"))
    currency = django_filters.CharFilter(field_name="currency", lookup_expr="iexact", label=_("Currency"))

    class Meta:
        model = Plan
        fields: list[str] = []


class ApplicationTemplateFilter(django_filters.FilterSet):
    """Filters of application templates."""

    id = Numbers(field_name="id", lookup_expr="in", label=_("ID"))
    name = Containing(field_name="name", label=_("Name"))
    reseller = ResellerAndBelow(queryset=resellers_visible_to, field_name="reseller", label=_("Reseller and below"))
    status = OneOf(field_name="status", choices=TemplateStatus.choices, label=_("Status"))

    class Meta:
        model = ApplicationTemplate
        fields: list[str] = []


class DiscountFilter(django_filters.FilterSet):
    """Filters of discounts."""

    id = Numbers(field_name="id", lookup_expr="in", label=_("ID"))
    type = OneOf(field_name="type", lookup_expr="in", choices=DiscountType.choices, label=_("Type"))

    class Meta:
        model = Discount
        fields: list[str] = []


class DifferenceFilter(django_filters.FilterSet):
    """Filters of differences with vendors."""

    id = Numbers(field_name="id", lookup_expr="in", label=_("ID"))
    kind = OneOf(field_name="kind", choices=DifferenceKind.choices, label=_("Kind"))
    connection = Visible(queryset=connections_visible_to, field_name="connection", label=_("Vendor connection"))
    account = Named(queryset=accounts_visible_to, field_name="account", label=_("Account"))
    account_id = Numbers(field_name="account", lookup_expr="in", label=_("Account ID"))
    subscription_id = Numbers(field_name="subscription", lookup_expr="in", label=_("Subscription ID"))
    reseller = ResellerAndBelow(queryset=resellers_visible_to, field_name="reseller", label=_("Reseller and below"))
    settled = OneOf(field_name="settled", choices=Settled.choices, label=_("Settled"))
    open = YesNo(field_name="settled_at", lookup_expr="isnull", label=pgettext_lazy("difference", "Open"))
    found_at = Days(field_name="found_at", label=_("Found"))

    class Meta:
        model = Difference
        fields: list[str] = []
