"""Postpay and invoices of a simulation: payments for rendered services come in, and what stands on paper is told."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from accounts.actors import SYSTEM
from billing.charging import in_minor_units
from billing.funds import UNPAID
from billing.models import Charge, Invoice, InvoiceLine, Payment, PaymentKind
from billing.payments import complete_payment
from core.errors import Refused
from core.panel.formats import day_text
from subscriptions.contract.confirming import debt_of
from subscriptions.contract.terms import contracts_of
from subscriptions.models import Subscription
from subscriptions.simulation.events import Event
from subscriptions.simulation.stage import Stage


class NotOfThisModel(Refused):
    """The payment model of the account has no such deed."""

    code = "not_of_this_payment_model"


class NothingRendered(Refused):
    """No payment for rendered services is open."""

    code = "nothing_to_pay"


def pay_invoice(stage: Stage, event: Event) -> None:
    """Take the money for an invoice as received: of the billing day that is named, else for the oldest unpaid one."""
    if not stage.story.postpay:
        raise NotOfThisModel(_("What is prepaid has no payments for rendered services."))
    unpaid = Payment.objects.filter(
        account=stage.account, kind=PaymentKind.RENDERED_SERVICES, status__in=UNPAID
    ).order_by("pk")
    if event.billing_day is not None:
        unpaid = unpaid.filter(invoice__period_to=event.billing_day)
    payment = unpaid.first()
    if payment is None:
        if event.billing_day is None:
            raise NothingRendered(_("No payment for rendered services is open."))
        raise NothingRendered(
            _("No payment for rendered services of %(day)s is open.") % {"day": day_text(event.billing_day)}
        )
    complete_payment(actor=SYSTEM, payment=payment, today=event.day)


def invoices_of(stage: Stage, charges: Sequence[Charge]) -> list[dict[str, Any]]:
    """Return the invoices; a line's charge is its place among `charges`."""
    places = {charge.pk: place for place, charge in enumerate(charges)}
    lines: dict[int, list[InvoiceLine]] = {}
    for line in InvoiceLine.objects.filter(invoice__account=stage.account).order_by("charge"):
        lines.setdefault(line.invoice_id, []).append(line)
    return [
        {
            "status": invoice.status,
            "from": invoice.period_from.isoformat(),
            "to": invoice.period_to.isoformat(),
            "created_on": invoice.created_on.isoformat(),
            "total": str(in_minor_units(invoice.total, invoice.currency)),
            "tax": str(in_minor_units(invoice.tax, invoice.currency)),
            "lines": [
                {
                    "charge": places[line.charge_id],
                    "amount": str(in_minor_units(line.amount, invoice.currency)),
                    "tax": str(in_minor_units(line.tax, invoice.currency)),
                }
                for line in lines.get(invoice.pk, ())
            ],
        }
        for invoice in Invoice.objects.filter(account=stage.account).order_by("pk")
    ]


def debts_of(stage: Stage, subscriptions: Mapping[int, Subscription]) -> dict[int, str]:
    """Return the current debt of each subscription in postpay; nothing in prepay."""
    if not stage.story.postpay:
        return {}
    return {
        pk: str(in_minor_units(debt_of(contract, stage.story.until), stage.account.currency))
        for pk, contract in contracts_of(subscriptions.values()).items()
    }
