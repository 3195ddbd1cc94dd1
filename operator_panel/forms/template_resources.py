"""What a template sells: ticked in the vendor's catalogue, or named by hand where there is no vendor."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from subscriptions.catalogue.templates import Sold
from vendors.base import Field, Offer
from vendors.forms import OPTION, inputs_of

# How many resources a template without a vendor may name at a time; empty lines are left out.
MANUAL_ROWS = 5
KEY_LENGTH = 60


class ResourcesForm(forms.Form):
    """Name and description, and the resources: ticks over offers, or lines of name, key and unit."""

    def __init__(
        self,
        *args: Any,
        offers: Sequence[Offer],
        manual: bool,
        chosen: Sequence[Sold],
        options: Sequence[Field] = (),
        settings: Mapping[str, str] | None = None,
        active: bool | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(label=_("Name"), max_length=200)
        self.fields["description"] = forms.CharField(
            label=_("Description"), required=False, widget=forms.Textarea(attrs={"rows": 3})
        )
        self.fields.update(inputs_of(options, prefix=OPTION, now=settings))
        if active is not None:
            self.fields["active"] = forms.BooleanField(
                label=_("Active: new plans may be made of it"), required=False, initial=active
            )
        if manual:
            self._lines(chosen)
        else:
            self._ticks(offers, chosen)

    def _ticks(self, offers: Sequence[Offer], chosen: Sequence[Sold]) -> None:
        self.fields["resources"] = forms.MultipleChoiceField(
            label=_("Resources that can be sold"),
            choices=[(offer.id, _words(offer)) for offer in sorted(offers, key=lambda one: (one.is_add_on, one.name))],
            initial=[one.vendor_reference for one in chosen],
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("Choose at least one resource.")},
        )

    def _lines(self, chosen: Sequence[Sold]) -> None:
        known = [*chosen, *[None] * max(MANUAL_ROWS - len(chosen), 1)]
        for number, one in enumerate(known):
            self.fields[f"resource_{number}"] = forms.CharField(
                label=_("Resource %(number)s") % {"number": number + 1},
                max_length=200,
                required=number == 0,
                initial=one.name if one else "",
                help_text=_("For example Seats. Empty lines are left out.") if number == 0 else "",
            )


def _words(offer: Offer) -> str:
    """Return how an offer is named to choose it: by category, with bounds and terms, and whether it needs another."""
    notes = [gettext(offer.category)] if offer.category else []
    if offer.minimum is not None and offer.maximum is not None:
        notes.append(_("%(minimum)s to %(maximum)s units") % {"minimum": offer.minimum, "maximum": offer.maximum})
    if offer.is_add_on:
        notes.append(_("add-on"))
    if offer.is_trial:
        notes.append(_("trial"))
    notes += [gettext(text) for text in (offer.segment, *offer.terms) if text]
    return f"{offer.name} ({', '.join(notes)})" if notes else offer.name


def sold_of(
    answers: dict[str, Any], offers: Iterable[Offer], *, manual: bool, known: Iterable[Sold] = ()
) -> list[Sold]:
    """Return the resources that the form asks for; those that were sold before keep their keys."""
    known = list(known)
    taken = {one.key for one in known}
    if manual:
        return _named(answers, known, taken)
    by_reference = {one.vendor_reference: one for one in known}
    offered = {offer.id: offer for offer in offers}
    sold = []
    for reference in answers["resources"]:
        offer, before = offered[reference], by_reference.get(reference)
        key = before.key if before else _fresh_key(offer.name, taken)
        sold.append(
            Sold(
                key=key,
                name=offer.name,
                unit=offer.unit or "unit",
                vendor_reference=reference,
                vendor_minimum=offer.minimum if before is None or offer.minimum else before.vendor_minimum,
                vendor_maximum=offer.maximum if before is None or offer.maximum else before.vendor_maximum,
            )
        )
    return sold


def _named(answers: dict[str, Any], known: list[Sold], taken: set[str]) -> list[Sold]:
    sold = []
    for number in range(len([name for name in answers if name.startswith("resource_")])):
        name = answers[f"resource_{number}"].strip()
        if name:
            if number < len(known):
                sold.append(replace(known[number], name=name))
            else:
                sold.append(Sold(key=_fresh_key(name, taken), name=name))
    return sold


def _fresh_key(name: str, taken: set[str]) -> str:
    """Return a key of small Latin letters that no other resource of the template has."""
    stem = slugify(name)[: KEY_LENGTH - 4].strip("-") or "resource"
    key, number = stem, 2
    while key in taken:
        key, number = f"{stem}-{number}", number + 1
    taken.add(key)
    return key
