"""The API's credit notes and their lines are narrowed by what has an index; they are read, and no more."""

from collections.abc import Callable

from tests.api.conftest import Caller, World, ids


def test_credit_notes_are_filtered_by_invoice_and_day_and_lines_by_note_and_charge(
    world: World, caller: Callable[..., Caller]
) -> None:
    north, charge = caller(world.north), world.charges["north"]
    line, own = charge.invoice_line.credits.get(), f"/resellers/{world.north.pk}"
    note, elsewhere = line.credit_note, world.charges["south"].invoice_line.invoice_id
    assert ids(north.get(f"{own}/credit_notes?filter[invoice_id]={note.invoice_id}")) == [str(note.pk)]
    assert ids(north.get(f"{own}/credit_notes?filter[invoice_id]={elsewhere}")) == []
    assert ids(north.get(f"{own}/credit_notes?filter[created_on][gt]={note.created_on}")) == []
    assert ids(north.get(f"{own}/credit_note_lines?filter[credit_note_id]={note.pk}")) == [str(line.pk)]
    assert ids(north.get(f"{own}/credit_note_lines?filter[charge_id]={charge.pk}")) == [str(line.pk)]
    included = north.get(f"{own}/credit_notes?include=account").json()["included"]
    assert [record["id"] for record in included] == [str(charge.account_id)]
    assert north.get(f"{own}/credit_notes?filter[total][gt]=1").status_code == 400


def test_only_who_sees_invoices_gets_them(world: World, caller: Callable[..., Caller]) -> None:
    marketing = caller(world.north, "marketing")
    assert marketing.get(f"/resellers/{world.north.pk}/credit_notes").status_code == 403
