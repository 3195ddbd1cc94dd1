"""What one record of a credit note says, and one of its lines."""

from api.serializers.credit_notes import CREDIT_NOTE, CREDIT_NOTE_LINE
from billing.models import CreditNote, CreditNoteLine
from tests.api.conftest import World


def test_a_credit_note_and_its_line(world: World) -> None:
    line = world.charges["north"].invoice_line.credits.get()
    record = CREDIT_NOTE.record(CREDIT_NOTE.read(CreditNote.objects.all()).get(pk=line.credit_note_id))["attributes"]
    assert (record["number"], record["total"], record["currency"]) == (line.credit_note.number, "-1.00", "USD")
    assert (record["invoice_id"], record["correction_id"]) == (line.credit_note.invoice_id, None)
    of_line = CREDIT_NOTE_LINE.record(CREDIT_NOTE_LINE.read(CreditNoteLine.objects.all()).get(pk=line.pk))["attributes"]
    assert (of_line["amount"], of_line["invoice_line_id"]) == ("-19.35", line.line_id)
    assert (of_line["charge_id"], of_line["credit_note_id"]) == (world.charges["north"].pk, line.credit_note_id)
