"""{% csrf_token %} with the marks that each of our forms carries; known to every template (settings.TEMPLATES).

It takes the place of Django's own tag, so that no template, an installed library's neither, can have the one without
the other.
"""

from typing import Any

from django import template
from django.template.base import Parser, Token
from django.template.defaulttags import CsrfTokenNode
from django.utils.safestring import SafeString, mark_safe

from core.panel.drawn import mark_for
from core.panel.once import new_key

register = template.Library()


class MarkedToken(CsrfTokenNode):
    """The CSRF token and, beside it, templates/components/marks.html."""

    def render(self, context: Any) -> SafeString:
        """Return the hidden inputs; a page that is drawn without a request has no forms of people."""
        token = mark_safe(super().render(context))  # noqa: S308 (Django's own input)
        if "request" not in context:
            return token
        marks = context.template.engine.get_template("components/marks.html")
        with context.push(drawn_for=mark_for(context["request"]), form_key=new_key()):
            return mark_safe(f"{token}{marks.render(context)}")  # noqa: S308 (the template escapes)


@register.tag
def csrf_token(parser: Parser, token: Token) -> MarkedToken:
    """Draw the token and the marks: {% csrf_token %}."""
    return MarkedToken()


@register.simple_tag(takes_context=True)
def drawn_for(context: Any) -> str:
    """Return the mark for a script's requests."""
    return mark_for(context["request"]) if "request" in context else ""
