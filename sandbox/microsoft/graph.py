"""Graph, as far as it is played: delegated administration, and exports of what is billed; and where exports lie."""

from sandbox.microsoft import exports, relationships
from sandbox.microsoft.errors import GraphError, graph_answer
from sandbox.microsoft.faults import after_acting, before_acting
from sandbox.microsoft.tokens import GRAPH, read_access_token
from sandbox.microsoft.world import PARTNER_TENANT, World
from sandbox.wsgi import BadJsonError, ConnectionDroppedError, Request, Response, Router


class Graph:
    """Answers what graph.microsoft.com would."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._router = Router([*relationships.ROUTES, *exports.ROUTES])

    def __call__(self, request: Request) -> Response:
        request.fault = self.world.faults.meet(request)
        try:
            answer = before_acting(request.fault, bom=False) if request.fault else None
            if answer is None:
                answer = self._acted(request)
                answer = after_acting(request.fault, answer, bom=False) if request.fault else answer
        except ConnectionDroppedError:
            self.world.note(request, status=None, replayed=False, body=None)
            raise
        self.world.note(request, status=answer.status, replayed=False, body=None)
        return answer

    def _acted(self, request: Request) -> Response:
        try:
            scheme, _, token = request.headers.get("authorization", "").partition(" ")
            claims = read_access_token(self.world, token.strip()) if scheme.lower() == "bearer" else None
            if claims is None or claims["aud"] != GRAPH or claims["tid"] != PARTNER_TENANT:
                raise GraphError(401, "InvalidAuthenticationToken", "Access token is missing or invalid.")
            found = self._router.find(request.method, request.path.removeprefix("/graph/v1.0"))
            if found is None:
                raise GraphError(404, "ResourceNotFound", "Resource not found.")
            handler, values = found
            with self.world.store.transaction():
                answer: Response = handler(self.world, request, **values)
                return answer
        except GraphError as error:
            return graph_answer(error)
        except BadJsonError:
            return graph_answer(GraphError(400, "BadRequest", "The body is not JSON."))
