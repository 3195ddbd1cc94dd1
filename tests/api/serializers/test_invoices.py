"""What one record of an invoice says, and one of its lines."""

from api.serializers.invoices import INVOICE, INVOICE_LINE
from billing.models import Invoice, InvoiceLine
from tests.api.conftest import World


def test_an_invoice_and_its_line(world: World) -> None:
    line = world.charges["north"].invoice_line
    record = INVOICE.record(INVOICE.read(Invoice.objects.all()).get(pk=line.invoice_id))["attributes"]
    assert (record["number"], record["total"], record["currency"]) == (line.invoice.number, "1.00", "USD")
    assert (record["payment_id"], record["payment_status"], record["due_on"]) == (None, None, None)
    of_line = INVOICE_LINE.record(INVOICE_LINE.read(InvoiceLine.objects.all()).get(pk=line.pk))["attributes"]
    assert (of_line["amount"], of_line["tax"], of_line["currency"]) == ("19.35", "1.00", "USD")
    assert of_line["charge_id"] == world.charges["north"].pk
