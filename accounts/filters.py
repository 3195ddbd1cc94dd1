"""What accounts, resellers, managers and users are filtered by: in the panels' lists and in the API's query string."""

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import (
    AccessLevel,
    Account,
    AccountMembership,
    AccountStatus,
    Reseller,
    ResellerStatus,
    Role,
    User,
    UserStatus,
)
from accounts.queries import (
    account_classes_visible_to,
    account_types_visible_to,
    managers_visible_to,
    of_visible_accounts,
    resellers_visible_to,
)
from core.countries import countries
from core.lists.filters import Between, Containing, Days, Numbers, OneOf, PhoneLike, Visible, YesNo


class AccountFilter(django_filters.FilterSet):
    """Every column of the list of accounts. Deleted accounts are hidden unless they are asked for."""

    id = Numbers(field_name="id", lookup_expr="in", label=_("ID"))
    name = Containing(field_name="name", label=_("Name"))
    email = Containing(field_name="email", label=_("E-mail"))
    phone = PhoneLike(field_name="phone", label=_("Phone"))
    country = OneOf(field_name="country", choices=countries, label=_("Country"))
    city = Containing(field_name="city", label=_("City"))
    owner = django_filters.CharFilter(method="filter_owner", label=_("Owner"))
    status = OneOf(field_name="status", choices=AccountStatus.choices, label=_("Status"))
    account_type = Visible(queryset=account_types_visible_to, field_name="account_type", label=_("Account type"))
    account_class = Visible(queryset=account_classes_visible_to, field_name="account_class", label=_("Account class"))
    manager = Visible(queryset=managers_visible_to, field_name="manager", label=_("Manager"))
    reseller = Visible(queryset=resellers_visible_to, field_name="reseller", label=_("Reseller"))
    credit_limit = Between(field_name="credit_limit_override", label=_("Own credit limit"))
    trial = YesNo(field_name="trial", label=_("Trial"))
    created_at = Days(field_name="created_at", label=_("Created at"))
    updated_at = Days(field_name="updated_at", label=_("Updated at"))

    class Meta:
        model = Account
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Account]) -> QuerySet[Account]:
        """Return the rows that all filters leave, without deleted ones unless a status or an id is given."""
        rows = super().filter_queryset(queryset)
        if self.form.cleaned_data.get("status") or self.form.cleaned_data.get("id"):
            return rows
        return rows.exclude(status=AccountStatus.DELETED)

    def filter_owner(self, queryset: QuerySet[Account], name: str, value: str) -> QuerySet[Account]:
        """Return the accounts whose owner has this in the name or the e-mail."""
        owners = AccountMembership.objects.filter(account=OuterRef("pk"), access_level=AccessLevel.OWNER)
        called = owners.filter(user__name__folded=value) | owners.filter(user__email__folded=value)
        return queryset.filter(Exists(called))


class ResellerFilter(django_filters.FilterSet):
    """Every column of the list of resellers."""

    id = Numbers(field_name="id", lookup_expr="in", label=_("ID"))
    name = Containing(field_name="name", label=_("Name"))
    domain = Containing(field_name="domain", label=_("Domain"))
    email = Containing(field_name="email", label=_("E-mail"))
    currency = django_filters.CharFilter(field_name="currency", lookup_expr="iexact", label=_("Currency"))
    parent = Visible(queryset=resellers_visible_to, field_name="parent", label=_("Provider"))
    manager = Visible(queryset=managers_visible_to, field_name="manager", label=_("Manager"))
    status = OneOf(field_name="status", choices=ResellerStatus.choices, label=_("Status"))
    created_at = Days(field_name="created_at", label=_("Created at"))

    class Meta:
        model = Reseller
        fields: list[str] = []


class ManagerFilter(django_filters.FilterSet):
    """Every column of the list of managers."""

    id = Numbers(field_name="id", lookup_expr="in", label=_("ID"))
    name = Containing(field_name="name", label=pgettext_lazy("person", "Name"))
    email = Containing(field_name="email", label=_("E-mail"))
    role = OneOf(field_name="role", choices=Role.choices, label=_("Role"))
    status = OneOf(field_name="status", choices=UserStatus.choices, label=_("Status"))
    reseller = Visible(queryset=resellers_visible_to, field_name="reseller", label=_("Reseller"))
    created_at = Days(field_name="created_at", label=_("Created at"))

    class Meta:
        model = User
        fields: list[str] = []


class AccountUserFilter(django_filters.FilterSet):
    """Every column of the list of customers' users."""

    id = Numbers(field_name="id", lookup_expr="in", label=_("ID"))
    name = Containing(field_name="name", label=pgettext_lazy("person", "Name"))
    email = Containing(field_name="email", label=_("E-mail"))
    status = OneOf(field_name="status", choices=UserStatus.choices, label=_("Status"))
    access_level = django_filters.ChoiceFilter(
        method="filter_access_level", choices=AccessLevel.choices, label=_("Access level")
    )
    created_at = Days(field_name="created_at", label=_("Created at"))

    class Meta:
        model = User
        fields: list[str] = []

    def filter_access_level(self, queryset: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        """Return the users who have this access level in an account that the asker sees."""
        seen = AccountMembership.objects.filter(of_visible_accounts(self.request.actor))
        return queryset.filter(Exists(seen.filter(user=OuterRef("pk"), access_level=value)))
