"""spec/billing-types.md 3.2: the term and every fee (E6, E7)."""

from datetime import date
from decimal import Decimal

from tests.billing.engine.lived import AUG25, SEP1, Lived


def test_e6_e7_reservation_with_its_fees_and_their_renewal():
    lived = Lived("reservation", 3, 3, fees=True)
    assert [line for line in lived.told() if "setup" in line] == [
        "C plan setup [2018-08-20, 2018-11-20) 1 5.00 2018-08-20",
        "C setup [2018-08-20, 2018-11-20) 3 3.00 2018-08-20",
    ]
    assert [line.split()[-1] for line in lived.told("blocked")] == [
        "0.77", "11.61", "2.00", "30.00", "2.00", "30.00", "1.27", "19.00",
    ]  # fmt: skip
    assert (lived.due, lived.blocked()) == (Decimal("104.65"), "96.65")
    end = date(2018, 11, 20)
    for day in (SEP1, date(2018, 10, 1), date(2018, 11, 1), end):
        lived.night(day)
    lived.renew(end, end)
    assert lived.told("blocked") == [
        "B plan [2018-11-20, 2018-12-01) 1 0.73", "B [2018-11-20, 2018-12-01) 3 11.00",
        "B plan [2018-12-01, 2019-01-01) 1 2.00", "B [2018-12-01, 2019-01-01) 3 30.00",
        "B plan [2019-01-01, 2019-02-01) 1 2.00", "B [2019-01-01, 2019-02-01) 3 30.00",
        "B plan [2019-02-01, 2019-02-20) 1 1.36", "B [2019-02-01, 2019-02-20) 3 20.36",
    ]  # fmt: skip
    assert [line for line in lived.told() if "renewal" in line] == [
        "C plan renewal [2018-11-20, 2019-02-20) 1 4.00 2018-11-20",
        "C renewal [2018-11-20, 2019-02-20) 3 1.50 2018-11-20",
    ]


def test_reservation_a_raise_takes_the_setup_fee_of_its_units_and_a_stop_changes_nothing():
    lived = Lived("reservation", 3, 3, fees=True).to(5, AUG25)
    assert "C setup [2018-08-25, 2018-11-20) 2 2.00 2018-08-25" in lived.told()
    assert lived.stop(AUG25).blocked() == "153.84"
