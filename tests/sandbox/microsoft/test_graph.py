"""Graph's envelope."""

import requests

from sandbox.microsoft import Microsoft
from tests.sandbox.microsoft.asking import Asker

PATH = "/graph/v1.0/tenantRelationships/delegatedAdminRelationships"


def test_token_is_checked_and_troubles_befall_it_too(partner: Asker, microsoft: Microsoft) -> None:
    granted = microsoft.grant_consent()["refresh_token"]
    token = partner.refresh(granted, scope="https://graph.microsoft.com/.default").json["access_token"]

    def ask(token: str, path: str = PATH) -> requests.Response:
        return partner.http.get(partner.base_url + path, headers={"Authorization": f"Bearer {token}"}, timeout=10)

    assert [ask(found).status_code for found in (token, partner.token, "")] == [200, 401, 401]
    assert ask(token, "/graph/v1.0/nothing").json()["error"]["code"] == "ResourceNotFound"
    microsoft.fail("throttle", path="/graph/")
    assert ask(token).status_code == 429
    microsoft.fail("error_after", path="/graph/", status=503)
    assert ask(token).status_code == 503
    headers = {"Authorization": f"Bearer {token}"}
    broken = partner.http.post(partner.base_url + PATH, data=b"{", headers=headers, timeout=10)
    assert broken.status_code == 400
    assert len(microsoft.requests_seen(path="/graph/")) == 7
