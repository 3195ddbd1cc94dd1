"""Which of a plugin's methods carries an operation out: of a term nothing, where the vendor has none."""

from tests.vendors.contract import work
from tests.vendors.office365.bench import open_bench
from vendors.base import Done, Service, Task


def test_what_was_planned_while_a_package_was_away_and_means_nothing_to_it_is_done() -> None:
    service = Service({"customer_id": "c"}, {})
    with open_bench() as bench:
        bench.microsoft.forget_requests()
        assert work(bench, Task("renew", "order:1:renew", service=service)) == Done({"customer_id": "c"})
        assert bench.microsoft.requests_seen(path="/partnercenter/") == []
