"""A promo code given at an order: known, for this account and plan, on this day, and not used up."""

from datetime import date

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from core.errors import Refused
from core.panel.formats import day_text
from subscriptions.catalogue.discounts import spelled
from subscriptions.models import Discount, DiscountType, Plan, Subscription, SubscriptionStatus


class PromoCodeNotAccepted(Refused):
    """The promo code is not known, not for this plan or day, or used up."""

    code = "promo_code_not_accepted"
    field = "promo_code"


def promo_code_of(account: Account, plan: Plan, code: str, today: date) -> Discount | None:
    """Return the discount that a code gives a new subscription of the account; None where none was entered.

    Its row is locked for the rest of the transaction, so that two orders at once cannot both take its last use. Raises
    PromoCodeNotAccepted.
    """
    code = spelled(code)
    if not code:
        return None
    found = (
        Discount.objects.select_for_update(no_key=True)
        .filter(reseller=account.reseller_id, type=DiscountType.PROMO_CODE, code=code)
        .first()
    )
    if found is None or not found.active:
        raise PromoCodeNotAccepted(_("There is no promo code “%(code)s”. Check its spelling.") % {"code": code})
    if today < found.valid_from:
        raise PromoCodeNotAccepted(
            _("The promo code “%(code)s” can be used from %(day)s on.")
            % {"code": code, "day": day_text(found.valid_from)}
        )
    if found.valid_until is not None and found.valid_until <= today:
        raise PromoCodeNotAccepted(_("The promo code “%(code)s” has ended. Order without it.") % {"code": code})
    if not found.all_plans and not found.plans.filter(pk=plan.pk).exists():
        raise PromoCodeNotAccepted(
            _("The promo code “%(code)s” is not for the plan “%(plan)s”. Order without it, or choose another plan.")
            % {"code": code, "plan": plan.name}
        )
    _refuse_used_up(found, account)
    return found


def _refuse_used_up(found: Discount, account: Account) -> None:
    """Raise PromoCodeNotAccepted where one subscription more would be one too many.

    A subscription uses the code from its order on; one that was deleted before it ran has not used it.
    """
    uses = Subscription.objects.filter(promo_code=found).exclude(
        Q(status=SubscriptionStatus.DELETED), Q(start_date=None)
    )
    used_up = found.subscription_limit is not None and uses.count() >= found.subscription_limit
    if not used_up and found.account_limit is not None and not uses.filter(account=account).exists():
        used_up = uses.values("account").distinct().count() >= found.account_limit
    if used_up:
        raise PromoCodeNotAccepted(_("The promo code “%(code)s” is used up. Order without it.") % {"code": found.code})
