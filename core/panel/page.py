"""What stands around the content of a page: title, status, way back, buttons, tabs, and the navigation bar."""

from collections.abc import Iterable
from dataclasses import dataclass, field

# More than three buttons make nobody faster; the rest goes under "More".
BUTTONS_SHOWN = 3
# How addresses end that take something away: a page does not recommend them.
TAKE_AWAY = ("stop", "delete", "cancel", "give-up", "revoke", "deactivate")


@dataclass(frozen=True)
class Crumb:
    """A step of the way from the section to this page."""

    label: object
    url: str = ""


@dataclass(frozen=True)
class Button:
    """Something that can be done from this page. `post` makes it a form instead of a link."""

    label: object
    url: str
    primary: bool = False
    post: bool = False


def offered_buttons(able: Iterable[tuple[object, str]]) -> tuple[Button, ...]:
    """Return buttons of (label, address), what helps most first: it is primary, unless it takes something away."""
    return tuple(
        Button(label, url, primary=position == 0 and url.rstrip("/").rpartition("/")[2] not in TAKE_AWAY)
        for position, (label, url) in enumerate(able)
    )


@dataclass(frozen=True)
class Tab:
    """One view of an object; `count` stands beside the label where it is known cheaply."""

    label: object
    url: str
    active: bool = False
    count: object = None


@dataclass(frozen=True)
class Status:
    """A dot and plain words: `value` picks the colour, `label` and `detail` are what a person reads."""

    value: str
    label: object
    detail: object = ""


@dataclass(frozen=True)
class Hint:
    """Why something that a person looks for cannot be done now, and the way to where it is put right."""

    text: object
    label: object = ""
    url: str = ""


@dataclass(frozen=True)
class Page:
    """Everything of a page but its content; templates/base.html shows it."""

    title: object
    crumbs: tuple[Crumb, ...] = ()
    status: Status | None = None
    buttons: tuple[Button, ...] = ()
    tabs: tuple[Tab, ...] = field(default=())
    hints: tuple[Hint, ...] = ()

    def __post_init__(self) -> None:
        """Refuse two primary buttons: the page then does not say what to do next."""
        if sum(button.primary for button in self.buttons) > 1:
            raise ValueError(f"more than one primary button on the page {self.title}")

    @property
    def shown_buttons(self) -> list[Button]:
        """The buttons beside the title, the primary one last."""
        return sorted(self._by_weight[:BUTTONS_SHOWN], key=lambda button: button.primary)

    @property
    def more_buttons(self) -> list[Button]:
        """The buttons under "More"."""
        return self._by_weight[BUTTONS_SHOWN:]

    @property
    def _by_weight(self) -> list[Button]:
        return sorted(self.buttons, key=lambda button: not button.primary)


@dataclass(frozen=True)
class NavigationItem:
    """A line of the navigation bar, shown to who has the right `right` (everybody, when it is empty)."""

    label: object
    url_name: str
    right: str = ""


@dataclass(frozen=True)
class NavigationGroup:
    """Items of the navigation bar under one heading."""

    label: object
    items: tuple[NavigationItem, ...]
