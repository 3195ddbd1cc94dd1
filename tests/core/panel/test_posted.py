"""An address that takes forms only leads who opens it to the page of the form."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.test import RequestFactory

from core.panel.posted import posted


@posted(lambda _request, pk: redirect(f"/things/{pk}/"))
def deed(_request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(f"done {pk}")


def test_opened_it_leads_to_its_page_and_posted_it_acts():
    asked = RequestFactory()
    assert [deed(asked.generic(method, "/"), 7).headers["Location"] for method in ("GET", "HEAD")] == ["/things/7/"] * 2
    assert deed(asked.post("/"), 7).content == b"done 7"
    refused = deed(asked.put("/"), 7)
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD, POST")
