"""What is asked when a plan is ordered: the period, the units, and what the vendor needs to know."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from core.panel.correcting import only_shown
from core.panel.quantities import Asked, QuantitiesForm
from subscriptions.models import PlanPeriod, PlanResource
from subscriptions.people.failures import Answer
from vendors.base import Field
from vendors.forms import ANSWER, inputs_of, values_of


def asked_of(resources: Iterable[PlanResource]) -> list[Asked]:
    """Return the boxes for the units of a plan's resources."""
    return [
        Asked(
            key=resource.resource.key,
            name=resource.name,
            initial=max(resource.included, resource.minimum),
            minimum=resource.minimum,
            maximum=resource.limit,
            help=_bounds(resource),
        )
        for resource in resources
    ]


class OrderForm(QuantitiesForm):
    """Period, units and the vendor's questions, on one page."""

    def __init__(
        self,
        *args: Any,
        periods: Sequence[PlanPeriod],
        resources: Sequence[Asked],
        questions: Sequence[Field],
        **kw: Any,
    ) -> None:
        super().__init__(*args, resources=_at_least_one(resources), **kw)
        self.fields["period"] = forms.ChoiceField(
            label=_("Period"),
            choices=[(period.pk, str(period)) for period in periods],
            initial=periods[0].pk if periods else None,
            widget=forms.RadioSelect,
        )
        self.order_fields(["period"])
        self.fields.update(inputs_of(questions, prefix=ANSWER))
        self.fields["promo_code"] = forms.CharField(label=_("Promo code"), max_length=40, required=False)

    def parameters(self) -> dict[str, str]:
        """Return the answers to the vendor's questions."""
        return values_of(self.cleaned_data, ANSWER)


def _at_least_one(resources: Sequence[Asked]) -> list[Asked]:
    """Return the boxes with at least a one in the first, which is what the plan is about."""
    return [replace(resource, initial=max(resource.initial, 1 - at)) for at, resource in enumerate(resources)]


def _bounds(resource: PlanResource) -> str:
    said = []
    if resource.included:
        said.append(_("%(number)s come with the plan at no charge.") % {"number": resource.included})
    if resource.minimum:
        said.append(_("At least %(number)s.") % {"number": resource.minimum})
    if resource.limit is not None:
        said.append(_("At most %(number)s.") % {"number": resource.limit})
    return " ".join(said)


class CorrectionForm(forms.Form):
    """The answers given with an order, to be corrected; one that was used at the vendor already is only shown."""

    def __init__(self, *args: Any, answers: Iterable[Answer], **kw: Any) -> None:
        super().__init__(*args, **kw)
        for answer in answers:
            made = inputs_of([answer.question], prefix=ANSWER, now={answer.question.name: answer.value})
            self.fields.update(made)
            if answer.fixed:
                only_shown(*made.values())
