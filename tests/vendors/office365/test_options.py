"""What a template says of terms: each choice is read by something, and Microsoft holds what was chosen."""

from tests.vendors.contract import work
from tests.vendors.office365.bench import LAG, Office365Bench
from tests.vendors.office365.of_today import of_today
from tests.vendors.office365.orders import an_order, sent
from vendors.base import Resource, Service, Task, Verdict
from vendors.commitments import AtEnd
from vendors.microsoft.ends import KINDS
from vendors.office365.options import TEMPLATE_FIELDS, terms_of

ITEM = {"seats": Resource("CFQ7TTC0LF8R:0001", 5)}


def held(bench: Office365Bench) -> list[tuple[str, str, bool, list[str]]]:
    """Return term, billing plan, renewal and what is scheduled of each subscription in Microsoft's records."""
    store = bench.microsoft.world.store
    return [
        (row["term"], row["cycle"], row["auto_renew"], [action["kind"] for action in row["actions"]])
        for customer in store.all("customer")
        for row in store.all(f"subscription:{customer['id']}")
    ]


def test_every_choice_is_read(bench: Office365Bench) -> None:
    connection = bench.connection()
    plain = terms_of(connection, Service({}, {}))
    for field in TEMPLATE_FIELDS:
        for value, _label in field.choices:
            told = terms_of(connection, Service({}, {}, options={field.name: value}))
            assert told != plain or value == field.default, (field.name, value)
    assert {value for field in TEMPLATE_FIELDS if field.name == "end_of_term" for value, _ in field.choices} == {*AtEnd}
    assert set(KINDS) == {*AtEnd}


def test_end_of_the_term_is_arranged_after_the_checkout_as_the_template_says(bench: Office365Bench) -> None:
    wanted = {
        "renews": (True, []),
        "ends": (False, ["Cancel"]),
        "extends": (False, ["RenewToExtendedServiceTerm"]),
    }
    bench.microsoft.live_today()
    bench.road = "direct"
    for number, (end, arranged) in enumerate(wanted.items()):
        options = of_today(end_of_term=end, **({"term_duration": "P3Y", "billing_cycle": "annual"} if number else {}))
        order = an_order(
            reference=f"order:{number}:provision",
            resources=ITEM,
            options=options,
            answers={"domain_prefix": f"acme{number}"},
        )
        task = Task("provision", order.reference, order=order)
        work(bench, task)
        assert held(bench)[-1] == (options["term_duration"], options["billing_cycle"], *arranged)
        bench.advance(LAG)
        assert bench.plugin.probe(bench.connection(), task).verdict is Verdict.DONE
    assert len(sent(bench, "POST", "/checkout")) == 3
