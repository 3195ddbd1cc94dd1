"""The pretend Dr.Web AV-Desk: its Web API 4.1, the download pages, and a control endpoint beside them.

Written from the vendor's own help (built into AV-Desk 10.01) and its published replies: the API below /api, installers
below /download, the control endpoint at /sandbox/control.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from sandbox.control import answer_control
from sandbox.drweb.api import WebApi
from sandbox.drweb.control import Control
from sandbox.drweb.downloads import download
from sandbox.drweb.world import DrWebWorld
from sandbox.store import Store
from sandbox.wsgi import Environ, Request, Response, json_answer


class DrWeb(Control):
    """One pretend AV-Desk server; the verbs of Control are its methods."""

    def __init__(self, state: str | Path | None = None) -> None:
        """Start empty, or with what the file or folder `state` keeps."""
        self.world = DrWebWorld(Store(state, vendor="drweb"))
        super().__init__(self.world)
        self._api = WebApi(self.world)

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        return self.answer(Request.from_environ(environ))(environ, start_response)

    def answer(self, request: Request) -> Response:
        """Return the answer to one request."""
        first = request.path.split("/", 2)[1].lower()
        if first == "api":
            return self._api(request)
        if first == "download":
            return download(self.world, request)
        if request.path == "/sandbox/control":
            return answer_control(self, request, kind=Control)
        if request.path == "/health":
            return json_answer(200, {"status": "ok"})
        return json_answer(404, {"error": "nothing is served here"})

    def close(self) -> None:
        """Close the state file, if there is one."""
        self.world.store.close()
