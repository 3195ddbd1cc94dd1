"""Every address that the platform answers, read from Django's own table, and which object each part of one names."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from api.scopes import Scope
from api.urls import RESOURCES


@dataclass(frozen=True)
class Route:
    """One line of the table: its full name ("operator:account"), its parts, and the view behind it."""

    name: str
    pattern: str
    parameters: tuple[str, ...]
    view: Callable[..., Any]

    def __str__(self) -> str:
        return self.name or self.pattern

    @property
    def panel(self) -> str:
        """The namespace on top: operator, customer, vendors, lists, api, or nothing for people's own pages."""
        return self.name.partition(":")[0] if ":" in self.name else ""

    @property
    def right(self) -> str | None:
        """The right that the view declares; "" for everybody of its panel, None where it declares nothing."""
        declared = getattr(self.view, "right", None)
        return getattr(getattr(self.view, "cls", None), "right", None) if declared is None else declared

    def addresses(self, objects: Mapping[str, tuple[Any, ...]]) -> list[str]:
        """Return the route's addresses, one for each combination of the objects by kind."""
        return [
            reverse(self.name, kwargs=dict(zip(self.parameters, values, strict=True)))
            for values in product(*(objects[kind] for kind in kinds_of(self)))
        ]


class UnknownParameter(LookupError):
    """A new address names an object that this file has not heard of: add it to KINDS, and a factory to world.py."""


# What a part of an address is called -> the kind of object; "pk" is told by the page's name instead.
KINDS = {
    "account_id": "account",
    "connection_id": "connection",
    "reseller_id": "reseller",
    "membership": "membership",
    "invitation": "invitation",
    "plan": "plan",
    "plan_pk": "plan",
    "resource": "plan_resource",
    "period": "plan_period",
    "connection": "connection",
    "gateway": "gateway",
    "draft": "draft",
    "group": "group",
    "step": "step",
    "plugin": "plugin",
    "token": "token",
    "uidb36": "uidb36",
    "key": "key",
}
# Parts that name no object of anybody's.
OPEN = frozenset({"group", "step", "plugin"})
# The longest beginning of a page's name that stands here tells the kind of its "pk".
PAGES = {
    "operator:account": "account",
    "operator:account_class": "account_class",
    "operator:account_type": "account_type",
    "operator:subscription": "subscription",
    "operator:order": "order",
    "operator:order_correct": "refused_order",
    "operator:order_give_up": "refused_order",
    "operator:payment": "payment",
    "operator:charge": "charge",
    "operator:payment_gateway": "gateway",
    "operator:invoice": "invoice",
    "operator:credit_note": "credit_note",
    "operator:correction": "correction",
    "operator:guaranteed_payment": "guarantee",
    "operator:difference": "difference",
    "operator:resolution": "resolution",
    "operator:discount": "discount",
    "operator:tax": "tax",
    "operator:reseller": "reseller",
    "operator:reseller_charge": "reseller_charge",
    "operator:manager": "manager",
    "operator:plan": "plan",
    "operator:price_change": "price_change",
    "operator:product": "product",
    "operator:profile_token": "api_token",
    "operator:category": "category",
    "operator:plan_categor": "category",
    "operator:service_term": "service_term",
    "operator:application_template": "template",
    "operator:vendor_connection": "connection",
    "customer:subscription": "subscription",
    "customer:subscription_order": "order",
    "customer:order": "order",
    "customer:order_correct": "refused_order",
    "customer:payment": "payment",
    "customer:charge": "charge",
    "customer:invoice": "invoice",
    "customer:credit_note": "credit_note",
    "customer:user": "membership",
    "customer:user_withdraw": "invitation",
    "lists:export": "export",
    "api:account_forecast": "account",
    "api:child_reseller_account_forecast": "account",
    # A record of the API is of the kind of its resource.
    **{f"api:{scope}{resource}": resource.removesuffix("s") for resource in RESOURCES for scope in Scope},
}


def kinds_of(route: Route) -> list[str]:
    """Return the kinds of all objects that the route's address names. Raises UnknownParameter."""
    return [kind_of(route, parameter) for parameter in route.parameters]


def kind_of(route: Route, parameter: str) -> str:
    """Return which kind of object the parameter names. Raises UnknownParameter."""
    if parameter != "pk":
        kind = KINDS.get(parameter)
    else:
        known = [page for page in PAGES if re.match(rf"{page}(_|s?$|[a-z]*$)", route.name)]
        kind = PAGES[max(known, key=len)] if known else None
    if kind is None:
        raise UnknownParameter(f"{route}: which object does <{parameter}> name?")
    return kind


@cache
def routes() -> tuple[Route, ...]:
    """Return every address, in the order of the table."""
    return tuple(_walk(get_resolver().url_patterns))


def named(panel: str) -> list[Route]:
    """Return the addresses of one panel."""
    return [route for route in routes() if route.panel == panel]


def _walk(patterns: list[Any], before: str = "", space: str = "", found: tuple[str, ...] = ()) -> Iterator[Route]:
    for one in patterns:
        text, parameters = before + str(one.pattern), (*found, *_parameters(one))
        if isinstance(one, URLResolver):
            inner = f"{space}{one.namespace}:" if one.namespace else space
            yield from _walk(one.url_patterns, text, inner, parameters)
        else:
            name = f"{space}{one.name}" if one.name else ""
            yield Route(name=name, pattern=text, parameters=parameters, view=one.callback)


def _parameters(one: URLPattern | URLResolver) -> tuple[str, ...]:
    """Return the names of the parts of a path() or a re_path()."""
    converters = getattr(one.pattern, "converters", {})
    return tuple(converters) or tuple(one.pattern.regex.groupindex)


def reversible(route: Route) -> bool:
    """Return whether the route can be asked for at all: the catch-all of the API has no name."""
    if not route.name:
        return False
    try:
        reverse(route.name, kwargs=dict.fromkeys(route.parameters, 1))
    except NoReverseMatch:
        return route.parameters != ()
    return True
