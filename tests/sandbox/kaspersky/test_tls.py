"""Who is let in: over TLS by the certificate, over plain HTTP by a setting."""

from pathlib import Path

import pytest
import requests

from sandbox.kaspersky import Kaspersky
from sandbox.kaspersky.tls import PARTNER_FILE, PARTNER_FINGERPRINT, UNKNOWN_FILE, demanding, fingerprint
from sandbox.wsgi import serve
from tests.sandbox.kaspersky.asking import PREFIX, Asker, as_pem
from tests.vendors.demanding import Authority, pem


def test_over_tls_the_partner_is_let_in_another_is_told_and_a_stranger_cut(tmp_path: Path) -> None:
    kaspersky = Kaspersky()
    (tmp_path / "stranger.pem").write_bytes(pem(*Authority("elsewhere").signed("stranger")))
    with serve(kaspersky, tls=demanding()) as running:
        assert running.base_url.startswith("https://")
        partner = Asker(running.base_url, as_pem(PARTNER_FILE, tmp_path))
        made = partner.made()["SubscriptionId"]
        assert partner.details(made)["Status"] == "Active"
        assert Asker(running.base_url, as_pem(UNKNOWN_FILE, tmp_path)).refused("create")[0] == 403
        for nobody in (Asker(running.base_url), Asker(running.base_url, str(tmp_path / "stranger.pem"))):
            with pytest.raises(requests.exceptions.SSLError, match=r"(?i)alert"):
                nobody.post("create")
        partner.http.verify = True
        with pytest.raises(requests.exceptions.SSLError, match="self-signed certificate"):
            partner.post("create")
        kaspersky.forget_partner(fingerprint=PARTNER_FINGERPRINT)
        assert Asker(running.base_url, as_pem(PARTNER_FILE, tmp_path)).refused("create")[0] == 403
        kept_alive = Asker(running.base_url, as_pem(PARTNER_FILE, tmp_path))
        kept_alive.refused("create")
        kaspersky.fail("drop_before")
        with pytest.raises(requests.ConnectionError):
            kept_alive.post("create")
    with pytest.raises(requests.ConnectionError):
        kept_alive.post("create")
    assert kaspersky.counts()["subscriptions"] == 1


def test_over_plain_http_a_setting_says_whose_certificate_it_is(asker: Asker, kaspersky: Kaspersky) -> None:
    asker.made()
    kaspersky.behave(plain_fingerprint=None)
    assert asker.refused("create")[0] == 403
    other = fingerprint(b"another")
    kaspersky.behave(plain_fingerprint=other)
    assert asker.http.get(f"{asker.base_url}{PREFIX}getdetails", timeout=5).status_code == 403
    kaspersky.register_partner(fingerprint=other)
    asker.made()
