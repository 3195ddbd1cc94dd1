"""The pretend Robokassa: the page on which a customer pays, and the messages that tell the shop of it (ResultURL).

Written from the published manual (docs.robokassa.ru, "Pay interface", "Notifications and redirects", read on 28 Nov
2026): signatures over fields in a row with the shop's first or second password, amounts told with six decimals, and a
message repeated until the shop answers OK and the number.
"""

import hashlib
import html
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox.control import Served, Switchboard, nothing_served
from sandbox.store import Store
from sandbox.world import VendorWorld
from sandbox.wsgi import Request, Response, html_answer

PAGE = """<!doctype html><html lang="en"><title>Pay</title><h1>{shop}</h1><p>{text}: {amount}</p>
<form method="post" action="{action}"><input type="hidden" name="number" value="{number}">
<button name="do" value="pay">Pay</button> <button name="do" value="refuse">Refuse</button></form></html>"""
PATIENCE = 20  # seconds that a shop is waited for


class RobokassaWorld(VendorWorld):
    """Its shops, and what customers came to pay for."""


class Control(Switchboard):
    """What a test may do to the pretend Robokassa, and ask of it."""

    _world: RobokassaWorld

    def open_shop(
        self,
        *,
        login: str,
        password_1: str,
        password_2: str,
        result_url: str,
        success_url: str = "",
        algorithm: str = "sha256",
    ) -> None:
        """Open a shop; messages about its payments go to `result_url`."""
        shop = {
            "password_1": password_1,
            "password_2": password_2,
            "result_url": result_url,
            "success_url": success_url,
            "algorithm": algorithm,
        }
        self._world.store.put("shop", login, shop)

    def pay(self, *, number: int, tell: bool = True) -> str:
        """Let the customer pay a bill; return what the shop answers. Without `tell` it is told by `tell_again`."""
        bill = self._bill(number)
        self._world.store.put("bill", str(number), {**bill, "paid": True})
        return self.tell_again(number=number) if tell else ""

    def tell_again(self, *, number: int, amount: str = "", password: str = "") -> str:
        """Send the message about a paid bill again; with another amount or password as nobody who is honest does."""
        bill = self._bill(number)
        shop = self._world.store.get("shop", bill["shop"])
        told = amount or f"{bill['amount']}0000"
        signed = (told, str(number), password or shop["password_2"])
        fields = {"OutSum": told, "InvId": str(number), "SignatureValue": signature(shop, signed).upper()}
        answer = _post(shop["result_url"], fields)
        self._world.store.put("bill", str(number), {**bill, "answer": answer})
        return answer

    def bills(self) -> list[dict[str, Any]]:
        """Return the bills that customers came with, the oldest first."""
        return self._world.store.all("bill")

    def _bill(self, number: int) -> dict[str, Any]:
        found = self._world.store.get("bill", str(number))
        if found is None:
            raise ValueError(f"no customer came with the bill {number}")
        return found


class Robokassa(Control, Served):
    """One pretend Robokassa; the verbs of Control are its methods."""

    verbs = Control

    def __init__(self, state: str | Path | None = None) -> None:
        """Start empty, or with what the file or folder `state` keeps."""
        self.world = RobokassaWorld(Store(state, vendor="robokassa"))
        super().__init__(self.world)

    def serve(self, request: Request) -> Response:
        """See Served."""
        if request.path.lower() == "/merchant/index.aspx":
            return self._paid(request.form()) if "do" in request.form() else self._page(request)
        return nothing_served()

    def _page(self, request: Request) -> Response:
        """Show the page of a payment whose address its shop has signed."""
        asked = {**_by_case(request.query_string), **_by_case(request.body.decode())}
        shop = self.world.store.get("shop", asked.get("MerchantLogin", ""))
        if shop is None:
            return html_answer(404, "<h1>Error 26: there is no such shop</h1>")
        signed = (asked["MerchantLogin"], asked["OutSum"], asked.get("InvId", ""), shop["password_1"])
        if asked.get("SignatureValue", "").lower() != signature(shop, signed):
            return html_answer(400, "<h1>Error 29: the signature is wrong</h1>")
        bill = {
            "number": int(asked["InvId"]),
            "shop": asked["MerchantLogin"],
            "amount": asked["OutSum"],
            "text": asked.get("Description", ""),
            "test": asked.get("IsTest", ""),
            "paid": False,
        }
        self.world.store.put("bill", asked["InvId"], bill)
        shown = {"shop": bill["shop"], "text": bill["text"], "amount": bill["amount"], "number": asked["InvId"]}
        action = f"{request.mounted_at}/Merchant/Index.aspx"
        return html_answer(200, PAGE.format(action=action, **{name: html.escape(said) for name, said in shown.items()}))

    def _paid(self, form: Mapping[str, str]) -> Response:
        """Pay, or not, and lead back to the shop."""
        number = int(form["number"])
        if form["do"] == "pay":
            self.pay(number=number)
        back = self.world.store.get("shop", self._bill(number)["shop"])["success_url"]
        return Response(302, headers=[("Location", back)]) if back else html_answer(200, "<h1>Done</h1>")


def signature(shop: Mapping[str, Any], signed: tuple[str, ...]) -> str:
    """Return the signature of the fields in a row, in lower case."""
    return hashlib.new(shop["algorithm"], ":".join(signed).encode()).hexdigest()


def _by_case(encoded: str) -> dict[str, str]:
    return {name: values[-1] for name, values in urllib.parse.parse_qs(encoded, keep_blank_values=True).items()}


def _post(url: str, fields: Mapping[str, str]) -> str:
    """Send a form to the shop; return what it answers, with the status where that is not 200."""
    body = urllib.parse.urlencode(fields).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data=body), timeout=PATIENCE) as answer:  # noqa: S310 (a test says where)
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        return f"{error.code} {error.read().decode()}"
