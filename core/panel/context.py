"""What every template of the panels may rely on."""

from django.http import HttpRequest

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "brokerage_theme"


def frame(request: HttpRequest) -> dict[str, object]:
    """Return the reader's theme: the person's own choice, before sign-in that of the browser's cookie."""
    user = getattr(request, "user", None)
    theme = getattr(user, "theme", "") or request.COOKIES.get(THEME_COOKIE, "auto")
    return {"theme": theme if theme in THEMES else "auto"}


def navigation_of(request: HttpRequest, groups: tuple, *, section: str) -> list[dict[str, object]]:
    """Return the groups with the items that the actor may see; an item is current on every page of its section.

    `section` is the first word of the current URL name: "subscription_stop" belongs to "subscriptions".
    """
    actor = getattr(request, "actor", None)
    shown = []
    for group in groups:
        items = [
            {"label": item.label, "url_name": item.url_name, "current": _is_section(item.url_name, section)}
            for item in group.items
            if not item.right or (actor is not None and actor.may(item.right))
        ]
        if items:
            shown.append({"label": group.label, "items": items})
    return shown


def _is_section(url_name: str, section: str) -> bool:
    own = url_name.rpartition(":")[2]
    return section == own or section == own.removesuffix("s") or section.startswith(own.removesuffix("s") + "_")
