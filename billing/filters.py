"""What charges, payments and transactions can be filtered by: in the panels' lists and in the API's query string."""

import django_filters
from django.utils.translation import gettext_lazy as _

from billing.models import (
    Charge,
    ChargeSource,
    ChargeStatus,
    ChargeType,
    Correction,
    CorrectionStatus,
    CreditNote,
    CreditNoteLine,
    GuaranteedPayment,
    GuaranteeStatus,
    Invoice,
    InvoiceLine,
    LedgerEntry,
    Payment,
    PaymentKind,
    PaymentMethod,
    PaymentStatus,
    ResellerCharge,
)
from core.lists.filters import Moment, Number, Numbers, OnDay, OneOf


class ChargeFilter(django_filters.FilterSet):
    """Filters of charges. The days are those of the books, the moments those of the rows."""

    id = Numbers(field_name="id", lookup_expr="in", label=_("ID"))
    status = OneOf(field_name="status", choices=ChargeStatus.choices, label=_("Status"))
    type = OneOf(field_name="type", lookup_expr="in", choices=ChargeType.choices, label=_("Type"))
    source = OneOf(field_name="source", lookup_expr="in", choices=ChargeSource.choices, label=_("Cause"))
    subscription_id = Numbers(field_name="subscription_id", lookup_expr="in", label=_("Subscription"))
    account_id = Numbers(field_name="account_id", lookup_expr="in", label=_("Account"))
    order_id = Numbers(field_name="order_id", lookup_expr="in", label=_("Order"))
    close_date = OnDay(field_name="closed_on", label=_("Close date"))
    close_date__gt = django_filters.DateFilter(field_name="closed_on", lookup_expr="gt", label=_("Closed after"))
    close_date__lt = django_filters.DateFilter(field_name="closed_on", lookup_expr="lt", label=_("Closed before"))
    operate_from__gt = django_filters.DateFilter(field_name="operate_from", lookup_expr="gt", label=_("Starts after"))
    operate_from__lt = django_filters.DateFilter(field_name="operate_from", lookup_expr="lt", label=_("Starts before"))
    created_at__gt = Moment(field_name="created_at", lookup_expr="gt", label=_("Created after"))
    created_at__lt = Moment(field_name="created_at", lookup_expr="lt", label=_("Created before"))
    updated_at__gt = Moment(field_name="updated_at", lookup_expr="gt", label=_("Changed after"))
    updated_at__lt = Moment(field_name="updated_at", lookup_expr="lt", label=_("Changed before"))
    amount__gt = Number(field_name="amount", lookup_expr="gt", label=_("Amount above"))
    amount__lt = Number(field_name="amount", lookup_expr="lt", label=_("Amount below"))

    class Meta:
        model = Charge
        fields: list[str] = []


class ResellerChargeFilter(django_filters.FilterSet):
    """Filters of what resellers owe one another."""

    id = Numbers(field_name="id", lookup_expr="in", label=_("ID"))
    creditor_id = Numbers(field_name="creditor_id", lookup_expr="in", label=_("Upstream"))
    debtor_id = Numbers(field_name="debtor_id", lookup_expr="in", label=_("Downstream"))
    type = OneOf(field_name="type", lookup_expr="in", choices=ChargeType.choices, label=_("Type"))
    subscription_id = Numbers(field_name="subscription_id", lookup_expr="in", label=_("Subscription"))
    created_on__gt = django_filters.DateFilter(field_name="created_on", lookup_expr="gt", label=_("Charged after"))
    created_on__lt = django_filters.DateFilter(field_name="created_on", lookup_expr="lt", label=_("Charged before"))

    class Meta:
        model = ResellerCharge
        fields: list[str] = []


class PaymentFilter(django_filters.FilterSet):
    """Filters of payments."""

    id = Numbers(field_name="id", lookup_expr="in", label=_("ID"))
    status = OneOf(field_name="status", choices=PaymentStatus.choices, label=_("Status"))
    kind = OneOf(field_name="kind", lookup_expr="in", choices=PaymentKind.choices, label=_("Type"))
    method = OneOf(field_name="method", lookup_expr="in", choices=PaymentMethod.choices, label=_("Payment method"))
    account_id = Numbers(field_name="account_id", lookup_expr="in", label=_("Account"))
    order_id = Numbers(field_name="order_id", lookup_expr="in", label=_("Order"))
    opened_on__gt = django_filters.DateFilter(field_name="opened_on", lookup_expr="gt", label=_("Created after"))
    opened_on__lt = django_filters.DateFilter(field_name="opened_on", lookup_expr="lt", label=_("Created before"))
    closed_on__gt = django_filters.DateFilter(field_name="closed_on", lookup_expr="gt", label=_("Closed after"))
    closed_on__lt = django_filters.DateFilter(field_name="closed_on", lookup_expr="lt", label=_("Closed before"))
    amount__gt = Number(field_name="amount", lookup_expr="gt", label=_("Total above"))
    amount__lt = Number(field_name="amount", lookup_expr="lt", label=_("Total below"))

    class Meta:
        model = Payment
        fields: list[str] = []


class CorrectionFilter(django_filters.FilterSet):
    """Filters of corrections."""

    id = Numbers(field_name="id", lookup_expr="in", label=_("ID"))
    status = OneOf(field_name="status", choices=CorrectionStatus.choices, label=_("Status"))
    account_id = Numbers(field_name="account_id", lookup_expr="in", label=_("Account"))
    opened_on__gt = django_filters.DateFilter(field_name="opened_on", lookup_expr="gt", label=_("Created after"))
    opened_on__lt = django_filters.DateFilter(field_name="opened_on", lookup_expr="lt", label=_("Created before"))

    class Meta:
        model = Correction
        fields: list[str] = []


class GuaranteeFilter(django_filters.FilterSet):
    """Filters of guaranteed payments."""

    id = Numbers(field_name="id", lookup_expr="in", label=_("ID"))
    status = OneOf(field_name="status", choices=GuaranteeStatus.choices, label=_("Status"))
    account_id = Numbers(field_name="account_id", lookup_expr="in", label=_("Account"))
    expires_on__gt = django_filters.DateFilter(field_name="expires_on", lookup_expr="gt", label=_("Expires after"))
    expires_on__lt = django_filters.DateFilter(field_name="expires_on", lookup_expr="lt", label=_("Expires before"))

    class Meta:
        model = GuaranteedPayment
        fields: list[str] = []


class InvoiceFilter(django_filters.FilterSet):
    """Filters of invoices."""

    id = Numbers(field_name="id", lookup_expr="in", label=_("ID"))
    account_id = Numbers(field_name="account_id", lookup_expr="in", label=_("Account"))
    created_on__gt = django_filters.DateFilter(field_name="created_on", lookup_expr="gt", label=_("Created after"))
    created_on__lt = django_filters.DateFilter(field_name="created_on", lookup_expr="lt", label=_("Created before"))
    total__gt = Number(field_name="total", lookup_expr="gt", label=_("Total above"))
    total__lt = Number(field_name="total", lookup_expr="lt", label=_("Total below"))

    class Meta:
        model = Invoice
        fields: list[str] = []


class InvoiceLineFilter(django_filters.FilterSet):
    """Filters of the lines of invoices."""

    id = Numbers(field_name="id", lookup_expr="in", label=_("ID"))
    invoice_id = Numbers(field_name="invoice_id", lookup_expr="in", label=_("Invoice"))
    charge_id = Numbers(field_name="charge_id", lookup_expr="in", label=_("Charge"))

    class Meta:
        model = InvoiceLine
        fields: list[str] = []


class CreditNoteFilter(django_filters.FilterSet):
    """Filters of credit notes."""

    id = Numbers(field_name="id", lookup_expr="in", label=_("ID"))
    account_id = Numbers(field_name="account_id", lookup_expr="in", label=_("Account"))
    invoice_id = Numbers(field_name="invoice_id", lookup_expr="in", label=_("Invoice"))
    created_on__gt = django_filters.DateFilter(field_name="created_on", lookup_expr="gt", label=_("Created after"))
    created_on__lt = django_filters.DateFilter(field_name="created_on", lookup_expr="lt", label=_("Created before"))

    class Meta:
        model = CreditNote
        fields: list[str] = []


class CreditNoteLineFilter(django_filters.FilterSet):
    """Filters of the lines of credit notes."""

    id = Numbers(field_name="id", lookup_expr="in", label=_("ID"))
    credit_note_id = Numbers(field_name="credit_note_id", lookup_expr="in", label=_("Credit note"))
    charge_id = Numbers(field_name="line__charge_id", lookup_expr="in", label=_("Charge"))

    class Meta:
        model = CreditNoteLine
        fields: list[str] = []


class TransactionFilter(django_filters.FilterSet):
    """Filters of the movements of a balance."""

    account_id = Numbers(field_name="account_id", lookup_expr="in", label=_("Account"))
    subscription_id = Numbers(field_name="charge__subscription_id", lookup_expr="in", label=_("Subscription"))
    day__gt = django_filters.DateFilter(field_name="day", lookup_expr="gt", label=_("After"))
    day__lt = django_filters.DateFilter(field_name="day", lookup_expr="lt", label=_("Before"))

    class Meta:
        model = LedgerEntry
        fields: list[str] = []
