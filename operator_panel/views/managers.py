"""Managers: who they are, whose accounts they see, their API token."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from accounts.invitations import waiting_of
from accounts.models import User
from accounts.queries import managers_visible_to, resellers_visible_to
from accounts.staff import (
    change_manager,
    create_manager,
    may_reset_second_factor,
    reset_second_factor,
    set_subordinates,
)
from core.errors import allowed
from core.panel.confirming import Done, Operation, Shown, confirming
from core.panel.page import Button, Crumb, Page, Status
from operator_panel.around import log_page, tabs_of
from operator_panel.doors import requires
from operator_panel.editing import Editing, editing, form_of

TABS = (
    ("manager", gettext_lazy("General"), "managers.view"),
    ("manager_subordinates", gettext_lazy("Subordinates"), "managers.view"),
    ("manager_supervisors", gettext_lazy("Supervisors"), "managers.view"),
    ("manager_log", gettext_lazy("Log"), "log.view"),
)


def one(request: HttpRequest, pk: int) -> User:
    """Return the manager of the address. Raises Http404 for one that the actor does not see."""
    return get_object_or_404(managers_visible_to(request.actor).select_related("reseller"), pk=pk)


@requires("managers.view")
def manager(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a manager."""
    found = one(request, pk)
    context = {
        "page": page_of(request.actor, found, "manager"),
        "manager": found,
        "waiting": waiting_of(found),
        "may_change": request.actor.may("managers.change"),
        "may_reset": request.actor.may("managers.change") and allowed(may_reset_second_factor, request.actor, found),
    }
    return render(request, "operator_panel/manager.html", context)


@requires("managers.view")
def manager_subordinates(request: HttpRequest, pk: int) -> HttpResponse:
    """List the managers whose accounts this one sees too."""
    found = one(request, pk)
    people = managers_visible_to(request.actor).filter(supervisor_links__supervisor=found)
    change = reverse("operator:manager_supervision", args=[pk]) if request.actor.may("managers.change") else ""
    return _people(request, found, people, "manager_subordinates", change)


@requires("managers.view")
def manager_supervisors(request: HttpRequest, pk: int) -> HttpResponse:
    """List the managers who see this one's accounts too."""
    found = one(request, pk)
    people = managers_visible_to(request.actor).filter(subordinate_links__subordinate=found)
    return _people(request, found, people, "manager_supervisors", "")


def _people(request: HttpRequest, found: User, people: Any, active: str, change: str) -> HttpResponse:
    context = {
        "page": page_of(request.actor, found, active),
        "people": people.select_related("reseller").order_by("name", "pk"),
        "change": change,
        "below": active == "manager_subordinates",
    }
    return render(request, "operator_panel/manager_people.html", context)


@requires("log.view")
def manager_log(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what happened to the manager."""
    found = one(request, pk)
    return log_page(request, page_of(request.actor, found, "manager_log"), found)


@requires("managers.create")
def manager_create(request: HttpRequest) -> HttpResponse:
    """Create a manager of a reseller, who is invited to choose a password."""

    def keep(answers: dict[str, Any]) -> Done:
        made = create_manager(actor=request.actor, now=timezone.now(), **answers)
        said = _("%(email)s is invited to choose a password.") % {"email": made.email}
        return Done(said, reverse("operator:manager", args=[made.pk]))

    visible = resellers_visible_to(request.actor).order_by("name")
    named = request.GET.get("reseller", "")
    wanted = visible.filter(pk=int(named)).first() if named.isdecimal() and len(named) < 19 else None
    form = form_of(
        User,
        ("reseller", "name", "email", "phone", "role"),
        initial={"reseller": wanted or request.actor.reseller},
        reseller=forms.ModelChoiceField(visible, label=_("Reseller"), empty_label=None),
        role=_role(),
    )
    back = reverse("operator:managers")
    title = _("Create a manager")
    page = Page(title=title, crumbs=(Crumb(_("Managers"), back), Crumb(title)))
    return editing(request, Editing(page=page, form=form, keep=keep, back=back, submit=_("Create")))


@requires("managers.change")
def manager_second_factor_reset(request: HttpRequest, pk: int) -> HttpResponse:
    """Take away a second factor that a manager has lost."""
    found = one(request, pk)

    def carry_out(_answers: dict[str, Any]) -> str:
        reset_second_factor(actor=request.actor, manager=found)
        return _("Two-factor authentication is switched off, and the manager is told.")

    def show(_answers: dict[str, Any]) -> Shown:
        question = _("Switch off the two-factor authentication of %(name)s? All sessions of this manager end.") % {
            "name": found
        }
        return Shown(question=question, submit=_("Take away"), charges=None)

    title = _("Switch off two-factor authentication")
    operation = Operation(
        page=Page(title=title, crumbs=(*_crumbs(found), Crumb(title))),
        form=forms.Form,
        show=show,
        carry_out=carry_out,
        back=reverse("operator:manager", args=[pk]),
        ask=title,
        danger=True,
    )
    return confirming(request, operation)


@requires("managers.change")
def manager_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a manager's facts, role and status."""
    found = one(request, pk)

    def keep(answers: dict[str, Any]) -> Done:
        change_manager(
            actor=request.actor,
            manager=found,
            values={**answers, "manager_key": answers["manager_key"] or ""},
            now=timezone.now(),
        )
        return Done(_("Saved."), back)

    back = reverse("operator:manager", args=[pk])
    names = ("name", "email", "phone", "role", "status", "manager_key")
    form = form_of(User, names, row=found, initial=lambda: _email_asked_for(found), role=_role())
    page = Page(title=_("Edit"), crumbs=(*_crumbs(found), Crumb(_("Edit"))))
    note = _("A new e-mail is sent a link, and signs in once that is opened; until then %(email)s does.")
    note %= {"email": found.email}
    if not found.signs_in:
        note = _("The invitation is not accepted yet. Saving sends a new link, good for a day.")
    edit = Editing(page=page, form=form, keep=keep, back=back, submit=_("Save"), note=note, row=found)
    return editing(request, edit)


@requires("managers.change")
def manager_supervision(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose whose accounts a manager sees besides the own."""
    found = one(request, pk)
    people = managers_visible_to(request.actor).filter(reseller__lineage__contains=[found.reseller_id])
    now = people.filter(supervisor_links__supervisor=found)

    def form(*args: Any) -> forms.Form:
        built = forms.Form(*args, initial={"subordinates": list(now.all())})
        built.fields["subordinates"] = forms.ModelMultipleChoiceField(
            people.exclude(pk=found.pk).order_by("name", "pk"),
            label=_("Subordinates"),
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        return built

    def keep(answers: dict[str, Any]) -> Done:
        set_subordinates(actor=request.actor, supervisor=found, subordinates=list(answers["subordinates"]))
        return Done(_("Saved."), back)

    back = reverse("operator:manager_subordinates", args=[pk])
    page = Page(title=_("Subordinates"), crumbs=(*_crumbs(found), Crumb(_("Subordinates"))))
    note = _("%(name)s sees the accounts of these managers and of theirs.") % {"name": found}
    return editing(request, Editing(page=page, form=form, keep=keep, back=back, submit=_("Save"), note=note, row=found))


def page_of(actor: Actor, found: User, active: str) -> Page:
    """Return what stands around every page of one manager."""
    own = actor.user is not None and actor.user.pk == found.pk
    buttons = ()
    if own and actor.may("api.use"):
        buttons = (Button(_("New API token"), reverse("operator:profile_token_new")),)
    return Page(
        title=str(found),
        crumbs=(Crumb(_("Managers"), reverse("operator:managers")), Crumb(found.pk)),
        status=Status(found.status, found.get_status_display()),
        buttons=buttons,
        tabs=tabs_of(actor, TABS, active, found.pk),
    )


def _email_asked_for(found: User) -> dict[str, str]:
    """Return the new e-mail that waits for its link, so that saving something else leaves it waiting."""
    waiting = waiting_of(found)
    return {} if waiting is None else {"email": waiting.email}


def _role() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Role"), choices=User._meta.get_field("role").choices)


def _crumbs(found: User) -> tuple[Crumb, ...]:
    own = Crumb(str(found), reverse("operator:manager", args=[found.pk]))
    return (Crumb(_("Managers"), reverse("operator:managers")), own)
