"""The download pages of the pretend AV-Desk: an installer of a station for a platform, and its configuration file."""

from sandbox.drweb.asked import Asked
from sandbox.drweb.world import DrWebWorld, config_code
from sandbox.wsgi import Request, Response, html_answer

NAMES = {
    "windows": "drwinst.exe",
    "android": "drweb.apk",
    "macosx": "drweb.cdr.zip",
    "linux": "drweb.run",
}


def download(world: DrWebWorld, request: Request) -> Response:
    """Answer /download/download.ds?id=…&os=… and ?code=…; a station that is not there has nothing to download."""
    asked = Asked(request.query_string)
    if request.path.lower() != "/download/download.ds":
        return html_answer(404, "<html><body>404</body></html>")
    code = asked.get("code")
    for station in world.stations():
        if code and config_code(station["id"]) == code:
            return _file("install.cfg", f"[Server]\nid={station['id']}\n")
        if not code and station["id"].lower() == asked.get("id").lower():
            return _file(NAMES.get(asked.get("os", "windows"), "drwinst.exe"), f"installer of {station['id']}\n")
    return html_answer(404, "<html><body>404</body></html>")


def _file(name: str, text: str) -> Response:
    headers = [
        ("Content-Type", "application/octet-stream"),
        ("Content-Disposition", f'attachment; filename="{name}"'),
    ]
    return Response(200, text.encode(), headers)
