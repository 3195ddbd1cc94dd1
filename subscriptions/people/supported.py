"""What the vendor of a subscription does not do at all: refused by name, so that panels say it and do not offer it."""

from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from subscriptions.models import Subscription
from vendors.registry import plugin_for

# By the names of vendors.base.Support: what is said, with the way out.
NOT_DONE = {
    "change": _("%(vendor)s: the units of a service are not changed. Order another one, and delete this one."),
    "lower": _(
        "%(vendor)s: the units of a service are not lowered. Order another one with fewer, and delete this one."
    ),
    "suspend": _("%(vendor)s: a service is not stopped for a while. It runs on until it is deleted."),
}


class NotSupported(Refused):
    """The vendor has no such operation."""

    code = "not_supported"


def refuse_unsupported(subscription: Subscription, what: str, *, field: str | None = None) -> None:
    """Raise NotSupported where the vendor does not do it: "change", "lower" or "suspend"."""
    refusal = unsupported(subscription).get(what)
    if refusal is not None:
        raise NotSupported(refusal, field=field)


def unsupported(subscription: Subscription) -> dict[str, str]:
    """Return the sentences about what the vendor does not do, by the names of its support."""
    connection = subscription.plan.template.connection
    if connection is None:
        return {}
    plugin = plugin_for(connection.plugin)
    support = plugin.support
    does = {"change": support.change, "lower": support.lower or not support.change, "suspend": support.suspend}
    return {what: str(said % {"vendor": plugin.name}) for what, said in NOT_DONE.items() if not does[what]}
