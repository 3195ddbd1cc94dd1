"""What the journal of exchanges with vendors is filtered by."""

import django_filters
from django.utils.translation import gettext_lazy as _

from core.lists.filters import Between, Containing, Days, OneOf
from vendors.models import VendorExchange

METHODS = [(name, name) for name in ("GET", "POST", "PATCH", "PUT", "DELETE", "HEAD")]


class ExchangeFilter(django_filters.FilterSet):
    """Filters of exchanges: what was asked, when, and what came of it."""

    method = OneOf(field_name="method", choices=METHODS, label=_("Method"))
    status = Between(field_name="status", label=_("Answer"))
    at = Days(field_name="at", label=_("At"))
    url = Containing(field_name="url", label=_("Address"))
    error = Containing(field_name="error", label=_("Error"))
    request_id = Containing(field_name="request_id", label=_("Request id"))
    operation_id = django_filters.UUIDFilter(field_name="operation_id", label=_("Operation"))
    milliseconds = Between(field_name="milliseconds", label=_("Milliseconds"))

    class Meta:
        model = VendorExchange
        fields: list[str] = []
