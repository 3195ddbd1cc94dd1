"""The errors of Partner Center and the ways its handlers answer."""

from typing import Any

from sandbox.microsoft.shapes import Json, pascal_case, without_nulls
from sandbox.wsgi import Response, json_answer


class PartnerCenterError(Exception):
    """Ends a call with one of the published codes."""

    def __init__(self, status: int, code: int, description: str, data: list[str] | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.code = code
        self.description = description
        self.data = data or []


class GraphError(Exception):
    """Ends a call to Graph, which writes its errors in its own way."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def graph_answer(error: GraphError) -> Response:
    """Return an error as Graph writes it."""
    return json_answer(error.status, {"error": {"code": error.code, "message": error.message}})


def invalid_property(name: str, details: str = "") -> PartnerCenterError:
    """Return the error for a property that is missing or has bad data, in the shape of a recorded one."""
    data = [f"property_name:  {name}", f"details:  {details}\n"]
    return PartnerCenterError(400, 27002, "A property has invalid data.", data)


def error_answer(error: PartnerCenterError) -> Response:
    """Return an error as the service writes it."""
    body = {"code": error.code, "description": error.description, "data": error.data, "source": "PartnerFD"}
    return json_answer(error.status, body, bom=True)


def written(value: Any, status: int = 200) -> Response:
    """Return a resource as the service writes it: byte order mark, no null members; None gives an empty body."""
    if value is None:
        return Response(status)
    return json_answer(status, without_nulls(value), bom=True)


def written_in_pascal_case(value: Json) -> Response:
    """Return a resource with the casing that the PATCH pages of the manual print."""
    return json_answer(200, pascal_case(without_nulls(value)), bom=True)
