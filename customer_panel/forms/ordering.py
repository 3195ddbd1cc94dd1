"""What is asked when a plan is ordered: the period, the units, and what the vendor needs to know."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.panel.quantities import Asked, QuantitiesForm
from subscriptions.models import PlanPeriod, PlanResource
from vendors.base import Field, FieldKind

# The vendor's own questions stand under this name, so that none of them can be taken for one of ours.
PARAMETER = "parameters."


def asked_of(resources: Iterable[PlanResource]) -> list[Asked]:
    """Return the boxes for the units of a plan's resources."""
    return [
        Asked(
            key=resource.resource.key,
            name=resource.name,
            initial=max(resource.included, resource.minimum, 1),
            minimum=resource.minimum,
            maximum=resource.limit,
            help=_("Included: %(number)s") % {"number": resource.included} if resource.included else "",
        )
        for resource in resources
    ]


class OrderForm(QuantitiesForm):
    """Period, units and the vendor's questions, on one page."""

    def __init__(
        self, *args: Any, periods: Sequence[PlanPeriod], resources: Sequence[Asked], questions: Sequence[Field], **kw: Any
    ) -> None:
        super().__init__(*args, resources=resources, **kw)
        self.order_fields(["period", *self.fields])
        self.fields["period"] = forms.ChoiceField(
            label=_("Period"),
            choices=[(period.pk, str(period)) for period in periods],
            initial=periods[0].pk if periods else None,
            widget=forms.RadioSelect,
        )
        for question in questions:
            self.fields[PARAMETER + question.name] = _field_of(question)
        self.order_fields(["period"])

    def parameters(self) -> dict[str, str]:
        """Return the answers to the vendor's questions."""
        answers = self.cleaned_data.items()
        return {name.removeprefix(PARAMETER): value for name, value in answers if name.startswith(PARAMETER)}


def _field_of(question: Field) -> forms.Field:
    common = {
        "label": question.label,
        "required": question.required,
        "help_text": question.help,
        "initial": question.default,
    }
    if question.kind is FieldKind.CHOICE:
        return forms.ChoiceField(choices=question.choices, **common)
    if question.kind is FieldKind.URL:
        return forms.URLField(assume_scheme="https", **common)
    return forms.CharField(max_length=200, **common)
