"""What every template of the panels may rely on."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from core.panel.page import NavigationGroup, NavigationItem

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "brokerage_theme"
# Bars as they were drawn: as many as there are roles, sections and languages.
_BARS: dict[tuple[object, ...], SafeString] = {}


def frame(request: HttpRequest) -> dict[str, object]:
    """Return the reader's theme: the person's own choice, before sign-in that of the browser's cookie.

    `around` is what a page that belongs to no panel stands in: the panel's frame for who is signed in.
    """
    user = getattr(request, "user", None)
    theme = getattr(user, "theme", "") or request.COOKIES.get(THEME_COOKIE, "auto")
    around = "framed.html" if getattr(request, "actor", None) is not None else "signed_out.html"
    return {"theme": theme if theme in THEMES else "auto", "around": around}


def navigation_of(
    request: HttpRequest, groups: tuple[NavigationGroup, ...], *, section: str
) -> list[dict[str, object]]:
    """Return the groups with the items that the actor may see; an item is current on every page of its section.

    `section` is the current URL name: "subscription_stop" belongs to "subscriptions", and "account_type" to
    "account_types" rather than to "accounts": the item that says most wins.
    """
    current = _current(groups, section)
    shown = []
    for group in groups:
        items = [
            {
                "label": item.label,
                "url_name": item.url_name,
                "current": item.url_name.rpartition(":")[2] == current,
            }
            for item in group.items
            if _is_offered(request, item)
        ]
        if items:
            shown.append({"label": group.label, "items": items})
    return shown


def bar_of(request: HttpRequest, groups: tuple[NavigationGroup, ...], *, section: str) -> SafeString:
    """Return the lines of the bar as HTML: drawn once for all to whom the same is offered, in the same language."""
    offered = tuple((item.url_name, _is_offered(request, item)) for group in groups for item in group.items)
    key = (offered, _current(groups, section), get_language(), get_script_prefix())
    if key not in _BARS:
        navigation = navigation_of(request, groups, section=section)
        _BARS[key] = render_to_string("components/navigation.html", {"navigation": navigation})
    return _BARS[key]


def _is_offered(request: HttpRequest, item: NavigationItem) -> bool:
    actor = getattr(request, "actor", None)
    return not item.right or (actor is not None and actor.may(item.right))


def _current(groups: tuple[NavigationGroup, ...], section: str) -> str:
    names = [item.url_name.rpartition(":")[2] for group in groups for item in group.items]
    return max((name for name in names if _is_section(name, section)), key=len, default="")


def _is_section(own: str, section: str) -> bool:
    singular = _singular(own)
    return section in (own, singular) or section.startswith(f"{singular}_")


def _singular(plural: str) -> str:
    """Return the name that the pages of a section start with: "plan_categories" has "plan_category_create"."""
    if plural.endswith("ies"):
        return f"{plural.removesuffix('ies')}y"
    return plural.removesuffix("es") if plural.endswith("sses") else plural.removesuffix("s")
