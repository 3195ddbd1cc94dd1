"""How many units of a plan's resources may be had: what is included, demanded, limited, and what the vendor sells."""

from collections.abc import Collection, Mapping

from django.utils.translation import gettext_lazy as _

from core.errors import Refusals, Refused
from core.fitting import refuse_unfit
from subscriptions.models import PlanResource, Subscription
from subscriptions.models.plan import MOST_UNITS


class QuantityNotAllowed(Refused):
    """A number of units is outside what the plan or the vendor allows; `field` is "quantities.<key>"."""

    code = "quantity_not_allowed"


def checked_quantities(resources: Collection[PlanResource], wanted: Mapping[str, int]) -> dict[PlanResource, int]:
    """Return the units of each resource of a plan; one that is left out gets what the plan includes or demands.

    Raises QuantityNotAllowed for each resource out of bounds, naming it.
    """
    by_key = {resource.resource.key: resource for resource in resources}
    refusals = Refusals()
    for key in wanted:
        if key not in by_key:
            sentence = _("The plan has no resource “%(key)s”.") % {"key": key}
            refusals.add(QuantityNotAllowed(sentence, field=f"quantities.{key}"))
    counts = {}
    for key, resource in by_key.items():
        count = wanted.get(key, max(resource.included, resource.minimum))
        with refusals.gathered():
            check_quantity(resource, count)
        counts[resource] = count
    refusals.raise_any()
    return counts


def check_quantity(resource: PlanResource, count: int) -> None:
    """Do nothing where the plan and the vendor sell so many units, else raise QuantityNotAllowed with the bound."""
    vendors = resource.resource
    lowest = max(resource.minimum, vendors.vendor_minimum or 0 if count else 0)
    limits = [limit for limit in (resource.limit, vendors.vendor_maximum) if limit is not None]
    if not resource.measurable:
        limits.append(1)
    field = f"quantities.{vendors.key}"
    if count < max(lowest, 0):
        raise QuantityNotAllowed(
            _("%(name)s: at least %(minimum)s.") % {"name": resource.name, "minimum": lowest}, field=field
        )
    if limits and count > min(limits):
        raise QuantityNotAllowed(
            _("%(name)s: at most %(maximum)s.") % {"name": resource.name, "maximum": min(limits)}, field=field
        )
    if count > MOST_UNITS:
        raise QuantityNotAllowed(
            _("%(name)s: at most %(maximum)s.") % {"name": resource.name, "maximum": MOST_UNITS}, field=field
        )


def refuse_too_many(counts: Collection[int]) -> None:
    """Do nothing where a subscription can hold all these units together, else raise DoesNotFit."""
    refuse_unfit(Subscription, {"quantity": sum(counts)})


def refuse_nothing(wanted: Mapping[PlanResource, int]) -> None:
    """Do nothing where at least one unit is wanted, else raise QuantityNotAllowed."""
    if not any(wanted.values()):
        raise QuantityNotAllowed(_("Nothing is ordered: enter a quantity of at least one."), field="quantities")
