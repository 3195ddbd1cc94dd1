"""Invoices and their lines: own and child, list and by id; read only."""

from api.serializers.invoices import INVOICE, INVOICE_LINE
from api.views.resources import ResourceViewSet
from billing.filters import InvoiceFilter, InvoiceLineFilter
from billing.queries import invoice_lines_visible_to, invoices_visible_to


class InvoiceViewSet(ResourceViewSet):
    """What was closed in a billing period of an account, and what is to be paid of it."""

    right = "invoices.view"
    rows_visible_to = staticmethod(invoices_visible_to)
    shape = INVOICE
    filterset = InvoiceFilter
    filters = ("id", "account_id", "created_on__gt", "created_on__lt")
    natural = {"created_on": "created_on"}


class InvoiceLineViewSet(ResourceViewSet):
    """The charges that stand on invoices, each with its taxes there."""

    right = "invoices.view"
    rows_visible_to = staticmethod(invoice_lines_visible_to)
    belongs_to = "invoice__reseller"
    shape = INVOICE_LINE
    filterset = InvoiceLineFilter
    filters = ("id", "invoice_id", "charge_id")
