"""The pages a person sees."""

from sandbox.microsoft.consent_page import consent_page, form_post_page, trouble_page


def test_pages_name_their_language_and_fit_a_phone() -> None:
    app = {"client_id": "c", "name": "A & B"}
    for page in (consent_page(app, {}, action="/x"), form_post_page("http://localhost/", {}), trouble_page("<no>")):
        assert page.startswith('<!DOCTYPE html><html lang="en">')
        assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in page
        assert "color-scheme: light dark" in page


def test_consent_page_asks_for_partner_center_even_where_no_scope_is_named() -> None:
    page = consent_page({"client_id": "c", "name": "A & B"}, {"scope": "openid"}, action="/x?a=1&b=2")
    assert page.count("<li>") == 2
    assert "A &amp; B" in page
    assert 'action="/x?a=1&amp;b=2"' in page


def test_trouble_page_escapes_its_sentence() -> None:
    assert "<p>&lt;no&gt;</p>" in trouble_page("<no>")
