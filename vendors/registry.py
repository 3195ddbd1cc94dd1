"""Which vendor plugins there are: registered by decorator, found in installed apps and through entry points."""

from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import entry_points
from typing import TypeVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from vendors.absent import absent
from vendors.base import Field, FieldKind, Support, VendorPlugin

ENTRY_POINT_GROUP = "brokerage.vendor_plugins"

_plugins: dict[str, VendorPlugin] = {}

PluginClass = TypeVar("PluginClass", bound=type[VendorPlugin])
Capability = TypeVar("Capability")


class UnknownPlugin(LookupError):
    """Somebody names a vendor plugin that is not installed."""


def register(plugin_class: PluginClass) -> PluginClass:
    """Make the plugin known under its slug; a decorator for its class. Two classes under one slug are a mistake.

    So is a class that says it supports what it does not do, and one that asks for a secret where none is kept: answers
    of an order and settings of a template stand in addresses, rows and pages as they were given.
    """
    for asked in (*plugin_class.order_fields, *plugin_class.template_fields):
        if asked.is_secret:
            raise ValueError(f"{plugin_class} asks for the secret {asked.name!r}: put it into `settings_fields`.")
    for duty in duties_of(plugin_class.support):
        if getattr(plugin_class, duty) is getattr(VendorPlugin, duty):
            raise ValueError(f"{plugin_class} has no method {duty!r}: write it, or say so in its `support`.")
    known = _plugins.get(plugin_class.slug)
    if known is not None and type(known) is not plugin_class:
        raise ValueError(f"Two vendor plugins are called {plugin_class.slug!r}: {type(known)} and {plugin_class}.")
    _plugins[plugin_class.slug] = plugin_class()
    return plugin_class


def duties_of(support: Support) -> tuple[str, ...]:
    """Return the methods that a plugin needs for what it supports."""
    return (*(("change",) if support.change else ()), *(("suspend", "resume") if support.suspend else ()))


def plugin_for(slug: str) -> VendorPlugin:
    """Return the plugin of a row; where its package was removed meanwhile, one that says so whatever it is asked."""
    return _plugins.get(slug) or absent(slug)


def installed_plugin(slug: str) -> VendorPlugin:
    """Return the plugin that somebody names; raises UnknownPlugin."""
    try:
        return _plugins[slug]
    except KeyError:
        raise UnknownPlugin(f"No vendor plugin {slug!r} is installed; installed: {sorted(_plugins)}.") from None


def settings_fields_of(plugin: VendorPlugin) -> tuple[Field, ...]:
    """Return the inputs of a connection to the vendor, with this installation's defaults (VENDOR_DEFAULTS).

    Where the installation names a server of its own, the vendor's other servers have no default: a sandbox's address
    never stands beside a real one unless somebody types it.
    """
    own = settings.VENDOR_DEFAULTS.get(plugin.slug, {})
    servers = {field.name for field in plugin.settings_fields if field.kind is FieldKind.URL}
    cleared = servers if servers & set(own) else set()
    return tuple(
        replace(field, default=own.get(field.name, "" if field.name in cleared else field.default))
        for field in plugin.settings_fields
    )


def plugins() -> tuple[VendorPlugin, ...]:
    """Return every plugin, by slug."""
    return tuple(_plugins[slug] for slug in sorted(_plugins))


def plugins_with(capability: type[Capability]) -> Iterator[Capability]:
    """Yield the plugins that have a capability of vendors/capabilities.py."""
    return (plugin for plugin in plugins() if isinstance(plugin, capability))


def refuse_wrong_settings() -> None:
    """Do nothing where the settings name plugins and fields that there are, else raise ImproperlyConfigured.

    In production no lag is shorter than the plugin's own: what is not there yet would be bought twice.
    """
    for name in ("VENDOR_VISIBLE_AFTER", "VENDOR_DEFAULTS"):
        for slug in getattr(settings, name).keys() - _plugins.keys():
            known = ", ".join(sorted(_plugins))
            raise ImproperlyConfigured(f"{name} names the plugin {slug!r}; installed are: {known}")
    for slug, given in settings.VENDOR_DEFAULTS.items():
        fields = {field.name for field in _plugins[slug].settings_fields}
        for unknown in given.keys() - fields:
            known = ", ".join(sorted(fields))
            raise ImproperlyConfigured(f"VENDOR_DEFAULTS names {slug}.{unknown}, which is none of its fields: {known}")
    for slug, seconds in settings.VENDOR_VISIBLE_AFTER.items():
        least = round(_plugins[slug].visible_after.total_seconds())
        if settings.PRODUCTION and seconds < least:
            raise ImproperlyConfigured(
                f"VENDOR_VISIBLE_AFTER must not be below {least} seconds for {slug} in production, not {seconds}: what"
                " the vendor does not show yet would be bought twice"
            )


def discover_entry_points() -> None:
    """Import the plugins that other installed packages announce in the group "brokerage.vendor_plugins".

    An entry point names the plugin's class.
    """
    for entry_point in entry_points(group=ENTRY_POINT_GROUP):
        register(entry_point.load())
