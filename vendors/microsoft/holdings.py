"""What Microsoft holds of a customer: the whole list of its subscriptions, each of which can be read by its id."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from vendors.base import Connection, Service
from vendors.commitments import Commitment
from vendors.holdings import Listed, ListsHoldings, Sold, Unagreed
from vendors.microsoft.agreements import DIRECT_INVITED
from vendors.microsoft.agreements import State as AgreementState
from vendors.microsoft.commitments import MicrosoftCommitments, commitment_of
from vendors.microsoft.partner_center import Members
from vendors.microsoft.plugin import partner_center_of
from vendors.microsoft.subscriptions import SUBSCRIPTION, is_new_commerce, known_subscription, subscription_ids
from vendors.microsoft.unverified import unverified


class MicrosoftHoldings(MicrosoftCommitments, ListsHoldings):
    """All subscriptions of a Microsoft customer, those of 2019 with those of the new commerce."""

    def holdings(self, connection: Connection, service: Service) -> Sequence[Listed]:
        """Return the customer's subscriptions as Partner Center lists them, up to 15 minutes late."""
        partner_center = partner_center_of(connection)
        customer_id = service.vendor_ids.get("customer_id", "")
        ids = {name: service.vendor_ids[name] for name in ("customer_id", "domain") if name in service.vendor_ids}
        with partner_center.telling_what_is_gone(customer_id):
            return tuple(
                Listed(
                    _held(told),
                    {**ids, f"{SUBSCRIPTION}unknown": str(told["id"])},
                    str(told.get("friendlyName") or told.get("offerName") or told["id"]),
                )
                for told in partner_center.collection(f"customers/{customer_id}/subscriptions")
            )

    def looked_up(self, connection: Connection, service: Service, vendor_id: str) -> Commitment | None:
        """Return a subscription of the customer by its id; None where Microsoft does not know it."""
        partner_center = partner_center_of(connection)
        customer_id = service.vendor_ids.get("customer_id", "")
        with partner_center.telling_what_is_gone(customer_id):
            told = known_subscription(partner_center, customer_id, vendor_id)
            return None if told is None else _held(told)

    def resource_ids(self, service: Service) -> Mapping[str, str]:
        """Return the subscription of each resource, by resource key."""
        return subscription_ids(service)

    def sold(self, options: Mapping[str, str]) -> Sold:
        """Return term and billing plan of a template; an older licence offer has no term."""
        term = options.get("term_duration") or ""
        return Sold(term, options.get("billing_cycle") or "") if term else Sold()

    def unagreed(self, service: Service) -> Unagreed | None:
        """Return that the customer has to accept the Microsoft Customer Agreement anew, where it counts no more."""
        if service.facts.get("agreement") != AgreementState.REQUIRED:
            return None
        domain = service.vendor_ids.get("domain") or service.vendor_ids.get("customer_id", "")
        return Unagreed(DIRECT_INVITED, {"domain": domain, "link": unverified("direct_acceptance_page")})


def _held(told: Members) -> Commitment:
    """Return a subscription as it is told; one of before the new commerce is bound to nothing."""
    commitment = commitment_of("", told)
    return commitment if is_new_commerce(told) else replace(commitment, term="", billing_plan="", at_end=None)
