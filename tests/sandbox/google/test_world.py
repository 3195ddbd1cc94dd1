"""What the pretend Google keeps, also over a restart."""

from pathlib import Path

from sandbox.google import Google
from sandbox.google.world import milliseconds
from sandbox.wsgi import serve
from tests.sandbox.google.asking import DOMAIN, Asker, registered


def test_it_comes_back_with_all_it_had(tmp_path: Path) -> None:
    google = registered(Google(tmp_path))
    with serve(google) as running:
        asker = Asker(running.base_url, google)
        customer = asker.customer()["customerId"]
    google.close()
    again = Google(tmp_path)
    found = again.world.customer(DOMAIN.upper())
    assert found is not None
    assert (found["id"], again.world.granted(asker.token) is not None) == (customer, True)
    again.close()


def test_moments_are_milliseconds_as_a_text() -> None:
    assert milliseconds(1.5) == "1500"
