"""The pretend ESET MSP Administrator 2 (EMA 2): its API, and a control endpoint beside it.

Written from the vendor's published pages (help.eset.com/ema/2/api) and what public clients show of its replies: the API
below /api, the control endpoint at /sandbox/control.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from sandbox.control import answer_control
from sandbox.eset.api import Api
from sandbox.eset.control import Control
from sandbox.eset.world import EsetWorld
from sandbox.store import Store
from sandbox.wsgi import Environ, Request, Response, json_answer


class Eset(Control):
    """One pretend ESET; the verbs of Control are its methods."""

    def __init__(self, state: str | Path | None = None) -> None:
        """Start empty, or with what the file or folder `state` keeps."""
        self.world = EsetWorld(Store(state, vendor="eset"))
        super().__init__(self.world)
        self._api = Api(self.world)

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        return self.answer(Request.from_environ(environ))(environ, start_response)

    def answer(self, request: Request) -> Response:
        """Return the answer to one request."""
        if request.path.lower().startswith("/api/"):
            return self._api(request)
        if request.path == "/sandbox/control":
            return answer_control(self, request, kind=Control)
        if request.path == "/health":
            return json_answer(200, {"status": "ok"})
        return json_answer(404, {"error": "nothing is served here"})

    def close(self) -> None:
        """Close the state file, if there is one."""
        self.world.store.close()
