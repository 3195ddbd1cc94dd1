"""The Office 365 plugin: Microsoft subscriptions sold through Partner Center (CR-499, CR-544, CR-494)."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace

from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from vendors.base import (
    JSON,
    Connection,
    Done,
    Fact,
    Order,
    Outcome,
    Probe,
    Resource,
    Service,
    Steps,
    Task,
    Verdict,
    Who,
)
from vendors.capabilities import ObservesServices
from vendors.errors import Gone, just_made
from vendors.microsoft import customers, delegated
from vendors.microsoft.agreements import CONFIRMED, observed
from vendors.microsoft.ends import arrange, arrange_bought, has_end, put_back, remember
from vendors.microsoft.errors import SUBSCRIPTION_GONE
from vendors.microsoft.holdings import MicrosoftHoldings
from vendors.microsoft.partner_center import PartnerCenter
from vendors.microsoft.patience import Patience
from vendors.microsoft.plugin import MicrosoftPlugin, country_of, partner_center_of, road_of
from vendors.microsoft.price_sheets import FIELDS as PRICE_FIELDS
from vendors.microsoft.price_sheets import MicrosoftPrices
from vendors.microsoft.seats import change_seats
from vendors.microsoft.subscriptions import (
    Subscriptions,
    subscription_ids,
)
from vendors.office365 import licences, ordering, qualifications
from vendors.office365.asked import Asked
from vendors.office365.options import terms_of
from vendors.office365.ordering import InReview
from vendors.office365.reached import ended, ending, now_in, reached
from vendors.office365.selling import SellsLicences
from vendors.office365.transitions import MicrosoftTransitions
from vendors.registry import register

STOPPED_IS_BILLED = gettext_noop(
    "Microsoft goes on billing a stopped subscription of the new commerce until its term ends."
)
ENDS_LATER = gettext_noop(
    "Microsoft cancels a subscription of the new commerce, with a refund, within seven days of its purchase or renewal;"
    " later it runs to the last day of its term and is billed until then."
)

EXTENDED_IS_DEARER = gettext_noop(
    "For a subscription that goes on without a term Microsoft asks three per cent more than by the month, and"
    " twenty-three per cent where its product has no monthly plan; it can be ended at any time then, and is paid by the"
    " day."
)


@register
class Office365(SellsLicences, MicrosoftTransitions, MicrosoftPrices, MicrosoftHoldings, ObservesServices):
    """Office 365 as a Microsoft Cloud Solution Provider sells it."""

    slug = "office365"
    name = _("Office 365")
    portal = "https://portal.office.com/"
    settings_fields = (*MicrosoftPlugin.settings_fields, *PRICE_FIELDS)

    def __init__(self, patience: Patience | None = None) -> None:
        self.patience = patience or Patience()

    # -- a service's life ---------------------------------------------------------------------------------------

    def provision(self, connection: Connection, order: Order, steps: Steps) -> Outcome:
        """Provide the customer, see to the agreement, place the order, and wait until Microsoft is ready."""
        partner_center = partner_center_of(connection)
        customer = customers.provide(partner_center, order, steps, delegated=delegated.made_with_customers(connection))
        told = delegated.ask(connection, customer, order, steps)
        with partner_center.telling_what_is_gone(customer["customer_id"]):
            waits = self.agree(connection, partner_center, customer, order, steps)
            segment = terms_of(connection, order).segment
            waits = waits or qualifications.awaited(partner_center, customer, segment, order.answers, steps)
            asked = Asked(connection, partner_center, customer, steps)
            came = waits or asked.outcome(lambda: self._place(connection, order, customer, steps))
            return replace(came, facts=(*came.facts, *told))

    def change(self, connection: Connection, service: Service, quantities: Mapping[str, int], steps: Steps) -> Outcome:
        """Bring each resource's subscription to its quantity; one that was never ordered is ordered now."""
        partner_center = partner_center_of(connection)
        subscriptions = self._subscriptions(partner_center, service)

        def changed() -> Done:
            keys = subscriptions.in_order(quantities)
            # None is wanted of what is brought to zero: what has ended is there already.
            subscriptions.refuse_gone(key for key in keys if quantities[key])
            for key in keys:
                change_seats(subscriptions, key, quantities[key], service, steps, now=connection.now)
            ids = dict(service.vendor_ids) | self._ordered_later(connection, service, quantities, steps)
            return _done(partner_center, ids, _at(service, quantities))

        with _telling_what_is_gone(partner_center, service):
            return Asked(connection, partner_center, service.vendor_ids, steps).outcome(changed)

    def suspend(self, connection: Connection, service: Service, steps: Steps) -> Outcome:
        """Suspend every subscription of the service that is still there."""
        partner_center = partner_center_of(connection)
        subscriptions = self._subscriptions(partner_center, service)

        def suspended() -> Done:
            for key in subscriptions.in_order():
                subscriptions.set_status(key, "suspended", steps)
            subscriptions.refuse_gone(_sold(service))
            return now_in("suspended", service, subscriptions.ids)

        with _telling_what_is_gone(partner_center, service):
            return Asked(connection, partner_center, service.vendor_ids, steps, who=Who.OPERATOR).outcome(suspended)

    def resume(self, connection: Connection, service: Service, steps: Steps) -> Outcome:
        """Activate every subscription of the service that has a quantity, base subscriptions first (27009).

        A stop has dropped what was arranged for the end of the term: it is arranged anew.
        """
        partner_center = partner_center_of(connection)
        subscriptions = self._subscriptions(partner_center, service)

        def resumed() -> Done:
            keys = subscriptions.in_order(_sold(service))
            subscriptions.refuse_gone(keys)
            for key in keys:
                subscriptions.set_status(key, "active", steps)
                put_back(subscriptions, key, remember(subscriptions, key, steps), service, steps)
            return now_in("active", service, keys)

        with _telling_what_is_gone(partner_center, service):
            return Asked(connection, partner_center, service.vendor_ids, steps).outcome(resumed)

    def cancel(self, connection: Connection, service: Service, steps: Steps) -> Outcome:
        """End every subscription: with a refund inside its window, else at the end of its term, and say which.

        One of the time before new commerce is suspended and renews no more: it is not invoiced further, does not come
        back by itself, and is removed by Microsoft when its data's retention ends (specification 4.7). An order that
        has become no subscription yet is waited for.
        """
        partner_center = partner_center_of(connection)

        def cancelled() -> Done:
            known = ordering.completed(partner_center, service)
            subscriptions = self._subscriptions(partner_center, known)
            gone = [subscriptions.end(key, steps, now=connection.now) for key in subscriptions.in_order()]
            if any(gone):
                raise Gone(SUBSCRIPTION_GONE)
            return ended(known, subscriptions)

        with _telling_what_is_gone(partner_center, service):
            return Asked(connection, partner_center, service.vendor_ids, steps, who=Who.OPERATOR).outcome(cancelled)

    def arrange_end(self, connection: Connection, service: Service, steps: Steps) -> Outcome:
        """Bring every subscription of the new commerce to the end that is wanted, and say on which day it ends."""
        partner_center = partner_center_of(connection)
        subscriptions = self._subscriptions(partner_center, service)

        def arranged() -> Done:
            subscriptions.refuse_gone(_sold(service))
            for key in subscriptions.in_order():
                arrange(subscriptions, key, service, steps)
            return ending(service, subscriptions)

        with _telling_what_is_gone(partner_center, service):
            return Asked(connection, partner_center, service.vendor_ids, steps).outcome(arranged)

    def observe(self, connection: Connection, service: Service) -> Done:
        """Return the ids and states of the subscriptions as they are now, and how the agreement stands: every night."""
        partner_center = partner_center_of(connection)
        with _telling_what_is_gone(partner_center, service):
            agreed = () if road_of(connection) == CONFIRMED else observed(partner_center, service.vendor_ids)
            allowed = delegated.observed(connection, service.vendor_ids)
            return Done(service.vendor_ids, (*licences.service_facts(partner_center, service), *agreed, *allowed))

    def switched(self, connection: Connection, service: Service) -> Done:
        """Return what a switch leaves behind."""
        return _done(partner_center_of(connection), service.vendor_ids, service.resources)

    def probe(self, connection: Connection, task: Task) -> Probe:
        """Look whether Microsoft's records show the whole operation as done."""
        partner_center = partner_center_of(connection)
        if task.order is not None:
            return self._probe_order(connection, task.order)
        service = task.service or Service({}, {})
        with _telling_what_is_gone(partner_center, service):
            return self._probe_service(connection, partner_center, task, service)

    def _probe_service(
        self, connection: Connection, partner_center: PartnerCenter, task: Task, service: Service
    ) -> Probe:
        if task.to is not None:
            return self.probe_switch(connection, service, task.to)
        quantities = task.quantities
        subscriptions = self._subscriptions(partner_center, service)
        if any(quantities[key] for key in _never_ordered(service, quantities)) or ordering.unfinished(service):
            return Probe(Verdict.NOT_DONE)
        keys = {"change": quantities, "resume": _sold(service)}.get(task.action)
        wanted = [key for key in subscriptions.ids if keys is None or key in keys]
        units = {key: quantities.get(key, 0) for key in wanted}
        if not all(reached(task, key, subscriptions.read(key), units[key], connection.now) for key in wanted):
            return Probe(Verdict.NOT_DONE)
        leaves = {"cancel": ended, "arrange": ending}.get(task.action)
        if leaves is not None:
            return Probe(Verdict.DONE, leaves(service, subscriptions))
        if task.action == "change":
            return Probe(Verdict.DONE, _done(partner_center, service.vendor_ids, _at(service, quantities)))
        return Probe(Verdict.DONE, now_in("active" if task.action == "resume" else "suspended", service, wanted))

    # -- questions ----------------------------------------------------------------------------------------------

    def check(self, connection: Connection, service: Service, quantities: Mapping[str, int]) -> None:
        """Raise Refused for quantities outside the offer's bounds or below the licences that are assigned."""
        partner_center = partner_center_of(connection)
        with _telling_what_is_gone(partner_center, service):
            licences.check(partner_center, service, quantities, country=country_of(connection))
            self.check_items(connection, service, quantities)
            if service.vendor_ids.get("customer_id"):
                self._subscriptions(partner_center, service).refuse_gone(quantities)

    def notices(self, action: str) -> tuple[str, ...]:
        """Say what Microsoft goes on billing where a service is stopped, deleted, or goes on without a term."""
        sentence = {"suspend": STOPPED_IS_BILLED, "cancel": ENDS_LATER, "arrange": EXTENDED_IS_DEARER}.get(action)
        return () if sentence is None else (gettext(sentence),)

    def facts(self, connection: Connection, service: Service) -> tuple[Fact, ...]:
        """Return what Microsoft knows of the service now: ids, states, licences in use."""
        partner_center = partner_center_of(connection)
        with _telling_what_is_gone(partner_center, service):
            return licences.facts(partner_center, service, country=country_of(connection))

    # -- parts --------------------------------------------------------------------------------------------------

    def _place(self, connection: Connection, order: Order, customer: JSON, steps: Steps) -> Done:
        """Place the order of a customer who is there and has agreed."""
        partner_center = partner_center_of(connection)
        lines = ordering.lines_of(order.resources, label=order.label, reference=order.reference)
        terms = terms_of(connection, order, order.answers)
        ids = ordering.order(
            partner_center, customer["customer_id"], lines, terms=terms, steps=steps, now=connection.now
        )
        ids = ordering.settle(partner_center, customer["customer_id"], ids, patience=self.patience)
        with just_made():
            self._arrange(partner_center, customer | ids, terms, steps)
            return _done(partner_center, customer | ids, order.resources, is_new=True)

    def _arrange(
        self, partner_center: PartnerCenter, ids: Mapping[str, str], terms: ordering.Terms, steps: Steps
    ) -> None:
        """Arrange what happens when the terms of subscriptions that were just bought are over."""
        bought = self._subscriptions(partner_center, Service(ids, {}))
        for key in bought.ids:
            arrange_bought(bought, key, terms.at_end, steps)

    def _subscriptions(self, partner_center: PartnerCenter, service: Service) -> Subscriptions:
        return Subscriptions(partner_center, service, patience=self.patience)

    def _ordered_later(
        self, connection: Connection, service: Service, quantities: Mapping[str, int], steps: Steps
    ) -> dict[str, str]:
        """Order the resources that get their first units now."""
        known = subscription_ids(service)
        fresh = {
            key: Resource(service.resources[key].offer, quantities[key]) for key in _never_ordered(service, quantities)
        }
        label = service.label or service.vendor_ids.get("domain", "")
        lines = ordering.lines_of(fresh, label=label, reference=steps.reference)
        if not lines:
            return {}
        partner_center, customer_id = partner_center_of(connection), service.vendor_ids["customer_id"]
        terms = terms_of(connection, service)
        parents = {service.resources[key].offer: value for key, value in known.items() if key in service.resources}
        ids = ordering.order(
            partner_center, customer_id, lines, terms=terms, steps=steps, now=connection.now, subscriptions=parents
        )
        ids = ordering.settle(partner_center, customer_id, ids, patience=self.patience)
        self._arrange(partner_center, {**ids, "customer_id": customer_id}, terms, steps)
        return ids

    def _probe_order(self, connection: Connection, order: Order) -> Probe:
        partner_center = partner_center_of(connection)
        customer = customers.known(partner_center, order) or customers.find(partner_center, order)
        if customer is None:
            return Probe(Verdict.NOT_DONE)
        lines = ordering.lines_of(order.resources, label=order.label, reference=order.reference)
        ids = ordering.find(partner_center, customer["customer_id"], lines)
        if ids is None:
            return Probe(Verdict.NOT_DONE)
        try:
            ids = ordering.settle(partner_center, customer["customer_id"], ids, patience=self.patience)
        except InReview:
            return Probe(Verdict.NOT_DONE)
        bought, at_end = (
            self._subscriptions(partner_center, Service(customer | ids, {})),
            terms_of(connection, order).at_end,
        )
        told = [bought.read(key) for key in bought.ids]
        if not all(has_end(one, at_end) for one in told):
            return Probe(Verdict.NOT_DONE)
        return Probe(Verdict.DONE, _done(partner_center, customer | ids, order.resources, is_new=True))


def _telling_what_is_gone(partner_center: PartnerCenter, service: Service) -> AbstractContextManager[None]:
    return partner_center.telling_what_is_gone(service.vendor_ids.get("customer_id", ""))


def _at(service: Service, quantities: Mapping[str, int]) -> dict[str, Resource]:
    """Return the service's resources with the new quantities."""
    return {
        key: Resource(resource.offer, quantities.get(key, resource.quantity))
        for key, resource in service.resources.items()
    }


def _sold(service: Service) -> dict[str, Resource]:
    """Return the resources of which there are units."""
    return {key: resource for key, resource in service.resources.items() if resource.quantity > 0}


def _never_ordered(service: Service, quantities: Mapping[str, int]) -> list[str]:
    """Return the resources of a change that have an offer at Microsoft and no subscription yet."""
    known = subscription_ids(service)
    return [key for key in quantities if key not in known and key in service.resources and service.resources[key].offer]


def _done(
    partner_center: PartnerCenter, ids: Mapping[str, str], resources: Mapping[str, Resource], *, is_new: bool = False
) -> Done:
    service = Service(vendor_ids=ids, resources=resources)
    return Done(vendor_ids=dict(ids), facts=licences.service_facts(partner_center, service, is_new=is_new))
