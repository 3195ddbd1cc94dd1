"""From one plan to another: from a trial to what is paid, from the flexible plan to an annual one, and no way back."""

from django.utils.translation import gettext_noop

from vendors.base import JSON, Service, Steps
from vendors.errors import Rejected
from vendors.gsuite import plans, seats
from vendors.gsuite.commitments import renewal_wanted
from vendors.gsuite.subscriptions import Subscription
from vendors.gsuite.wanted import one_of

OTHER_PRODUCT = gettext_noop(
    "The other plan sells another product, and Google moves a subscription only between plans of the same one. Order"
    " the other plan, and delete this subscription."
)
NO_WAY = gettext_noop(
    "Google does not change the plan from %(now)s to %(wanted)s. From a trial one goes to a plan that is paid, and from"
    " the flexible plan to an annual one; from an annual plan to the flexible one only when its year ends."
)
FROM = {plans.TRIAL: frozenset({plans.FLEXIBLE, *plans.ANNUAL}), plans.FLEXIBLE: plans.ANNUAL}


def refuse(subscription: Subscription, to: Service) -> None:
    """Raise Rejected where Google would not make of a subscription what another plan sells. Raises Gone."""
    key, resource = one_of(to.resources)
    if resource.offer != subscription.sku:
        raise Rejected(OTHER_PRODUCT, code="other_product")
    told, plan = subscription.living(), plan_of(to)
    now = plans.name_of(told)
    if plan != now and plan not in FROM.get(now, frozenset()):
        raise Rejected(NO_WAY, code="plan_not_changed", now=now, wanted=plan)
    # What the other plan may not have is asked of that plan: a trial's most is none of it.
    seats.refuse({**told, "plan": {"planName": plan}}, resource.quantity, key)


def plan_of(service: Service) -> str:
    """Return the plan that a service is sold as."""
    return plans.wanted(service.options, trial=service.term.trial)


def moved(subscription: Subscription, plan: str, number: int, steps: Steps) -> None:
    """Bring a subscription to another plan with so many seats, once; where it is there, nothing is sent."""

    def is_there(told: JSON) -> bool:
        return plans.name_of(told) == plan

    def body(told: JSON) -> JSON:
        wanted: JSON = {"kind": "subscriptions#changePlanRequest", "planName": plan, "seats": plans.seats(plan, number)}
        order = told.get("purchaseOrderId")
        return wanted | ({"purchaseOrderId": order} if order else {})

    def accepted(told: JSON) -> bool:
        return is_there(told) or plans.name_of(told) == plans.TRIAL

    # In a trial the plan is only noted for its end, and told nowhere: what is not sure to have arrived is sent again.
    subscription.brought("plan", "changePlan", steps, is_there=is_there, body=body, accepted=accepted)
    subscription.brought("start", "startPaidService", steps, is_there=is_there)
    seats.brought(subscription, number, steps)


def arranged(subscription: Subscription, service: Service, steps: Steps) -> None:
    """Bring what happens at the end of the year to what the platform wants, once; nothing of plans without a year."""

    def is_there(told: JSON) -> bool:
        return plans.renewal_of(told) == renewal_wanted(service, told) or not renewal_wanted(service, told)

    def body(told: JSON) -> JSON:
        return {"kind": "subscriptions#renewalSettings", "renewalType": renewal_wanted(service, told)}

    subscription.brought("end", "changeRenewalSettings", steps, is_there=is_there, body=body)
