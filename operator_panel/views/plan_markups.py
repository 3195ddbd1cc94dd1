"""Markup rules of a plan: how its reseller's own prices follow their net cost, shown before it is so."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.panel.confirming import Done, Operation, Shown, confirming
from core.panel.formats import day_text, number_text, unit_money_text
from core.panel.page import Crumb, Page
from core.panel.widgets import DayInput
from operator_panel.doors import requires
from operator_panel.forms.margins import margin_text
from operator_panel.forms.markups import rule_text
from operator_panel.views.plans import crumbs_of, one
from subscriptions.catalogue.markups import Markup, MarkupSet, Repriced, of_known_cost, preview_markup, set_markup
from subscriptions.models import Plan, Rounding
from subscriptions.queries import plan_resources_visible_to

FOLLOWS, BY_HAND = "follows", "by_hand"
# Of many prices the confirmation lists the first.
LISTED = 20


@requires("plans.change")
def plan_markup(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how the plan's prices follow their net cost from a day on, or that they do no more."""
    found = one(request, pk)
    if request.actor.reseller is None or request.actor.reseller.pk != found.reseller_id:
        raise Http404  # what another level earns is its own to say and to see
    today = timezone.localdate()

    def asked(answers: dict[str, Any]) -> dict[str, Any]:
        return {
            "actor": request.actor,
            "plan": found,
            "markup": _markup(answers),
            "valid_from": answers["valid_from"],
            "today": today,
            "resource": answers["resource"],
        }

    def carry_out(answers: dict[str, Any]) -> Done:
        done = set_markup(**asked(answers))
        said = _("The rule is kept.") if done.rule.follows else _("The rule is ended: prices are entered by hand.")
        return Done(said, back, shown=_shown(found, done))

    def form(*args: Any) -> forms.Form:
        return _form(request, found, today, *args)

    title, back = _("Markup rule"), reverse("operator:plan_resources", args=[pk])
    operation = Operation(
        page=Page(title=title, crumbs=(*crumbs_of(found), Crumb(title))),
        form=form,
        show=lambda answers: _shown(found, preview_markup(**asked(answers))),
        carry_out=carry_out,
        back=back,
        ask=_("Show what it would do"),
        note=_("The monthly price of a unit follows, and fees where a markup on fees is given."),
    )
    return confirming(request, operation)


def _markup(answers: dict[str, Any]) -> Markup | None:
    if answers["follows"] == BY_HAND:
        return None
    return Markup(
        percent=answers["percent"] or Decimal(0),
        amount=answers["amount"] or Decimal(0),
        step=answers["step"],
        rounding=answers["rounding"],
        fee_percent=answers.get("fee_percent"),
    )


def _form(request: HttpRequest, found: Plan, today: date, *args: Any) -> forms.Form:
    built = forms.Form(*args)
    sold = plan_resources_visible_to(request.actor).filter(plan=found, active=True)
    choices = [(FOLLOWS, _("They follow the net cost")), (BY_HAND, _("They are entered by hand"))]
    number = {"max_digits": 18, "decimal_places": 6, "required": False}
    built.fields["follows"] = forms.ChoiceField(label=_("Prices"), choices=choices)
    known = of_known_cost(found, today)
    some = (
        bool(known) and sold.exclude(pk__in=known).exists()
    )  # where nobody knows any, the verb says what is to be done
    built.fields["resource"] = forms.ModelChoiceField(
        sold.filter(pk__in=known) if some else sold,
        label=_("Resource"),
        required=some,
        empty_label=None if some else _("All resources"),
    )
    built.fields["valid_from"] = forms.DateField(label=_("Valid from"), widget=DayInput(), initial=today)
    built.fields["percent"] = forms.DecimalField(label=_("Markup on the net cost, %"), initial=0, **number)
    built.fields["amount"] = forms.DecimalField(
        label=_("And an amount, %(currency)s") % {"currency": found.currency}, initial=0, **number
    )
    if found.parent_id is not None:
        built.fields["fee_percent"] = forms.DecimalField(
            label=_("Markup on fees, %"),
            help_text=_("Setup, renewal and transfer fees, and what the plan costs itself. Empty: entered by hand."),
            **number,
        )
    built.fields["step"] = forms.DecimalField(
        label=_("Rounded to a multiple of, %(currency)s") % {"currency": found.currency},
        help_text=_("Empty: to the smallest unit of the currency."),
        **number,
    )
    built.fields["rounding"] = forms.ChoiceField(label=_("Rounding"), choices=Rounding.choices)
    return built


def _shown(found: Plan, done: MarkupSet) -> Shown:
    """Return what the confirmation says: each price that becomes another, what it leaves, and who follows below."""
    day, follows = day_text(done.rule.valid_from), done.rule.follows
    lines = [_price_text(price, found.currency) for price in done.prices[:LISTED]]
    more = len(done.prices) - len(lines)
    if more:
        lines.append(ngettext("And %(more)s more price.", "And %(more)s more prices.", more) % {"more": more})
    if not lines:
        lines = [_("No price becomes another one now.")]
    if done.below:
        said = ngettext(
            "%(below)s price of resellers below follows by their rules.",
            "%(below)s prices of resellers below follow by their rules.",
            done.below,
        )
        lines.append(said % {"below": number_text(done.below)})
    if follows:
        rule = rule_text(done.rule, found.currency)
        question = _("From %(day)s on: %(rule)s?") % {"day": day, "rule": rule}
    else:
        question = _("End the rule on %(day)s? The last price that it made stays until you enter another.")
        question %= {"day": day}
    submit = _("Keep the rule") if follows else _("End the rule")
    return Shown(question=question, submit=submit, charges=None, text="\n".join(lines))


def _price_text(price: Repriced, currency: str) -> str:
    said = _("%(resource)s from %(day)s: %(new)s instead of %(old)s.") % {
        "resource": price.resource,
        "day": day_text(price.day),
        "old": unit_money_text(price.old, currency),
        "new": unit_money_text(price.new, currency),
    }
    margin = margin_text(price.new, price.cost, currency)
    if price.cost is not None and price.new < price.cost:
        loss = unit_money_text(price.cost - price.new, currency)
        return f"{said} " + _("Below net cost: each unit loses %(loss)s.") % {"loss": loss}
    return f"{said} " + _("Margin: %(margin)s.") % {"margin": margin} if margin else said
