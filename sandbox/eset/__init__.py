"""The pretend ESET MSP Administrator 2 (EMA 2): its API, and a control endpoint beside it.

Written from the vendor's published pages (help.eset.com/ema/2/api) and what public clients show of its replies: the API
below /api, the control endpoint at /sandbox/control.
"""

from pathlib import Path

from sandbox.control import Served, nothing_served
from sandbox.eset.api import Api
from sandbox.eset.control import Control
from sandbox.eset.world import EsetWorld
from sandbox.store import Store
from sandbox.wsgi import Request, Response


class Eset(Control, Served):
    """One pretend ESET; the verbs of Control are its methods."""

    verbs = Control

    def __init__(self, state: str | Path | None = None) -> None:
        """Start empty, or with what the file or folder `state` keeps."""
        self.world = EsetWorld(Store(state, vendor="eset"))
        super().__init__(self.world)
        self._api = Api(self.world)

    def serve(self, request: Request) -> Response:
        """See Served."""
        if request.path.lower().startswith("/api/"):
            return self._api(request)
        return nothing_served()
