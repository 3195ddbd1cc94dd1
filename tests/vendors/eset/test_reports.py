"""What ESET has billed this month is read from its own report."""

import pytest

from tests.vendors.eset.bench import SERVER, EsetBench, provided
from vendors.errors import NotAnswering
from vendors.eset.client import Ema
from vendors.eset.licences import Licences
from vendors.eset.reports import seat_days


def test_unit_days_are_those_of_the_licences_product_and_customer_this_month(bench: EsetBench) -> None:
    bench.now = bench.now.replace(month=11, day=10, hour=12)
    bench.vendor.set_clock(at=bench.now.isoformat(), stopped=True)
    service, _other = provided(bench, 5), provided(bench, 9, reference="order:2:provision")
    ema = Ema(bench.connection())
    licence = Licences(ema).of(service)
    ema.send("License/Order", customerId=licence.company, productCode=SERVER, quantity=2, licenseType=1)
    assert seat_days(ema, licence) == 0
    bench.advance(3 * 86400)
    assert seat_days(Ema(bench.connection()), licence) == 15
    bench.advance(20 * 86400)  # 3 December
    assert seat_days(Ema(bench.connection()), licence) == 15


def test_a_report_that_cannot_be_read_is_asked_for_again(bench: EsetBench) -> None:
    licence = Licences(Ema(bench.connection())).of(provided(bench, 5))
    bench.vendor.fail("answer", path="/UsageReport/", status=200, body={"products": [{"code": "105", "seatDays": "x"}]})
    with pytest.raises(NotAnswering):
        seat_days(Ema(bench.connection()), licence)
