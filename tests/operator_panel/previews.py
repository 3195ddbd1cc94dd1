"""Through a confirmation to the deed: what was shown, and what the books then hold."""

from datetime import date
from decimal import Decimal

from django.test import Client

from billing.models import Charge

Line = tuple[str, str, int, Decimal, date, date]


def shown(answer: object) -> list[Line]:
    """Return the charges of a confirmation."""
    assert answer.status_code == 200, answer.context["form"].errors
    return sorted(_line(charge) for charge in answer.context["charges"])


def books() -> dict[int, Line]:
    return {charge.pk: _line(charge) for charge in Charge.objects.all()}


def moved(before: dict[int, Line]) -> list[Line]:
    """Return the charges that are new or have another status than before."""
    return sorted(line for pk, line in books().items() if before.get(pk) != line)


def _line(charge: Charge) -> Line:
    return (
        charge.description,
        str(charge.status),
        charge.quantity,
        charge.amount,
        charge.operate_from,
        charge.operate_to,
    )


def confirm(client: Client, address: str, **answers: object) -> tuple[list[Line], list[Line], object]:
    """Return the charges shown before, those that came of it, and the answer."""
    asked = client.post(address, answers) if answers else client.get(address)
    before = books()
    seen = shown(asked)
    assert books() == before
    carried = {bound.name: bound.value() for bound in asked.context["form"] if bound.value() is not None}
    answer = client.post(address, {**carried, "typed": next(iter(asked.context["typed"]), ""), "confirmed": "yes"})
    assert answer.status_code == 302, answer.context["form"].errors
    return seen, moved(before), answer
