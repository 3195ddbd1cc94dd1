"""A second plugin of Microsoft's needs nothing of the first: connection, consent, customer and agreement are shared."""

from tests.vendors.contract import provisioning, work
from tests.vendors.memory import MemoryBook
from tests.vendors.office365.bench import Office365Bench
from tests.vendors.office365.orders import an_order, provision
from vendors.base import Connection, Done, Order, Probe, Service, Steps, Task, Verdict
from vendors.microsoft import customers
from vendors.microsoft.plugin import MicrosoftPlugin, partner_center_of
from vendors.office365.plugin import Office365
from vendors.operations import attempt
from vendors.steps import OnceOnly


class TenantOnly(MicrosoftPlugin):
    """Sells nothing but the tenant: as much as every plugin of Microsoft's has."""

    slug = "tenant-only"
    name = "Tenant"

    def provision(self, connection: Connection, order: Order, steps: Steps) -> Done:
        partner_center = partner_center_of(connection)
        customer = customers.provide(partner_center, order, steps)
        self.agree(connection, partner_center, customer, order, steps)
        return Done(customer)

    def cancel(self, connection: Connection, service: Service, steps: Steps) -> Done:
        return Done(service.vendor_ids)

    def probe(self, connection: Connection, task: Task) -> Probe:
        return Probe(Verdict.NOT_DONE)


def test_another_plugin_sells_to_the_tenant_that_office_365_made_over_the_same_kind_of_connection(
    bench: Office365Bench,
) -> None:
    first = provision(bench, an_order())
    plugin = TenantOnly()
    assert plugin.family == Office365.family != ""
    shared = {name: value for name, value in first.vendor_ids.items() if name in plugin.account_ids}
    assert plugin.check_access(bench.connection()).details["company"]
    changing = bench.changing_calls()
    order = an_order(reference="order:18:provision", vendor_ids=shared, answers={})
    plugin.validate_order(bench.connection(), order)
    task = Task("provision", order.reference, order=order)
    done = attempt(plugin, bench.connection(), task, OnceOnly(MemoryBook(), reference=order.reference))
    assert done.vendor_ids == shared
    # The customer and the agreement are there: nothing was sent again.
    assert bench.changing_calls() == changing


def test_it_makes_customer_and_agreement_where_the_account_has_none(bench: Office365Bench) -> None:
    bench.plugin = TenantOnly()
    work(bench, provisioning(bench), MemoryBook())
    assert bench.microsoft.counts()["customers"] == 1
    paths = [call["path"] for call in bench.microsoft.requests_seen(path="/agreements") if call["method"] == "POST"]
    assert len(paths) == 1
