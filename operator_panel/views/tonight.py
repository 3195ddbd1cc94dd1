"""What the coming night would do, or any later one: in sum, by account, and to each subscription of one account."""

from datetime import date, timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.queries import accounts_visible_to
from core.errors import allowed
from core.panel.formats import day_text
from core.panel.page import Button, Crumb, Page
from operator_panel.doors import requires
from subscriptions.people.turns import may_set_turns
from subscriptions.queries import subscriptions_visible_to
from subscriptions.told.rehearsing import Outcome, rehearse
from subscriptions.told.tonight import coming_night, tonight

# Nights further ahead are carried out one after the other to be known.
LONGEST_AHEAD = timedelta(days=366)


class NightForm(forms.Form):
    """Which night."""

    day = forms.DateField(label=gettext_lazy("Night of"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, request: HttpRequest) -> None:
        self.coming = coming_night(timezone.localdate())
        asked = request.GET.get("day")
        super().__init__({"day": asked or self.coming})

    def clean_day(self) -> date:
        """Return the day of a night that is not over, and not too far ahead."""
        day, last = self.cleaned_data["day"], self.coming + LONGEST_AHEAD
        if not self.coming <= day <= last:
            said = _("Choose a night from %(first)s to %(last)s. What past nights did is in the list of charges.")
            raise forms.ValidationError(said % {"first": day_text(self.coming), "last": day_text(last)})
        return day


@requires("charges.view")
def tonight_page(request: HttpRequest) -> HttpResponse:
    """Show what the night of a day would do: sums by currency, outcomes, and a page of accounts."""
    form = NightForm(request)
    page = Page(title=_("Coming night"))
    if not form.is_valid():
        return render(request, "operator_panel/tonight.html", {"page": page, "form": form}, status=422)
    day = form.cleaned_data["day"]
    visible = accounts_visible_to(request.actor)
    after = request.GET.get("after", "")
    last = int(after) if after.isascii() and after.isdigit() and len(after) < 19 else 0
    night = tonight(visible, day, after=last)
    rows = night.accounts
    names = visible.filter(pk__in=[pk for pk, _one in rows]).only("pk", "name", "currency")
    by_id = {account.pk: account for account in names}
    context = {
        "page": page,
        "form": form,
        "night": night,
        "outcomes": [(outcome.label, night.outcomes[outcome]) for outcome in Outcome if night.outcomes[outcome]],
        "rows": [(by_id[pk], one, _told(one.outcomes) if one else "") for pk, one in rows],
        "next": f"?day={day.isoformat()}&after={rows[-1][0]}" if night.more else "",
        "first": f"?day={day.isoformat()}" if last else "",
    }
    return render(request, "operator_panel/tonight.html", context)


@requires("charges.view")
def account_night(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the night of a day would do to one account's subscriptions."""
    found = get_object_or_404(accounts_visible_to(request.actor), pk=pk)
    form = NightForm(request)
    page = Page(
        title=_("Coming night of %(account)s") % {"account": found.name},
        crumbs=(
            Crumb(_("Accounts"), reverse("operator:accounts")),
            Crumb(found.pk, reverse("operator:account", args=[pk])),
        ),
        buttons=(Button(_("Who goes first"), reverse("operator:account_priorities", args=[pk])),)
        if request.actor.may("subscriptions.change") and allowed(may_set_turns, found)
        else (),
    )
    context = {"page": page, "form": form, "account": found}
    if not form.is_valid():
        return render(request, "operator_panel/tonight_account.html", context, status=422)
    rehearsed = rehearse([found.pk], form.cleaned_data["day"])
    ids = [fate.subscription_id for fate in rehearsed.fates]
    rows = subscriptions_visible_to(request.actor).filter(pk__in=ids).only("pk", "name")
    by_id = {subscription.pk: subscription for subscription in rows}
    context |= {
        "closed": rehearsed.closed.get(found.pk, 0),
        "reserved": rehearsed.reserved.get(found.pk, 0),
        "rows": [(by_id[fate.subscription_id], fate) for fate in rehearsed.fates if fate.subscription_id in by_id],
    }
    return render(request, "operator_panel/tonight_account.html", context)


def _told(outcomes: dict[Outcome, int]) -> str:
    return ", ".join(f"{outcome.label}: {outcomes[outcome]}" for outcome in Outcome if outcomes.get(outcome))
