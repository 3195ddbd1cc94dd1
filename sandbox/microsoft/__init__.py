"""The pretend Microsoft: the login service and Partner Center as one WSGI app, with a control endpoint beside them.

Written from the vendor's published facts: login below /login, Partner Center below /partnercenter/v1, price sheets
(api.partner.microsoft.com) below /partner/v1.0, what it plays of Graph below /graph/v1.0, its exports below /blobs,
the pages of those who sign the customer agreement below /attestation, the control endpoint at /sandbox/control.
"""

from collections.abc import Callable
from pathlib import Path

from sandbox.control import Served, nothing_served
from sandbox.microsoft.attestations import answer_signer
from sandbox.microsoft.control import Control
from sandbox.microsoft.exports import blob
from sandbox.microsoft.graph import Graph
from sandbox.microsoft.login import Login
from sandbox.microsoft.partner_center import PartnerCenter
from sandbox.microsoft.prices import Prices
from sandbox.microsoft.world import LOGIN_HOST, World
from sandbox.store import Store
from sandbox.wsgi import Request, Response, Stream


class Microsoft(Control, Served):
    """One pretend Microsoft; the verbs of Control are its methods."""

    verbs = Control

    def __init__(self, state: str | Path | None = None, *, advertised_login: str = LOGIN_HOST) -> None:
        """Start empty, or with what the file or folder `state` keeps.

        `advertised_login` is the base of the endpoints in the discovery document: the real host by default, which a
        client that rewrites hosts expects.
        """
        self.world = World(Store(state, vendor="microsoft"), advertised_login=advertised_login)
        super().__init__(self.world)
        # What answers below which path.
        self._services: dict[str, Callable[[Request], Response | Stream]] = {
            "login": Login(self.world),
            "partnercenter": PartnerCenter(self.world),
            "partner": Prices(self.world),
            "graph": Graph(self.world),
            "blobs": lambda request: blob(self.world, request),
            "attestation": lambda request: answer_signer(self.world, request),
        }

    def serve(self, request: Request) -> Response | Stream:
        """See Served."""
        service = self._services.get(request.path.split("/", 2)[1].lower())
        if service is not None:
            return service(request)
        return nothing_served()
