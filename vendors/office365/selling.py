"""What Office 365 sells: both catalogues, what templates and orders have to say, what is refused before payment."""

from collections.abc import Iterator, Mapping

from vendors.base import Connection, Field, Offer, Order, Resource, Service
from vendors.errors import Rejected, together
from vendors.microsoft import customers
from vendors.microsoft.partner_center import PartnerCenter, same_id
from vendors.microsoft.plugin import MicrosoftPlugin, country_of, partner_center_of
from vendors.microsoft.subscriptions import subscription_ids
from vendors.office365 import alignment, licences, products, qualifications
from vendors.office365.demanded import Look
from vendors.office365.lines import is_item
from vendors.office365.options import TEMPLATE_FIELDS, terms_of


class SellsLicences(MicrosoftPlugin):
    """Licences of the new commerce, and the offers of before it."""

    lists_slowly = True
    template_fields = TEMPLATE_FIELDS
    order_fields = (*MicrosoftPlugin.order_fields, *qualifications.ORDER_FIELDS, alignment.FIELD)

    def catalogue(self, connection: Connection) -> Iterator[Offer]:
        """Yield what can be bought in the connection's country: the licence offers of before, then the new commerce."""
        partner_center, country = partner_center_of(connection), country_of(connection)
        for item in partner_center.collection("offers", params={"country": country}):
            if item.get("isAvailableForPurchase", True) and same_id(str(item.get("billing") or "license"), "license"):
                yield licences.offer_of(item)
        yield from products.catalogue(partner_center, country)

    def validate_template(self, connection: Connection, offers: Mapping[str, str], options: Mapping[str, str]) -> None:
        """Raise Rejected, naming each field, for what Microsoft sells not at all, or not so."""
        terms = terms_of(connection, Service({}, {}, options=options))
        look = Look(partner_center_of(connection), terms, country_of(connection))
        problems = list(look.problems_of_template(offers))
        if problems:
            raise together(problems)

    def follow_up(self, connection: Connection, order: Order) -> tuple[Field, ...]:
        """Return what is asked of a customer whom Microsoft has not vetted yet for the template's segment.

        And for the end of the first term, where Microsoft tells days for it.
        """
        days = alignment.asked(connection, order)
        segment = terms_of(connection, order).segment
        if segment not in qualifications.QUALIFICATIONS:
            return days
        partner_center = partner_center_of(connection)
        return (*qualifications.asked_for(partner_center, _customer_id(partner_center, order), segment), *days)

    def validate_order(self, connection: Connection, order: Order) -> None:
        """Raise Rejected, naming each field, for what Microsoft would not take or sell: nobody has paid yet."""
        problems: list[Rejected] = []
        for asked in (super().validate_order, alignment.check):
            try:
                asked(connection, order)
            except Rejected as refusal:
                problems += [one for one in refusal.problems if isinstance(one, Rejected)]
        if any(one.field == "country" for one in problems):
            raise together(problems)  # where nothing is sold, there is no catalogue to look into
        partner_center, terms = partner_center_of(connection), terms_of(connection, order)
        customer_id = _customer_id(partner_center, order)
        look = Look(partner_center, terms, order.account.country or terms.country, customer_id)
        left = {key: one for key, one in order.resources.items() if f"order_id.{key}" not in order.vendor_ids}
        problems += look.problems_of(left, beside=order.resources)
        vetted = qualifications.problem_of(partner_center, customer_id, terms.segment, order.answers)
        problems += [vetted] if vetted is not None else []
        if problems:
            raise together(problems)

    def check_items(self, connection: Connection, service: Service, quantities: Mapping[str, int]) -> None:
        """Raise Rejected, naming each resource, for units of the new commerce that Microsoft would not sell.

        What is held already is looked at for its bounds, what is bought now as an order is.
        """
        known, terms = subscription_ids(service), terms_of(connection, service)
        partner_center, customer_id = partner_center_of(connection), service.vendor_ids.get("customer_id", "")
        look = Look(partner_center, terms, terms.country, customer_id)
        wanted = {key: Resource(one.offer, quantities.get(key, one.quantity)) for key, one in service.resources.items()}
        items = {key: one for key, one in wanted.items() if key in quantities and is_item(one.offer)}
        more = {
            key: one for key, one in items.items() if key in known and one.quantity > service.resources[key].quantity
        }
        fresh = {key: one for key, one in items.items() if key not in known}
        problems = [*look.problems_of_more(more), *look.problems_of(fresh, beside=wanted)]
        if problems:
            raise together(problems)


def _customer_id(partner_center: PartnerCenter, order: Order) -> str:
    """Return the customer's id at Microsoft, "" where it is none there."""
    return str((customers.known(partner_center, order) or {}).get("customer_id") or "")
