"""The plugin against the sandbox: what is asked, what is told, what is refused, and what is never sent twice."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from sandbox.kaspersky.tls import UNKNOWN_FILE
from tests.vendors.contract import work
from tests.vendors.kaspersky.bench import ACCOUNT, CHANGING, DETAILS, OPTIONS, SKU, KasperskyBench
from tests.vendors.kaspersky.working import REFERENCE, of, provided, told
from tests.vendors.memory import MemoryBook
from vendors.base import Effective, Order, Party, Task, Term
from vendors.errors import Misconfigured, Parked, Rejected, VendorError, sentence
from vendors.operations import attempt
from vendors.steps import CallState, OnceOnly

TRIAL = Term(1, trial=True)


def test_the_connections_check_reads_kasperskys_own_answer(bench: KasperskyBench) -> None:
    found = bench.plugin.check_access(bench.connection())
    assert found.details == {"answer": "Subscription was not found."}
    assert bench.changing_calls() == 0
    with pytest.raises(Misconfigured, match="PFX"):
        bench.plugin.check_access(bench.opened(UNKNOWN_FILE))
    bench.vendor.fail("gateway_before", path=DETAILS)
    with pytest.raises(Misconfigured, match="does not answer like Kaspersky"):
        bench.plugin.check_access(bench.connection())


def test_code_and_licence_stay_through_changes_stop_and_activation(bench: KasperskyBench) -> None:
    book = MemoryBook()
    service = provided(bench, 5, book)
    (made,) = bench.vendor.subscriptions()
    assert book.sealed == {"activation_code": made["ActivationCode"]}
    assert service.vendor_ids["license_id"] == service.facts["license_id"] == made["LicenseId"]
    for number, (action, quantities) in enumerate(
        [("change", {"licenses": 9}), ("change", {"licenses": 4}), ("suspend", {}), ("resume", {}), ("cancel", {})]
    ):
        task = Task(action, f"subscription:1:{action}:{number}", service=service, quantities=quantities)
        done = work(bench, task)
        service = told(service, done)
    (kept,) = bench.vendor.subscriptions()
    assert (kept["ActivationCode"], kept["LicenseId"]) == (made["ActivationCode"], made["LicenseId"])
    assert (kept["Status"], kept["Quantity"], service.facts["state"]) == ("HardCancel", 4, "HardCancel")
    assert bench.changing_calls() == 6


def test_a_create_whose_answer_is_lost_is_parked_and_settled_by_people(bench: KasperskyBench) -> None:
    """The evidence names our mark; the operator's word is checked; the code comes with it, or from details."""
    bench.vendor.fail("drop_after", path=CHANGING)
    task = Task("provision", REFERENCE, order=bench.order(reference=REFERENCE, quantity=5))
    book = MemoryBook()
    for _attempt in range(3):
        with pytest.raises(VendorError) as trouble:
            attempt(bench.plugin, bench.connection(), task, OnceOnly(book, reference=REFERENCE))
    parked = trouble.value
    assert isinstance(parked, Parked)
    assert REFERENCE in str(parked)
    assert [name for name, _label in (*parked.told, *parked.sealed)] == [
        "subscription_id", "license_id", "activation_code",
    ]  # fmt: skip
    assert len(bench.vendor.subscriptions()) == 1
    for wrong in ("00000000-0000-0000-0000-000000000000", "by telephone"):
        book.steps["create"] = replace(
            book.steps["create"], state=CallState.CONFIRMED, result={"subscription_id": wrong}
        )
        with pytest.raises(Parked, match="is not the one that was ordered"):
            attempt(bench.plugin, bench.connection(), task, OnceOnly(book, reference=REFERENCE))
    bench.vendor.behave(details_tell=["Sku"])
    right = bench.settle(parked, task)
    book.steps["create"] = replace(book.steps["create"], state=CallState.CONFIRMED, result=right)
    done = work(bench, task, book)
    assert done.vendor_ids["subscription_id"] == bench.vendor.subscriptions()[0]["SubscriptionId"]
    assert next(sentence(note["message"], note["values"]) for note in book.notes).endswith("to tania@acme.example.")
    bench.vendor.behave(details_tell=["ActivationCode"])
    work(bench, task, book)
    assert book.sealed == {"activation_code": bench.vendor.subscriptions()[0]["ActivationCode"]}


def test_another_product_is_not_taken_for_what_was_ordered(bench: KasperskyBench) -> None:
    other = provided(bench, options={**OPTIONS, "sku": "KL4863XAKFS"}).vendor_ids["subscription_id"]
    bench.vendor.fail("drop_before", path=CHANGING)
    task = Task("provision", "order:2:provision", order=bench.order(reference="order:2:provision", quantity=5))
    book = MemoryBook()
    for _attempt in range(2):
        with pytest.raises(VendorError):
            attempt(bench.plugin, bench.connection(), task, OnceOnly(book, reference=task.reference))
    book.steps["create"] = replace(book.steps["create"], state=CallState.CONFIRMED, result={"subscription_id": other})
    with pytest.raises(Parked, match="another product"):
        attempt(bench.plugin, bench.connection(), task, OnceOnly(book, reference=task.reference))


def test_what_was_answered_with_a_code_is_never_made_again(bench: KasperskyBench) -> None:
    book = MemoryBook(dies_before=2)
    task = Task("provision", REFERENCE, order=bench.order(reference=REFERENCE, quantity=5))
    work(bench, task, book)
    assert len(bench.vendor.subscriptions()) == 1
    book.steps["create"] = replace(book.steps["create"], state=CallState.REJECTED)
    with pytest.raises(Parked, match="was made"):
        attempt(bench.plugin, bench.connection(), task, OnceOnly(book, reference=REFERENCE))


def test_the_whole_life_where_details_tell_what_is_published_alone(bench: KasperskyBench) -> None:
    bench.vendor.behave(details_tell=[], error_members="message", empty_success=True)
    service = provided(bench, 5)
    assert "quantity" in service.facts
    assert service.facts["quantity"] == ""
    for action, nth in (("change", 1), ("suspend", 1), ("resume", 1), ("cancel", 1)):
        quantities = {"licenses": 8} if action == "change" else {}
        bench.vendor.fail("drop_after", path=CHANGING, nth=nth)
        work(bench, Task(action, f"subscription:1:{action}", service=service, quantities=quantities))
    (kept,) = bench.vendor.subscriptions()
    assert (kept["Quantity"], kept["Status"]) == (8, "HardCancel")


def test_an_approval_code_is_sent_with_the_order_and_later_where_it_is_another(bench: KasperskyBench) -> None:
    service = provided(bench, options={**OPTIONS, "approval_code": "APR-1"})
    assert bench.vendor.subscriptions()[0]["ApprovalCode"] == service.facts["approval_code"] == "APR-1"
    work(bench, Task("change", "subscription:1:change:1", service=service, quantities={"licenses": 6}))
    assert bench.changing_calls() == 2, "it has that code"
    other = replace(service, options={**OPTIONS, "approval_code": "APR-2"})
    assert told(other, bench.plugin.observe(bench.connection(), other)).facts["approval_code"] == "APR-1"
    task = Task("change", "subscription:1:change:2", service=other, quantities={"licenses": 6})
    bench.vendor.fail("drop_after", path="modifyattributes")
    done = work(bench, task)
    assert bench.vendor.subscriptions()[0]["ApprovalCode"] == "APR-2"
    assert told(other, done).facts["approval_code"] == "APR-2"


def refused(bench: KasperskyBench, order: Order) -> list[str]:
    """Return the codes of what an order is refused for."""
    try:
        bench.plugin.validate_order(bench.connection(), order)
    except VendorError as trouble:
        return [problem.code for problem in trouble.problems]
    return []


def test_an_order_is_refused_for_what_kaspersky_would_not_take(bench: KasperskyBench) -> None:
    order = bench.order(reference="order:2:provision", quantity=5)
    assert refused(bench, order) == []
    assert refused(bench, bench.order(reference="order:2:provision", quantity=50)) == ["out_of_range"]
    stranger = replace(order, account=Party("1", "", ""))
    assert refused(bench, stranger) == ["no_company", "no_country"]


def test_an_account_has_one_subscription_and_its_first_order_alone_is_a_trial(bench: KasperskyBench) -> None:
    service = provided(bench)
    again = bench.order(reference="order:2:provision", quantity=5, vendor_ids=service.vendor_ids)
    assert refused(bench, again) == ["has_one"]
    assert refused(bench, replace(again, term=TRIAL)) == ["trial_once"]
    work(bench, Task("cancel", "subscription:1:cancel", service=service))
    assert refused(bench, again) == []
    assert refused(bench, replace(again, term=TRIAL)) == ["trial_once"]


def test_the_rule_and_the_calendar_of_a_trial(bench: KasperskyBench) -> None:
    rule = bench.plugin.change_rule(OPTIONS)
    assert (rule.raise_from, rule.lower_from, rule.a_day) == (Effective.AT_ONCE, Effective.END_OF_PERIOD, None)
    for day, ends in ((date(2026, 11, 29), date(2026, 12, 1)), (date(2026, 12, 31), date(2027, 1, 1)),
                      (date(2027, 1, 1), date(2027, 2, 1))):  # fmt: skip
        assert bench.plugin.trial_ends(OPTIONS, day) == ends
    for action in ("change", "suspend", "cancel"):
        assert bench.plugin.notices(action)
    assert bench.plugin.notices("order") == ()


def test_what_is_free_keeps_its_quantity(bench: KasperskyBench) -> None:
    bench.vendor.behave(first_order_is_free=True)
    bench.vendor.set_clock(at="2026-11-10T12:00:00")
    service = provided(bench, term=TRIAL)
    assert service.facts["period"] == "Free"
    with pytest.raises(Rejected, match="until 2026-12-01"):
        bench.plugin.check(bench.connection(), service, {"licenses": 6})
    paid = of(service, 5)
    bench.plugin.may_switch(bench.connection(), service, paid)
    with pytest.raises(Rejected, match="free period"):
        bench.plugin.may_switch(bench.connection(), service, of(service, 6))
    with pytest.raises(Rejected, match="no other product"):
        bench.plugin.may_switch(bench.connection(), service, of(service, 5, sku="KL4863XAKFS"))
    with pytest.raises(Rejected, match="1 to 4"):
        bench.plugin.may_switch(bench.connection(), service, of(service, 5, most="4"))
    work(bench, Task("switch", "order:2:switch", service=service, to=paid))
    assert bench.changing_calls() == 1, "it stays what it is"
    bench.vendor.advance(days=25)
    bench.plugin.check(bench.connection(), service, {"licenses": 6})
    dearer = of(service, 6, approval_code="APR-1")
    done = work(bench, Task("switch", "order:3:switch", service=service, to=dearer))
    assert (told(service, done).facts["approval_code"], bench.vendor.subscriptions()[0]["Quantity"]) == ("APR-1", 6)
    with pytest.raises(Rejected, match="1 to 49"):
        bench.plugin.check(bench.connection(), service, {"licenses": 50})


def test_a_trial_that_kaspersky_counts_as_paid_for_is_an_alarm_as_long_as_it_lasts(bench: KasperskyBench) -> None:
    service = provided(bench, term=TRIAL)
    (alarm,) = [fact for fact in bench.plugin.observe(bench.connection(), service).facts if fact.alarm]
    assert (alarm.name, alarm.value) == ("trial", "Paid")
    assert "counts the trial" in sentence(alarm.alarm, dict(alarm.alarm_values))
    over = replace(service, term=Term(1, trial=True, expires_on=datetime.now(UTC).date() - timedelta(days=1)))
    paid = replace(service, term=Term())
    for other in (over, paid):
        assert not any(fact.alarm for fact in bench.plugin.observe(bench.connection(), other).facts)


def test_a_template_is_checked_at_its_fields(bench: KasperskyBench) -> None:
    bench.plugin.validate_template(bench.connection(), {"licenses": "licenses"}, {"sku": SKU})
    with pytest.raises(Rejected) as refusal:
        bench.plugin.validate_template(
            bench.connection(), {"licenses": "licenses"}, {"sku": "", "least": "2", "most": "1"}
        )
    assert [problem.field for problem in refusal.value.problems] == ["sku", "most"]


def test_nothing_is_cancelled_where_nothing_was_made(bench: KasperskyBench) -> None:
    service = replace(of(provided(bench), 5), vendor_ids={})
    task = Task("cancel", "subscription:1:cancel", service=service)
    assert work(bench, task).vendor_ids == {}
    assert bench.plugin.probe(bench.connection(), task).done is not None
    assert ACCOUNT.company in bench.vendor.subscriptions()[0]["sent"]["Customer"]["Contacts"]["CompanyName"]
