"""Schools, authorities, charities: who does not qualify hears so before paying, and what is vetted is waited for."""

import pytest

from tests.vendors.contract import work
from tests.vendors.memory import MemoryBook
from tests.vendors.office365.bench import Office365Bench
from tests.vendors.office365.of_today import CHARITYS, DOMAIN, FACULTY, GCC, again, known, of_today, ordering, told
from tests.vendors.office365.orders import sent
from vendors.base import Done, Order, Task, Waiting, Who
from vendors.errors import Rejected
from vendors.operations import attempt
from vendors.steps import OnceOnly

SCHOOL = of_today(segment="Education")
AUTHORITY = of_today(segment="Government")
CHARITY = of_today(segment="Nonprofit")


def asked(bench: Office365Bench, order: Order) -> list[str]:
    fields = bench.plugin.follow_up(bench.connection(), order)
    return [field.name for field in fields if field.name != "ends_with"]


def looked(bench: Office365Bench, order: Order, book: MemoryBook) -> object:
    task = Task("provision", order.reference, order=order)
    return attempt(bench.plugin, bench.connection(), task, OnceOnly(book, reference=order.reference))


def test_order_for_a_school_asks_what_kind_it_is_has_it_vetted_and_waits(bench: Office365Bench) -> None:
    bench.microsoft.behave(vetting_seconds=86_400)
    done = known(bench)
    order = again(done, FACULTY, options=SCHOOL)
    assert asked(bench, order) == ["education_segment"]
    ((field, sentence),) = told(bench, order)
    assert (field, "“Kind of school” is missing" in sentence) == ("education_segment", True)
    order = again(done, FACULTY, options=SCHOOL, answers={"education_segment": "K12"})
    assert told(bench, order) == []
    book = MemoryBook()
    for _look in range(2):
        waits = looked(bench, order, book)
        assert isinstance(waits, Waiting)
        assert (waits.who, waits.values) == (Who.VENDOR, {"segment": "Education"})
    assert sent(bench, "POST", "/qualifications") == [{"qualification": "Education", "educationSegment": "K12"}]
    assert len(sent(bench, "POST", "/carts")) == 1
    assert asked(bench, again(done, FACULTY, options=SCHOOL)) == [], "it is in review already"
    bench.microsoft.qualify(domain=DOMAIN, qualification="Education")
    assert isinstance(work(bench, Task("provision", order.reference, order=order), book), Done)
    assert len(sent(bench, "POST", "/checkout")) == 2


def test_asking_is_one_question_whatever_becomes_of_the_answer(bench: Office365Bench) -> None:
    bench.microsoft.behave(vetting_seconds=0)
    bench.road = "direct"
    bench.microsoft.fail("drop_after", method="POST", path=r"/qualifications$")
    order = ordering(FACULTY, options=SCHOOL, answers={"domain_prefix": "acme", "education_segment": "K12"})
    assert told(bench, order) == [], "a new customer is vetted once it is one"
    work(bench, Task("provision", order.reference, order=order))
    assert len(sent(bench, "POST", "/qualifications")) == 1
    assert bench.microsoft.counts()["subscriptions"] == 1


def test_who_does_not_qualify_is_told_what_to_do_before_paying(bench: Office365Bench) -> None:
    done = known(bench)
    ((_field, sentence),) = told(bench, again(done, CHARITYS, options=CHARITY))
    assert "nonprofit.microsoft.com" in sentence
    assert asked(bench, again(done, CHARITYS, options=CHARITY)) == []
    bench.microsoft.qualify(domain=DOMAIN, qualification="Nonprofit")
    assert told(bench, again(done, CHARITYS, options=CHARITY)) == []
    bench.microsoft.qualify(domain=DOMAIN, qualification="Education", status="Denied", reason="No school.")
    school = again(done, FACULTY, options=SCHOOL, answers={"education_segment": "K12"})
    ((_field, sentence),) = told(bench, school)
    assert "No school." in sentence
    assert asked(bench, again(done, GCC, options=AUTHORITY)) == ["validation_code"]
    authority = again(done, GCC, options=AUTHORITY, answers={"validation_code": "wrong"})
    with pytest.raises(Rejected, match="validationCode"):
        looked(bench, authority, MemoryBook())
    assert len(sent(bench, "POST", "/carts")) == 1
