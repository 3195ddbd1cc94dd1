"""Where card gateways tell what was paid: an address for each gateway of a reseller."""

from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from billing.gateways.base import Forged
from billing.gateways.paying import take_word
from billing.models import PaymentGateway

NOT_SIGNED = partial(HttpResponse, "bad sign", status=400, content_type="text/plain")


# Exempt from the CSRF token because a gateway has none: what protects the books is the signature of each message.
@csrf_exempt
@require_http_methods(["GET", "POST"])
def told(request: HttpRequest, gateway: int) -> HttpResponse:
    """Take a gateway's message about a payment, in a form or in the address; 400 for one that it has not signed."""
    found = PaymentGateway.objects.filter(pk=gateway).first()
    if found is None:  # answered like a message that is not signed: who cannot sign learns nothing
        return NOT_SIGNED()
    fields = (request.POST if request.method == "POST" else request.GET).dict()
    try:
        answer = take_word(gateway=found, fields=fields, today=timezone.localdate(), now=timezone.now())
    except Forged:
        return NOT_SIGNED()
    if answer is None:
        raise Http404
    return HttpResponse(answer, content_type="text/plain")
