"""python -m sandbox."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import requests

from sandbox.__main__ import VENDORS
from sandbox.microsoft.world import DEMO_CLIENT_ID, PARTNER_DOMAIN
from tests.sandbox.microsoft.asking import Asker, sent_back

ROOT = Path(__file__).parents[2]


def start(*arguments: str) -> tuple[subprocess.Popen[str], Asker]:
    """Start the sandbox on a free port and return it with a caller of its Microsoft."""
    command = [sys.executable, "-m", "sandbox", "--port", "0", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=dict(os.environ))
    assert process.stdout is not None
    line = process.stdout.readline()
    base = re.fullmatch(r"sandbox: (http://\S+)/microsoft/login and \1/microsoft/partnercenter/v1\n", line)
    assert base is not None, line
    return process, Asker(f"{base[1]}/microsoft")


def sign_in(asker: Asker) -> None:
    """Take an access token over HTTP alone, by the consent page's own form."""
    page = asker.http.post(asker.authorize_url(), data={"decision": "accept"}, allow_redirects=False)
    asker.token = asker.redeem(sent_back(page)["code"]).json["access_token"]


def test_killed_sandbox_comes_back_with_all_it_had_committed(tmp_path: Path) -> None:
    process, asker = start("--state", str(tmp_path / "kept"))
    try:
        sign_in(asker)
        customer = asker.new_customer()
        subscription = asker.subscription(customer)
    finally:
        process.kill()
        process.wait()
    process, again = start("--state", str(tmp_path / "kept"))
    try:
        again.token = asker.token
        assert again.get(f"/customers/{customer}/subscriptions").json["items"] == [subscription]
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_vendors_stand_below_their_paths_and_health_beside_them() -> None:
    process, asker = start("--redirect-uri", "https://demo.example/back", "--advertised-login", "https://x.example")
    try:
        root = asker.base_url.removesuffix("/microsoft")
        served = ["/microsoft", *VENDORS]
        assert requests.get(f"{root}/health", timeout=5).json() == {"status": "ok", "vendors": sorted(served)}
        for path in served:
            assert requests.get(f"{root}{path}/sandbox/control", timeout=5).json()["verbs"]["fail"]
        document = asker.http.get(f"{asker.base_url}/login/common/v2.0/.well-known/openid-configuration").json()
        assert document["token_endpoint"] == "https://x.example/common/oauth2/v2.0/token"
        page = asker.http.get(asker.authorize_url(redirect_uri="https://demo.example/back"))
        assert f'action="/microsoft/login/{PARTNER_DOMAIN}/oauth2/v2.0/authorize"' in page.text
        assert DEMO_CLIENT_ID in page.text
        assert asker.http.get(f"{asker.base_url}/sandbox/control").json()["counts"]["customers"] == 0
    finally:
        process.terminate()
        process.wait(10)
