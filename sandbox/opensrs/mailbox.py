"""The approver's mails as a page: what a person at the domain would get, with the link that approves."""

from html import escape

from sandbox.opensrs import certificates
from sandbox.opensrs.rows import AWAITING
from sandbox.opensrs.world import World
from sandbox.wsgi import Request, Response, html_answer

PAGE = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Mails of the certificate authority</title>'
    "</head><body><h1>Mails of the certificate authority</h1>{mails}</body></html>"
)
MAIL = (
    '<form method="post"><p>To {to}: {product} was ordered for <strong>{domain}</strong>, order {order}.</p>'
    '<input type="hidden" name="order_id" value="{order}"><button>I approve</button></form>'
)


def answer_mailbox(world: World, request: Request) -> Response:
    """Show the mails that wait for an answer; a press of the button is the click on a mail's link."""
    if request.method == "POST":
        with world.store.transaction():
            order = world.store.get("order", request.form().get("order_id", ""))
            if order is not None and order["state"] == AWAITING:
                certificates.approve(world, order)
        return Response(303, headers=[("Location", f"{request.mounted_at}/mails")])
    waiting = [order for order in world.store.all("order") if order["state"] == AWAITING]
    mails = "".join(
        MAIL.format(
            to=escape(order["approver_email"]),
            product=escape(order["product_type"]),
            domain=escape(order["domain"]),
            order=escape(order["order_id"]),
        )
        for order in waiting
    )
    return html_answer(200, PAGE.format(mails=mails or "<p>No mail waits for an answer.</p>"))
