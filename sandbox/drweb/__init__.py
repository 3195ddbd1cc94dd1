"""The pretend Dr.Web AV-Desk: its Web API 4.1, the download pages, and a control endpoint beside them.

Written from the vendor's own help (built into AV-Desk 10.01) and its published replies: the API below /api, installers
below /download, the control endpoint at /sandbox/control.
"""

from pathlib import Path

from sandbox.control import Served, nothing_served
from sandbox.drweb.api import WebApi
from sandbox.drweb.control import Control
from sandbox.drweb.downloads import download
from sandbox.drweb.world import DrWebWorld
from sandbox.store import Store
from sandbox.wsgi import Request, Response


class DrWeb(Control, Served):
    """One pretend AV-Desk server; the verbs of Control are its methods."""

    verbs = Control

    def __init__(self, state: str | Path | None = None) -> None:
        """Start empty, or with what the file or folder `state` keeps."""
        self.world = DrWebWorld(Store(state, vendor="drweb"))
        super().__init__(self.world)
        self._api = WebApi(self.world)

    def serve(self, request: Request) -> Response:
        """See Served."""
        first = request.path.split("/", 2)[1].lower()
        if first == "api":
            return self._api(request)
        if first == "download":
            return download(self.world, request)
        return nothing_served()
