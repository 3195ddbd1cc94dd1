"""Licences: 20 and 48 are as good as done where the records say so, lost orders are found, the rest is parked."""

import pytest

from tests.vendors.contract import life, provisioning, work
from tests.vendors.eset.bench import EsetBench, parked_after, provided
from tests.vendors.memory import MemoryBook
from vendors.base import Service
from vendors.errors import Gone, LostAnswer, NotAnswering, Rejected
from vendors.eset.client import ACCESS, Ema
from vendors.eset.licences import KEY, Licences, product_of
from vendors.operations import attempt
from vendors.steps import OnceOnly


def calls(bench: EsetBench, name: str) -> list[int | None]:
    """Return how the calls of a name ended."""
    return [call["status"] for call in bench.vendor.requests_seen(path=f"/License/{name}")]


def test_an_order_whose_answer_was_lost_is_sent_again_and_20_is_as_good_as_done(bench: EsetBench) -> None:
    task, book = provisioning(bench), MemoryBook()
    bench.vendor.behave(list_lag_seconds=60)
    bench.vendor.fail("drop_after", path="/License/Order")
    with pytest.raises(LostAnswer):
        attempt(bench.plugin, bench.connection(), task, OnceOnly(book, reference=task.reference))
    done = work(bench, task, book)
    assert KEY.fullmatch(done.vendor_ids["licence_id"])
    assert calls(bench, "Order")[0] is None
    assert set(calls(bench, "Order")[1:]) <= {400}
    assert bench.vendor.counts()["licences"] == 1


def test_what_is_ordered_and_never_listed_is_parked_with_where_to_look_and_settled_by_an_operator(
    bench: EsetBench,
) -> None:
    task, book = provisioning(bench), MemoryBook()
    bench.vendor.fail("drop_after", path="/License/Order")
    parked = parked_after(bench, task, book)
    (licence,) = bench.vendor.world.licences()
    assert (parked.step, parked.told) == ("licence", (("licence_id", "Public licence ID"),))
    assert licence["company"] in str(parked)
    assert "ESET MSP Administrator" in str(parked)
    assert work(bench, task, book).vendor_ids["licence_id"] == licence["key"]


def test_an_operator_who_names_another_customers_licence_is_told(bench: EsetBench) -> None:
    other = provided(bench, 9, reference="order:7:provision").vendor_ids["licence_id"]
    task, book = provisioning(bench), MemoryBook()
    work(bench, task, book)
    step = book.steps["licence"]
    book.steps["licence"] = type(step)(step.name, step.request_id, step.state, result={"licence_id": other})
    with pytest.raises(Rejected) as refusal:
        work(bench, task, book)
    assert other in str(refusal.value)
    assert bench.vendor.world.licence(other)["quantity"] == 9


def test_48_is_as_good_as_done_where_the_quantity_is_the_wanted_one(bench: EsetBench) -> None:
    service = provided(bench)
    ema = Ema(bench.connection())
    key = service.vendor_ids["licence_id"]
    before = ema.http.request(
        "POST",
        f"{bench.base_url}/api/License/Detail",
        json={"publicLicenseKey": key},
        headers={"Authorization": f"Bearer {bench.secrets[ACCESS]}"},
    ).json()
    ema.send("License/UpdateQuantity", publicLicenseKey=key, quantity=8)  # somebody at ESET's portal
    bench.vendor.fail("answer", path="/License/Detail", times=2, status=200, body=before)
    work(bench, life(bench, "change", service, quantity=8))
    assert calls(bench, "UpdateQuantity") == [200, 400]
    assert bench.held()[0].quantity == 8
    equal = {"code": 8, "subCode": 48, "message": "LicenseQunatityIsEqualToPrevious"}
    bench.vendor.fail("answer", path="/UpdateQuantity", status=400, body=equal)
    with pytest.raises(Rejected):
        work(bench, life(bench, "change", service, quantity=3, turn=2))
    assert bench.held()[0].quantity == 8


def test_suspending_and_activating_what_is_so_already_is_done(bench: EsetBench) -> None:
    service = provided(bench)
    for turn, (action, running) in enumerate(
        [("suspend", False), ("suspend", False), ("resume", True), ("resume", True)]
    ):
        work(bench, life(bench, action, service, turn=turn))
        assert bench.held()[0].running is running
    assert calls(bench, "Suspend") == [200]
    assert calls(bench, "Unsuspend") == [200]
    for name, sub, action in (("Suspend", 21, "suspend"), ("Unsuspend", 22, "resume")):
        if action == "resume":
            work(bench, life(bench, "suspend", service, turn=8))
        bench.vendor.fail("answer", path=f"/License/{name}$", status=400, body={"code": 8, "subCode": sub})
        with pytest.raises(Rejected):
            work(bench, life(bench, action, service, turn=9))


def test_a_licence_under_another_id_is_found_at_its_customer_and_what_is_nowhere_is_gone(bench: EsetBench) -> None:
    service = provided(bench, licence="trial")
    old = service.vendor_ids["licence_id"]
    licences = Licences(Ema(bench.connection()))
    licences.ema.send("License/ConvertToFull", publicLicenseKey=old, quantity=5)
    assert licences.of(service).key != old
    assert licences.of(service).is_at(service.vendor_ids["company_id"], product_of(service))
    bench.vendor.remove_licences()
    with pytest.raises(Gone):
        licences.of(service)


def test_what_is_listed_and_not_told_of_is_asked_again(bench: EsetBench) -> None:
    service = provided(bench)
    bench.vendor.fail("not_found", path="/License/Detail")
    with pytest.raises(NotAnswering):
        Licences(Ema(bench.connection())).of(service)


@pytest.mark.parametrize("body", [{}, {"publicLicenseKey": "ABC-DEF-GHJ"}, {"publicLicenseKey": 5}, {"x": 1}])
def test_a_detail_that_says_not_what_it_must_is_asked_again(bench: EsetBench, body: dict[str, object]) -> None:
    service = provided(bench)
    bench.vendor.fail("answer", path="/License/Detail", status=200, body=body)
    with pytest.raises(NotAnswering):
        Licences(Ema(bench.connection())).of(service)


def test_a_service_without_ids_has_no_licence(bench: EsetBench) -> None:
    with pytest.raises((Gone, Rejected)):
        Licences(Ema(bench.connection())).of(Service({"company_id": "nobody", "licence_id": "ABC-DEF-GHJ"}, {}))
    assert product_of(Service({}, {})) == ""
