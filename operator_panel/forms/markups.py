"""A markup rule in words."""

from django.utils.translation import gettext as _

from core.panel.formats import number_text, unit_money_text
from subscriptions.models import MarkupRule, Rounding


def rule_text(rule: MarkupRule, currency: str) -> str:
    """Return a rule as one line in the active language: net cost + 25 % + $0.50, to the nearest $0.05."""
    if not rule.follows:
        return _("entered by hand")
    said = " + ".join(_parts(rule, currency))
    if rule.fee_percent is not None:
        percent = number_text(rule.fee_percent)
        said = _("%(rule)s; fees: net cost + %(percent)s %%") % {"rule": said, "percent": percent}
    if rule.step is None:
        return said if rule.rounding == Rounding.NEAREST else _("%(rule)s, rounded up") % {"rule": said}
    words = {"rule": said, "step": unit_money_text(rule.step, currency)}
    if rule.rounding == Rounding.UP:
        return _("%(rule)s, rounded up to a multiple of %(step)s") % words
    return _("%(rule)s, rounded to a multiple of %(step)s") % words


def _parts(rule: MarkupRule, currency: str) -> list[str]:
    parts = [_("net cost")]
    if rule.percent:
        parts.append(f"{number_text(rule.percent)} %")
    if rule.amount:
        parts.append(unit_money_text(rule.amount, currency))
    return parts
