"""The steps of the plan's wizard as forms; field names are those that refusals name ("resources.<key>.minimum")."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Reseller
from billing.engine.types import FIRST, TYPES, is_by_cost, is_by_use
from operator_panel.editing import form_of
from subscriptions.catalogue.plans import Information, Lasting, Offered
from subscriptions.catalogue.prices import PRICE_DECIMALS, Fees, PlanFees
from subscriptions.models import ApplicationResource, DurationUnit, Plan, TemplateStatus
from subscriptions.queries import (
    plan_categories_visible_to,
    products_visible_to,
    service_terms_for,
    templates_visible_to,
)

TEXTS = (
    "name", "sku", "category", "product", "description", "public", "singleton", "fixed_price",
    "subscription_name_template",
)  # fmt: skip
# A plan is rarely sold for more periods than these at once; more are added on the plan's page.
FINITE_PERIODS = 3


def price_label(billing_type: str, currency: str = "") -> str:
    """Return what the recurring price of a unit is for with a billing type, and its currency where that is given."""
    if is_by_cost(billing_type):
        return _("Price of a unit: none, the vendor's cost is charged")
    by_use = is_by_use(billing_type)
    if not currency:
        return _("Price of a unit and hour") if by_use else _("Recurring fee a month")
    named = _("Price of a unit and hour, %(currency)s") if by_use else _("Recurring fee a month, %(currency)s")
    return named % {"currency": currency}


def plan_fees_of(billing_type: str, currency: str) -> list[tuple[str, str]]:
    """Return the fees of the plan's own that a billing type takes, each with what it is called and counted in."""
    rules = TYPES.get(billing_type)
    names = {
        "setup_fee": _("Setup fee"),
        "recurring_fee": _("Recurring fee a month"),
        "renewal_fee": _("Renewal fee"),
        "transfer_fee": _("Transfer fee"),
    }
    taken = [
        (name, f"{label}, {currency}") for name, label in names.items() if rules is not None and name in rules.fees
    ]
    return [*taken, ("markup", _("Markup on the vendor's cost, %"))] if is_by_cost(billing_type) else taken


def price_field(
    label: str, *, required: bool = True, initial: Decimal | None = None, help_text: str = ""
) -> forms.Field:
    """Return an input for a price of a unit."""
    return forms.DecimalField(
        label=label,
        min_value=0,
        max_digits=18,
        decimal_places=PRICE_DECIMALS,
        required=required,
        initial=initial,
        help_text=help_text,
        localize=False,
    )


def texts(actor: Actor, reseller: Reseller, plan: Plan | None = None) -> dict[str, forms.Field]:
    """Return the inputs of a plan's texts whose choices belong to a reseller."""
    sellers = [reseller.pk] + ([plan.parent.reseller_id] if plan is not None and plan.parent is not None else [])
    categories = plan_categories_visible_to(actor).filter(reseller__in=sellers).order_by("name")
    products = products_visible_to(actor).filter(reseller__in=sellers).order_by("name")
    return {
        "category": forms.ModelChoiceField(categories, label=_("Category"), required=False),
        "product": forms.ModelChoiceField(products, label=_("Product"), required=False),
        "fixed_price": forms.BooleanField(
            label=_("Fixed price"),
            required=False,
            help_text=_("A subscription keeps the price of its ordering, also when it is renewed."),
        ),
        "singleton": forms.BooleanField(
            label=_("Singleton"), required=False, help_text=_("An account has at most one living subscription of it.")
        ),
        "public": forms.BooleanField(
            label=_("Public"), required=False, help_text=_("Customers see it and may order it themselves.")
        ),
    }


def information_form(actor: Actor, reseller: Reseller, initial: dict[str, Any]) -> Any:
    """Return what builds the first step: what the plan is."""
    templates = templates_visible_to(actor).filter(reseller=reseller, status=TemplateStatus.ACTIVE).order_by("name")
    return form_of(
        Plan,
        ("name", "template", "service_term", "billing_type", *TEXTS[1:]),
        initial={"public": True, "subscription_name_template": "{{plan.name}}", **initial},
        template=forms.ModelChoiceField(templates, label=_("Application template")),
        service_term=forms.ModelChoiceField(service_terms_for(reseller).order_by("name"), label=_("Service terms")),
        **texts(actor, reseller),
    )


class PlanResourcesForm(forms.Form):
    """The second step: which resources of the template are sold, how many units, at which prices."""

    FIELDS = ("sold", "name", "recurring_fee", "setup_fee", "renewal_fee", "included", "minimum", "limit", "public")

    def __init__(
        self,
        *args: Any,
        resources: Sequence[ApplicationResource],
        currency: str,
        billing_type: str = FIRST,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.resources = resources
        for resource in resources:
            lowest, highest = resource.vendor_minimum or 0, resource.vendor_maximum
            bounds = _("The vendor sells %(minimum)s to %(maximum)s.") % {"minimum": lowest, "maximum": highest}
            fields = {
                "sold": forms.BooleanField(label=_("Sold in this plan"), required=False, initial=len(resources) == 1),
                "name": forms.CharField(label=_("Name"), max_length=200, required=False, initial=resource.name),
                "recurring_fee": price_field(
                    price_label(billing_type, currency),
                    required=self._is_sold(resource) and not is_by_cost(billing_type),
                ),
                "setup_fee": price_field(_("Setup fee, %(currency)s") % {"currency": currency}, required=False,
                                         initial=Decimal(0)),
                "renewal_fee": price_field(_("Renewal fee, %(currency)s") % {"currency": currency}, required=False,
                                           initial=Decimal(0)),
                "included": forms.IntegerField(label=_("Included"), min_value=0, required=False, initial=0),
                "minimum": forms.IntegerField(label=_("Minimum"), min_value=0, required=False, initial=0),
                "limit": forms.IntegerField(
                    label=_("Limit"), min_value=0, required=False,
                    help_text=bounds if highest is not None else _("Empty means unlimited."),
                ),
                "public": forms.BooleanField(label=_("Customers see it"), required=False, initial=True),
            }  # fmt: skip
            for name, field in fields.items():
                self.fields[f"resources.{resource.key}.{name}"] = field

    def groups(self) -> list[tuple[ApplicationResource, list[Any]]]:
        """Return the inputs by resource, for the template."""
        return [
            (resource, [self[f"resources.{resource.key}.{name}"] for name in self.FIELDS])
            for resource in self.resources
        ]

    def _is_sold(self, resource: ApplicationResource) -> bool:
        """Return whether the price is needed: it is of what is sold, and of what may be before anything is answered."""
        return not self.is_bound or bool(self.data.get(f"resources.{resource.key}.sold"))

    def offered(self) -> list[Offered]:
        """Return what is sold. Needs a valid form."""
        return [self._offered(resource) for resource in self.resources if self._value(resource, "sold")]

    def _offered(self, resource: ApplicationResource) -> Offered:
        fees = {
            name: self._value(resource, name) or Decimal(0) for name in ("recurring_fee", "setup_fee", "renewal_fee")
        }
        return Offered(
            resource=resource,
            fees=Fees(**fees),
            name=self._value(resource, "name") or resource.name,
            included=self._value(resource, "included") or 0,
            minimum=self._value(resource, "minimum") or 0,
            limit=self._value(resource, "limit"),
            public=self._value(resource, "public"),
        )

    def _value(self, resource: ApplicationResource, name: str) -> Any:
        return self.cleaned_data[f"resources.{resource.key}.{name}"]


class PeriodsForm(forms.Form):
    """The third step: for how long the plan is bought, and what it costs itself where its type takes such fees."""

    def __init__(
        self,
        *args: Any,
        lines: int = FINITE_PERIODS,
        endless: bool = True,
        billing_type: str = FIRST,
        currency: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["endless"] = forms.BooleanField(label=_("Endless"), required=False, initial=endless)
        self.lines = lines
        for number in range(lines):
            self.fields[f"duration_{number}"] = forms.IntegerField(
                label=_("Period %(number)s") % {"number": number + 1}, min_value=1, max_value=120, required=False
            )
            self.fields[f"unit_{number}"] = forms.ChoiceField(
                label=_("Unit"), choices=[c for c in DurationUnit.choices if c[0] != DurationUnit.DAY], required=False
            )
            self.fields[f"trial_{number}"] = forms.BooleanField(label=_("Trial"), required=False)
        self.plan_fees_asked = plan_fees_of(billing_type, currency)
        for name, label in self.plan_fees_asked:
            self.fields[f"plan.{name}"] = price_field(
                _("Of the plan itself: %(fee)s") % {"fee": label},
                required=False,
                initial=Decimal(0),
            )

    def lasting(self) -> list[Lasting]:
        """Return the periods that were entered. Needs a valid form."""
        entered = self.cleaned_data
        finite = [
            Lasting(
                duration=entered[f"duration_{number}"], unit=entered[f"unit_{number}"], trial=entered[f"trial_{number}"]
            )
            for number in range(self.lines)
            if entered[f"duration_{number}"]
        ]
        return [Lasting(endless=True), *finite] if entered["endless"] else finite

    def plan_fees(self) -> PlanFees:
        """Return what the plan costs itself for each of the periods. Needs a valid form."""
        return PlanFees(**{name: self.cleaned_data[f"plan.{name}"] or Decimal(0) for name, _ in self.plan_fees_asked})


def information_of(answers: dict[str, Any]) -> Information:
    """Return the answers of the first step as the verb takes them."""
    return Information(**{name: value for name, value in answers.items() if value is not None})
