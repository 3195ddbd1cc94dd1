"""The application that gunicorn serves."""

import os

from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

from brokerage import limits

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "brokerage.settings")


class Request(WSGIRequest):
    """A request that is read in UTF-8, whatever its Content-Type says (brokerage/well_formed.py refuses the others).

    Django takes the charset over while it makes the request, where an odd one (rot13) ends in no answer at all.
    """

    def _set_content_type_params(self, meta: dict[str, str]) -> None:
        self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))


application = get_wsgi_application()
application.request_class = Request
limits.limit_database("web")
