"""A person's own columns, filters and named views of a list."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.cleaning import clean_text
from core.errors import Refused
from core.fitting import is_text, refuse_unfit
from core.lists.listing import PAGE_SIZES, Listing
from core.lists.models import ListPreference, SavedView
from core.lists.state import filters_of
from core.prepared import Asked, Prepared

MOST_VIEWS = 50
# Asked by every list.
_CHOICES = Prepared(lambda: ListPreference.objects.filter(user_id=Asked("user"), listing=Asked("listing"))[:1])


class NothingChosen(Refused):
    """A list without columns shows nothing."""

    code = "no_columns"
    field = "columns"


class NamelessView(Refused):
    """A view needs a name to be found by."""

    code = "no_name"
    field = "name"


class TooManyViews(Refused):
    """So many views are no longer found by their names."""

    code = "too_many_views"


def preference_of(user: Any, listing: Listing) -> ListPreference:
    """Return the person's choices for the list; an unsaved row with the defaults where nothing was chosen yet."""
    found = _CHOICES(user=user.pk, listing=listing.name)
    return found[0] if found else ListPreference(user=user, listing=listing.name)


def choose_columns(*, actor: Any, listing: Listing, columns: list[str], view: int = 0) -> None:
    """Keep which columns of the list the actor's person sees, and in which order; in a view, those of the view.

    Raises NothingChosen when none of them is a column of the list.
    """
    chosen = [name for name in dict.fromkeys(columns) if listing.column(name)]
    if not chosen:
        raise NothingChosen(_("Choose at least one column: a list without columns shows nothing."))
    if not (view and views_of(actor.user, listing).filter(pk=view).update(columns=chosen)):
        _keep(actor, listing, columns=chosen)


def choose_filters(*, actor: Any, listing: Listing, filters: list[str]) -> ListPreference:
    """Keep which filters always stand above the list, and in which order; an empty choice means the default ones."""
    known = filters_of(listing)
    return _keep(actor, listing, filters=[name for name in dict.fromkeys(filters) if name in known])


def choose_page_size(*, actor: Any, listing: Listing, page_size: int) -> ListPreference:
    """Keep how many rows a page has for the person; a size that is not offered leaves it as it is."""
    if page_size not in PAGE_SIZES:
        return preference_of(actor.user, listing)
    return _keep(actor, listing, page_size=page_size)


def restore_defaults(*, actor: Any, listing: Listing) -> ListPreference:
    """Forget the person's columns, filters and page size of the list; views stay."""
    return _keep(actor, listing, columns=[], filters=[], page_size=50)


def views_of(user: Any, listing: Listing) -> QuerySet[SavedView]:
    """Return the person's named views of the list."""
    return SavedView.objects.filter(user=user, listing=listing.name).order_by("name")


def save_view(*, actor: Any, listing: Listing, name: str, query: str, columns: Sequence[str] = ()) -> SavedView:
    """Keep search, filters, quick filter, sort and columns under a name; the same name again replaces the view.

    Raises NamelessView, TooManyViews.
    """
    name = clean_text(name)
    refuse_unfit(SavedView, {"name": name})
    if not name:
        raise NamelessView(_("Give the view a name."))
    others = views_of(actor.user, listing).exclude(name=name)
    if others.count() >= MOST_VIEWS:
        raise TooManyViews(_("There are %(number)s views already: delete one first.") % {"number": MOST_VIEWS})
    view, _made = SavedView.objects.update_or_create(
        user=actor.user, listing=listing.name, name=name, defaults={"query": query, "columns": list(columns)}
    )
    return view


def shown_in(preference: ListPreference, view: SavedView | None) -> ListPreference:
    """Return the person's choices as the list is shown now: in a view, with the columns that the view keeps."""
    if view is None or not view.columns:
        return preference
    return ListPreference(
        user_id=preference.user_id,
        listing=preference.listing,
        columns=view.columns,
        filters=preference.filters,
        page_size=preference.page_size,
    )


def columns_shown(actor: Any, listing: Listing, view: int) -> list[str]:
    """Return the names of the columns that the actor's person sees now, in the view of that number or outside any."""
    found = views_of(actor.user, listing).filter(pk=view).first() if view else None
    preference = shown_in(preference_of(actor.user, listing), found)
    return [column.name for column in listing.columns_for(preference.columns)]


def view_numbered(views: Iterable[SavedView], number: int) -> SavedView | None:
    """Return the person's view of that number; None where it is nobody's any more, or somebody else's."""
    return next((view for view in views if view.pk == number), None)


def delete_view(*, actor: Any, listing: Listing, name: str) -> int:
    """Delete the person's view of that name; return how many there were (none or one)."""
    if not is_text(name):
        return 0
    deleted, _by_model = views_of(actor.user, listing).filter(name=name).delete()
    return deleted


def _keep(actor: Any, listing: Listing, **choices: object) -> ListPreference:
    preference, _made = ListPreference.objects.update_or_create(user=actor.user, listing=listing.name, defaults=choices)
    return preference
