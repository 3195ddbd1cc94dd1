"""The inputs of an address: one select of countries, regions and postal codes as the chosen country has them."""

from django import forms

from core.panel.addresses import CountryField, fit_address


def form(**initial: str) -> forms.Form:
    built = forms.Form(initial=initial)
    built.fields["country"] = CountryField()
    built.fields["region"] = forms.CharField(required=False)
    built.fields["zip"] = forms.CharField(required=False)
    return fit_address(built)


def test_regions_and_an_example_follow_the_country():
    american, polish, empty = form(country="US"), form(country="PL"), form()
    assert '<option value="California"></option>' in str(american["region"])
    assert (american.fields["zip"].help_text, polish.fields["zip"].help_text) == (
        "For example 95014.",
        "For example 00-950.",
    )
    assert ("datalist" in str(polish["region"]), "datalist" in str(empty["region"])) == (False, False)
    assert '<option value="PL" selected>Poland</option>' in str(polish["country"])


def test_a_form_without_a_country_stays_as_it_is():
    assert "country" not in fit_address(forms.Form()).fields
