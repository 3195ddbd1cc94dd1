"""The API's invoices and their lines are narrowed by what has an index; they are read, and no more."""

from collections.abc import Callable

from tests.api.conftest import Caller, World, ids


def test_invoices_are_filtered_by_day_and_account_and_lines_by_invoice(
    world: World, caller: Callable[..., Caller]
) -> None:
    north, line = caller(world.north), world.charges["north"].invoice_line
    own = f"/resellers/{world.north.pk}"
    assert ids(north.get(f"{own}/invoices?filter[account_id]={world.accounts['north'].pk}")) == [str(line.invoice_id)]
    assert ids(north.get(f"{own}/invoices?filter[created_on][gt]={line.invoice.created_on}")) == []
    assert ids(north.get(f"{own}/invoice_lines?filter[invoice_id]={line.invoice_id}")) == [str(line.pk)]
    assert north.get(f"{own}/invoices?filter[total][gt]=1").status_code == 400


def test_only_who_sees_invoices_gets_them(world: World, caller: Callable[..., Caller]) -> None:
    marketing = caller(world.north, "marketing")
    assert marketing.get(f"/resellers/{world.north.pk}/invoices").status_code == 403
