"""What a vendor said of an account's fields, carried to the page on which they are corrected, beside each field."""

from collections.abc import Iterable

from django.forms import Form
from django.http import HttpRequest

from core.errors import Refused

TOLD = "told_of_account"


def remember(request: HttpRequest, account_pk: int, refusals: Iterable[Refused]) -> None:
    """Keep what was said of the account's fields until it is corrected."""
    problems = [problem for refusal in refusals for problem in refusal.problems]
    said = {problem.field: problem.sentence for problem in problems if problem.field}
    request.session[TOLD] = {"account": account_pk, "said": said}


def tell(request: HttpRequest, account_pk: int, form: Form) -> Form:
    """Return the form with what was said beside each field that is filled in; of an empty one its being asked tells."""
    kept = request.session.get(TOLD) or {}
    said = kept.get("said", {}) if kept.get("account") == account_pk else {}
    for name in form.fields.keys() & said.keys():
        if form[name].value():
            form.fields[name].help_text = said[name]
    return form


def forget(request: HttpRequest) -> None:
    """Forget what was said: the account is corrected."""
    request.session.pop(TOLD, None)
