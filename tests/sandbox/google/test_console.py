"""The customer's first sign-in: with the password that was told, once, and only where the terms are accepted."""

from sandbox.google import Google
from tests.sandbox.google.asking import DOMAIN, Asker


def test_an_administrator_signs_in_once_with_the_first_password_and_accepts_the_terms(
    asker: Asker, google: Google
) -> None:
    customer = asker.customer()["customerId"]
    asker.user(changePasswordAtNextLogin=True)
    asker.subscription(customer)
    page = f"{asker.base_url}/console"
    assert "Admin console" in asker.http.get(page, timeout=10).text
    form = {"email": f"admin@{DOMAIN}", "password": "Timecircuit88", "new_password": "Another-88"}
    assert asker.http.post(page, data={**form, "password": "wrong"}, timeout=10).status_code == 403
    assert asker.http.post(page, data=form, timeout=10).status_code == 422
    assert google.subscriptions()[0]["status"] == "SUSPENDED"
    said = asker.http.post(page, data={**form, "accept": "yes"}, timeout=10)
    assert f"admin@{DOMAIN} has accepted the terms." in said.text
    assert google.subscriptions()[0]["status"] == "ACTIVE"
    (user,) = google.users()
    assert (user["agreedToTerms"], user["changePasswordAtNextLogin"]) == (True, False)
    assert asker.http.post(page, data={**form, "accept": "yes"}, timeout=10).status_code == 403, "good once"
