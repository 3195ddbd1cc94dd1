"""What a vendor said of an account is told beside the field on the page where it is corrected."""

from django import forms
from django.test import RequestFactory

from core.errors import Refused
from core.panel.told import forget, remember, tell


def form(**initial: str) -> forms.Form:
    built = forms.Form(initial=initial)
    built.fields["country"] = forms.CharField()
    built.fields["zip"] = forms.CharField()
    return built


def test_it_is_told_at_its_field_for_its_account_until_it_is_forgotten():
    request = RequestFactory().get("/")
    request.session = {}
    problem = Refused("Microsoft does not sell in this country (Cuba).", field="country")
    problem.also = (Refused("The postal code is missing.", field="zip"),)
    remember(request, 7, [problem])
    told = tell(request, 7, form(country="CU"))
    assert (told.fields["country"].help_text, told.fields["zip"].help_text) == (problem.sentence, "")
    assert tell(request, 8, form(country="CU")).fields["country"].help_text == ""
    forget(request)
    assert tell(request, 7, form(country="CU")).fields["country"].help_text == ""
