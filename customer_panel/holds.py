"""What a customer is told of a hold: what is to be paid to leave it, and the way to pay it."""

from datetime import date

from django.urls import reverse

from accounts.actors import Actor
from accounts.models import AccountStatus
from billing.holds import standing_of


def hold_of(actor: Actor, *, today: date) -> dict[str, object]:
    """Return what components/hold.html shows; amounts only to who may see payments, the way only to who may pay."""
    if actor.account is None or actor.account.status != AccountStatus.CREDIT_HOLD or not actor.may("payments.view"):
        return {"standing": None}
    standing = standing_of(actor.account)
    to_pay = standing.to_pay(today)
    top_up = f"{reverse('customer:payment_top_up')}?amount={to_pay.normalize():f}"
    return {
        "standing": standing,
        "to_pay": to_pay,
        "top_up": top_up if actor.may("payments.create") else "",
    }
