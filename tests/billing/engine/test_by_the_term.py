"""spec/billing-types.md What all types of a term do alike."""

from datetime import date

import pytest

from billing.engine.rules import Deed
from billing.engine.types import rules_of
from tests.billing.engine.lived import AUG25, Lived


@pytest.mark.parametrize("key", ["csp_annual", "reservation", "gsuite"])
def test_lowering_takes_the_last_bought_in_every_piece(key: str):
    lived = Lived(key, 1).to(8, AUG25).to(4, AUG25)
    kept = lived.told("blocked", "opened")
    assert kept == [
        f"B [2018-08-25, 2018-09-01) 4 {'9.03'}",
        f"{'O' if key == 'gsuite' else 'B'} [2018-09-01, 2018-09-20) 4 25.33",
    ]


@pytest.mark.parametrize("key", ["csp_annual", "reservation", "gsuite"])
def test_an_order_paid_later_begins_on_the_day_of_its_payment(key: str):
    lived = Lived(key, 1, pay=date(2018, 8, 24))
    assert [line.split()[-1] for line in lived.told()] == ["12.90", "38.33"]
    assert lived.terms.expires_on == date(2018, 9, 24)


def test_what_people_may_not_do():
    assert {deed: rules_of("non_refund").refuses(deed) for deed in Deed} == dict.fromkeys(Deed, "committed")
    assert [deed for deed in Deed if rules_of("gsuite").refuses(deed)] == [Deed.DELETE]
    assert [
        deed for deed in Deed if rules_of("reservation").refuses(deed) or rules_of("csp_annual").refuses(deed)
    ] == []
    assert [deed for deed in Deed if rules_of("pay_in_full").refuses(deed)] == [Deed.SWITCH]
    assert [deed for deed in Deed if rules_of("non_refund", trial=True).refuses(deed)] == [Deed.SWITCH]
