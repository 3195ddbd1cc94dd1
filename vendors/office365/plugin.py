"""The Office 365 plugin: Microsoft subscriptions sold through Partner Center (CR-499, CR-544, CR-494)."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime

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
from vendors.microsoft import customers
from vendors.microsoft.agreements import CONFIRMED, observed
from vendors.microsoft.errors import SUBSCRIPTION_GONE
from vendors.microsoft.holdings import MicrosoftHoldings
from vendors.microsoft.partner_center import Members, PartnerCenter
from vendors.microsoft.patience import Patience
from vendors.microsoft.plugin import MicrosoftPlugin, country_of, partner_center_of, road_of
from vendors.microsoft.price_sheets import FIELDS as PRICE_FIELDS
from vendors.microsoft.price_sheets import MicrosoftPrices
from vendors.microsoft.subscriptions import (
    Subscriptions,
    has_end,
    has_status,
    is_deleted,
    is_ended,
    is_new_commerce,
    last_day,
    subscription_ids,
)
from vendors.office365 import licences, ordering, qualifications
from vendors.office365.asked import Asked
from vendors.office365.options import terms_of
from vendors.office365.ordering import InReview
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
        customer = customers.provide(partner_center, order, steps)
        with partner_center.telling_what_is_gone(customer["customer_id"]):
            waits = self.agree(connection, partner_center, customer, order, steps)
            if waits is not None:
                return waits
            segment = terms_of(connection, order.options).segment
            waits = qualifications.awaited(partner_center, customer, segment, order.answers, steps)
            if waits is not None:
                return waits
            asked = Asked(connection, partner_center, customer, steps)
            return asked.outcome(lambda: self._place(connection, order, customer, steps))

    def change(self, connection: Connection, service: Service, quantities: Mapping[str, int], steps: Steps) -> Outcome:
        """Bring each resource's subscription to its quantity; one that was never ordered is ordered now."""
        partner_center = partner_center_of(connection)
        subscriptions = self._subscriptions(partner_center, service)

        def changed() -> Done:
            keys = subscriptions.in_order(quantities)
            subscriptions.refuse_gone(keys)
            for key in keys:
                subscriptions.set_quantity(key, quantities[key], steps)
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
            subscriptions.refuse_gone(subscriptions.ids)
            return _now("suspended", service, subscriptions.ids)

        with _telling_what_is_gone(partner_center, service):
            return Asked(connection, partner_center, service.vendor_ids, steps, who=Who.OPERATOR).outcome(suspended)

    def resume(self, connection: Connection, service: Service, steps: Steps) -> Outcome:
        """Activate every subscription of the service that has a quantity, base subscriptions first (27009)."""
        partner_center = partner_center_of(connection)
        subscriptions = self._subscriptions(partner_center, service)

        def resumed() -> Done:
            keys = subscriptions.in_order(_sold(service))
            subscriptions.refuse_gone(keys)
            for key in keys:
                subscriptions.set_status(key, "active", steps)
            return _now("active", service, keys)

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
            return _ended(known, subscriptions)

        with _telling_what_is_gone(partner_center, service):
            return Asked(connection, partner_center, service.vendor_ids, steps, who=Who.OPERATOR).outcome(cancelled)

    def observe(self, connection: Connection, service: Service) -> Done:
        """Return the ids and states of the subscriptions as they are now, and how the agreement stands: every night."""
        partner_center = partner_center_of(connection)
        with _telling_what_is_gone(partner_center, service):
            agreed = () if road_of(connection) == CONFIRMED else observed(partner_center, service.vendor_ids)
            return Done(service.vendor_ids, (*licences.service_facts(partner_center, service), *agreed))

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
        if not all(_reached(task.action, subscriptions.read(key), units[key], connection.now) for key in wanted):
            return Probe(Verdict.NOT_DONE)
        if task.action == "cancel":
            return Probe(Verdict.DONE, _ended(service, subscriptions))
        if task.action == "change":
            return Probe(Verdict.DONE, _done(partner_center, service.vendor_ids, _at(service, quantities)))
        return Probe(Verdict.DONE, _now("active" if task.action == "resume" else "suspended", service, wanted))

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
        """Say what Microsoft goes on billing where a service is stopped or deleted."""
        sentence = {"suspend": STOPPED_IS_BILLED, "cancel": ENDS_LATER}.get(action)
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
        terms = terms_of(connection, order.options, order.answers)
        ids = ordering.order(
            partner_center, customer["customer_id"], lines, terms=terms, steps=steps, now=connection.now
        )
        ids = ordering.settle(partner_center, customer["customer_id"], ids, patience=self.patience)
        with just_made():
            self._arrange(partner_center, customer | ids, terms, steps)
            return _done(partner_center, customer | ids, order.resources)

    def _arrange(
        self, partner_center: PartnerCenter, ids: Mapping[str, str], terms: ordering.Terms, steps: Steps
    ) -> None:
        """Arrange what happens when the terms of subscriptions that were just bought are over."""
        bought = self._subscriptions(partner_center, Service(ids, {}))
        for key in bought.ids:
            bought.arrange_end(key, terms.at_end, steps)

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
        terms = terms_of(connection, service.options)
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
            terms_of(connection, order.options).at_end,
        )
        told = [bought.read(key) for key in bought.ids]
        if not all(has_end(one, at_end) for one in told):
            return Probe(Verdict.NOT_DONE)
        return Probe(Verdict.DONE, _done(partner_center, customer | ids, order.resources))


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


def _reached(action: str, subscription: Members, quantity: int, now: datetime) -> bool:
    """Return whether a subscription is where the action was to bring it."""
    if action == "change":
        if quantity == 0:
            return has_status(subscription, "suspended")
        return has_status(subscription, "active") and int(subscription["quantity"]) == quantity
    if action == "resume":
        return has_status(subscription, "active")
    if action == "cancel" and is_new_commerce(subscription):
        return is_ended(subscription, now)
    if action == "cancel" and subscription.get("autoRenewEnabled") and not is_deleted(subscription):
        return False
    return has_status(subscription, "suspended")


def _now(status: str, service: Service, keys: Iterable[str]) -> Done:
    """Return what a step leaves behind that brought subscriptions to a status: what was told of it before is over."""
    return Done(service.vendor_ids, facts=tuple(Fact(f"status.{key}", licences.STATUS, status) for key in keys))


def _ended(service: Service, subscriptions: Subscriptions) -> Done:
    """Return what a cancellation leaves behind: what is over, and what runs on to the last day of its term."""
    facts: list[Fact] = []
    for key in subscriptions.ids:
        told = subscriptions.read(key)
        status = str(told.get("status") or "")
        facts.append(Fact(f"status.{key}", licences.STATUS, status))
        runs = is_new_commerce(told) and not is_deleted(told)
        facts.append(Fact(f"ends_on.{key}", licences.ENDS_ON, last_day(told) if runs else ""))
    return Done(service.vendor_ids, facts=tuple(facts))


def _done(partner_center: PartnerCenter, ids: Mapping[str, str], resources: Mapping[str, Resource]) -> Done:
    service = Service(vendor_ids=ids, resources=resources)
    return Done(vendor_ids=dict(ids), facts=licences.service_facts(partner_center, service))
