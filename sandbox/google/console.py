"""The Admin console at the customer's first sign-in: what a person sees who accepts the terms."""

from html import escape

from sandbox.google import plans
from sandbox.google.world import Row, World, hashed
from sandbox.wsgi import Request, html_answer
from sandbox.wsgi import Response as Answer

PAGE = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Admin console</title></head><body>'
    '<h1>Admin console</h1><p role="status">{said}</p><form method="post">'
    '<p><label>Email <input name="email" type="email"></label></p>'
    '<p><label>Password <input name="password" type="password"></label></p>'
    '<p><label>New password <input name="new_password" type="password"></label></p>'
    '<p><label><input name="accept" type="checkbox" value="yes"> I accept the terms</label></p>'
    "<button>Sign in</button></form></body></html>"
)
WRONG, LEFT = "Wrong email or password.", "Choose a new password and accept the terms."


def accept_terms(world: World, customer: Row) -> None:
    """Have a customer accept the terms: what waited for that only is active."""
    world.keep_customer(customer, accepted=True)
    for row in world.subscriptions(customer["id"]):
        plans.kept(world, row, reasons=[reason for reason in row["reasons"] if reason != plans.PENDING_TERMS])


def answer_console(world: World, request: Request) -> Answer:
    """Show the form; sign somebody in, once, with the password that was told."""
    if request.method != "POST":
        return html_answer(200, PAGE.format(said=""))
    form = request.form()
    email = form.get("email", "").lower()
    user = next((row for row in world.store.all("user") if row["email"] == email), None)
    if user is None or user["password"] != hashed(form.get("password", "")):
        return html_answer(403, PAGE.format(said=WRONG))
    if form.get("accept") != "yes" or not form.get("new_password"):
        return html_answer(422, PAGE.format(said=LEFT))
    customer = world.store.get("customer", user["customer"])
    with world.store.transaction():
        plain = {**user["plain"], "changePasswordAtNextLogin": False}
        fresh = {**user, "plain": plain, "agreed": True, "password": hashed(form["new_password"])}
        world.store.put("user", user["id"], fresh)
        if customer is not None:
            accept_terms(world, customer)
    return html_answer(200, PAGE.format(said=f"{escape(email)} has accepted the terms."))
