"""The pages of the login service that a person sees: consent, the way back, and trouble."""

from html import escape
from typing import Any

from sandbox.microsoft.world import ADMIN_NAME, ADMIN_UPN, PARTNER_NAME

PERMISSIONS = {
    "user_impersonation": "Access Partner Center as you: customers, orders and subscriptions of your company",
    "offline_access": "Maintain access to data you have given it access to",
    "openid": "Sign you in",
    "profile": "View your basic profile",
}

STYLE = """
:root { color-scheme: light dark; font-family: "Segoe UI", system-ui, sans-serif; line-height: 1.5; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: Canvas; color: CanvasText; }
main { box-sizing: border-box; width: min(28rem, 100%); padding: 2rem; border: 1px solid GrayText; }
h1 { font-size: 1.4rem; font-weight: 600; }
code { overflow-wrap: anywhere; }
.buttons { display: flex; flex-wrap: wrap; gap: .75rem; justify-content: flex-end; margin-top: 1.5rem; }
button { font: inherit; padding: .5rem 1.5rem; min-height: 2.75rem; border: 1px solid #5b5b5b; cursor: pointer;
  background: #f2f2f2; color: #1b1b1b; }
button.primary { background: #0b5cad; border-color: #0b5cad; color: #fff; }
button:focus-visible { outline: 3px solid #e8a317; outline-offset: 2px; }
small { display: block; margin-top: 1.5rem; }
"""


def _page(title: str, content: str) -> str:
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>{content}</main></body></html>"
    )


def _hidden(fields: dict[str, str]) -> str:
    return "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in fields.items()
    )


def consent_page(app: dict[str, Any], question: dict[str, str], *, action: str) -> str:
    """Return the page on which the admin accepts or refuses what an app asks for."""
    asked = [scope.rsplit("/", 1)[-1] for scope in question.get("scope", "").split()]
    if "user_impersonation" not in asked:
        asked.insert(0, "user_impersonation")
    lines = "".join(f"<li>{escape(PERMISSIONS.get(scope, scope))}</li>" for scope in asked)
    return _page(
        "Permissions requested",
        "<p>Microsoft (sandbox)</p>"
        f"<p>Signed in as <strong>{escape(ADMIN_NAME)}</strong>, {escape(ADMIN_UPN)}, {escape(PARTNER_NAME)}</p>"
        "<h1>Permissions requested</h1>"
        f"<p><strong>{escape(app.get('name', ''))}</strong><br>"
        f"Application ID: <code>{escape(app['client_id'])}</code></p>"
        f"<p>This app would like to:</p><ul>{lines}</ul>"
        f'<form method="post" action="{escape(action)}">{_hidden(question)}'
        '<div class="buttons"><button type="submit" name="decision" value="cancel">Cancel</button>'
        '<button type="submit" name="decision" value="accept" class="primary" autofocus>Accept</button></div></form>'
        "<small>A pretend login page. No password is asked for and nothing leaves this machine.</small>",
    )


def form_post_page(target: str, fields: dict[str, str]) -> str:
    """Return the page that carries the answer back to the app by POST, by itself or with one press of a key."""
    return _page(
        "Working...",
        f'<form method="post" action="{escape(target)}" id="answer">{_hidden(fields)}'
        '<h1>Back to the application</h1><div class="buttons">'
        '<button type="submit" class="primary" autofocus>Continue</button></div></form>'
        "<script>document.getElementById('answer').submit();</script>",
    )


def trouble_page(sentence: str) -> str:
    """Return the page that explains why the question cannot be answered."""
    return _page(
        "Sign in trouble", f"<h1>Sorry, but we're having trouble signing you in.</h1><p>{escape(sentence)}</p>"
    )


def attestation_page(attestation: dict[str, Any], *, action: str) -> str:
    """Return the page on which a signer accepts the Microsoft Customer Agreement, or is thanked for it."""
    signer = f"{attestation['first_name']} {attestation['last_name']}"
    asked = (
        f"<p>Microsoft (sandbox)</p><h1>Microsoft Customer Agreement</h1>"
        f"<p>{escape(signer)}, {escape(attestation['email'])}<br>for {escape(attestation['company'])}</p>"
    )
    if attestation["accepted"] is not None:
        return _page("Agreement accepted", f"{asked}<p>The agreement is accepted. You may close this page.</p>")
    button = '<div class="buttons"><button type="submit" class="primary" autofocus>Accept</button></div>'
    form = f'<form method="post" action="{escape(action)}">{button}</form>'
    return _page("Microsoft Customer Agreement", f"{asked}{form}")
