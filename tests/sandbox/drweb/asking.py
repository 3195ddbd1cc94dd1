"""A caller of the pretend AV-Desk: its own few lines, not the plugin's client."""

from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import requests

from sandbox.drweb.world import DEMO_LOGIN, DEMO_PASSWORD

STANDARD = "ebe76ffc-69e1-4757-b2b3-41506832bc9b"
PREMIUM = "91644cc3-1dc1-42dc-a41e-5ea001f5538d"


@dataclass
class Asker:
    """Asks over HTTP, as XML."""

    base_url: str
    login: str = DEMO_LOGIN
    password: str = DEMO_PASSWORD

    def raw(self, script: str, **parameters: Any) -> requests.Response:
        """Return the answer as it came; `_` in a parameter's name stands for `-`."""
        pairs = {name.replace("_", "-"): value for name, value in parameters.items()}
        address = f"{self.base_url}/api/{script}.ds"
        return requests.get(address, params=pairs, auth=(self.login, self.password), timeout=10)

    def xml(self, script: str, **parameters: Any) -> ElementTree.Element:
        """Return the root of a reply that says true."""
        answer = self.raw(script, **parameters)
        root = ElementTree.fromstring(answer.content)
        assert (answer.status_code, root.get("status")) == (200, "true"), answer.text
        return root

    def refusal(self, script: str, **parameters: Any) -> str:
        """Return the sentence of a reply that says false, which comes with HTTP 200."""
        answer = self.raw(script, **parameters)
        root = ElementTree.fromstring(answer.content)
        assert (answer.status_code, root.get("status")) == (200, "false"), answer.text
        assert answer.headers["x-drweb-api-status"] == "false"
        assert (root.findtext("error/errno") or "").isdigit()
        return root.findtext("error/message") or ""

    def add(self, identity: str, **more: Any) -> str:
        """Make a station and return its id."""
        node = self.xml("stations/add", id=identity, rate=STANDARD, **more).find("station")
        assert node is not None
        return str(node.get("id"))

    def ids(self, script: str, **parameters: Any) -> list[str]:
        """Return the ids of the stations that a list shows."""
        return [str(node.get("id")) for node in self.xml(script, **parameters).iterfind("stations/station")]
