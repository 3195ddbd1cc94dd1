"""Every event that people are told about, with its placeholders and its audience: one table."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from notifications.models import LinkKind


class Audience(enum.StrEnum):
    """Who of the account or reseller that an event is about hears of it."""

    PERSON = "person"  # exactly the person or the address that is given
    CUSTOMER = "customer"  # the account's owner and admins; its e-mail where it has neither
    ACCOUNT_MANAGER = "account_manager"  # the account's manager and the administrators of its reseller
    EVERYBODY = "everybody"  # the two before, of one account
    ADMINISTRATORS = "administrators"  # the administrators of the reseller


@dataclass(frozen=True, slots=True)
class Event:
    """An event: the subject's sentence, what its templates may use, who hears of it.

    The texts are templates/emails/<name>.txt and .html, within the frame of layout.txt and layout.html: the company's
    name above, below the `button` that leads to the page. Placeholders named in `subject` are given as %(name)s.
    `urgent` letters are handed to a worker at once instead of waiting for the next minute. `in_the_panel`: the letter
    goes to who wants letters about services (User.letters); the message stands in the panel of all. `asks_for_money`:
    the letter says how to pay, as the panel's pages do (components/letter_how_to_pay).
    """

    subject: object
    placeholders: frozenset[str]
    audience: Audience
    link_kind: LinkKind = LinkKind.NONE
    urgent: bool = False
    in_the_panel: bool = False
    asks_for_money: bool = False
    button: object = _("Open in the panel")


def _event(subject: object, placeholders: str, audience: Audience, **more: object) -> Event:
    return Event(subject, frozenset(placeholders.split()), audience, **more)


def _step(subject: object, placeholders: str) -> Event:
    """A step in a service's life that somebody asked for and the panel promised to tell of."""
    return _event(subject, placeholders, Audience.CUSTOMER, in_the_panel=True)


# Amounts are core.money.Money, days are dates, moments aware datetimes; everything else is text.
EVENTS: dict[str, Event] = {
    "invitation": _event(
        _("You are invited to %(where)s"),
        "where invited_by expires_at how",
        Audience.PERSON,
        link_kind=LinkKind.INVITATION,
        urgent=True,
        button=_("Accept the invitation"),
    ),
    "password_reset": _event(
        _("Choose a new password"),
        "person",
        Audience.PERSON,
        link_kind=LinkKind.PASSWORD_RESET,
        urgent=True,
        button=_("Choose a new password"),
    ),
    "security": _event(
        _("Your sign-in: %(what)s"),
        "what detail at company",
        Audience.PERSON,
        urgent=True,
        button=_("See where you are signed in"),
    ),
    "order_placed": _event(
        _("Order %(order)s is placed"),
        "order subscription total account reference",
        Audience.CUSTOMER,
        asks_for_money=True,
        button=_("Open the order"),
    ),
    "subscription_activated": _step(_("%(subscription)s is active"), "subscription account facts"),
    "subscription_changed": _step(_("The quantities of %(subscription)s are changed"), "subscription account facts"),
    "subscription_arranged": _step(
        _("The end of the term of %(subscription)s is arranged"), "subscription account facts"
    ),
    "subscription_renewed": _step(_("%(subscription)s is renewed"), "subscription account since until"),
    "subscription_stopped": _step(_("%(subscription)s is stopped"), "subscription account facts"),
    "subscription_resumed": _step(_("%(subscription)s is active again"), "subscription account facts"),
    "subscription_deleted": _step(_("%(subscription)s is deleted"), "subscription account facts"),
    "service_step_failed": _step(
        _("The vendor could not carry out “%(operation)s”: %(subscription)s"), "subscription account operation"
    ),
    "subscription_stopped_funds_short": _event(
        _("%(subscription)s is stopped: funds are short"),
        "subscription account day required available",
        Audience.CUSTOMER,
        asks_for_money=True,
    ),
    "subscription_blocked": _event(
        _("%(subscription)s is blocked: %(reason)s"),
        "subscription account day reason",
        Audience.CUSTOMER,
        asks_for_money=True,
    ),
    "billing_day_is_coming": _event(
        _("Billing day %(day)s is coming: %(required)s is needed"),
        "account day required available missing",
        Audience.CUSTOMER,
        asks_for_money=True,
    ),
    "window_is_closing": _event(
        _("%(subscription)s: what can be given back until %(until)s"),
        "subscription account until windows",
        Audience.EVERYBODY,
        in_the_panel=True,
        button=_("See what each decision costs"),
    ),
    "commitment_renews_soon": _event(
        _("%(subscription)s: the term at the vendor ends, the next begins on %(day)s"),
        "subscription account day last terms windows choice",
        Audience.EVERYBODY,
        in_the_panel=True,
        button=_("See what each decision costs"),
    ),
    "account_on_credit_hold": _event(
        _("%(account)s is on credit hold: %(amount)s is to be paid"),
        "account day balance amount",
        Audience.CUSTOMER,
        asks_for_money=True,
    ),
    "account_off_credit_hold": _event(_("%(account)s is off its credit hold"), "account day", Audience.CUSTOMER),
    "service_waits_for_you": _step(
        _("Something is left for you to do: %(subscription)s"), "subscription account instruction until"
    ),
    "service_waits": _step(_("%(subscription)s waits for %(who)s"), "subscription account who instruction until"),
    "service_waited_in_vain": _step(_("%(subscription)s has waited too long"), "subscription account reason"),
    "service_waits_for_operator": _event(
        _("The vendor waits for you: %(subscription)s"),
        "subscription account operation instruction until",
        Audience.ACCOUNT_MANAGER,
    ),
    "contact_is_asked": _event(
        _("Something is left for you to do: %(subscription)s"),
        "subscription account instruction until",
        Audience.PERSON,
    ),
    "service_alarm": _event(
        _("Something has to be looked at: %(subscription)s"), "subscription account reason", Audience.ACCOUNT_MANAGER
    ),
    "outcome_in_doubt": _event(
        _("Nobody knows what became of “%(operation)s”: %(subscription)s"),
        "subscription account operation reason since",
        Audience.ACCOUNT_MANAGER,
    ),
    "provisioning_failed": _event(
        _("Provisioning of %(subscription)s failed"),
        "subscription account operation reason",
        Audience.ACCOUNT_MANAGER,
    ),
    "invoice_closed": _event(
        _("Invoice %(invoice)s: %(total)s"),
        "account invoice total since until due reference",
        Audience.CUSTOMER,
        asks_for_money=True,
        button=_("See the invoice"),
    ),
    "payment_set_aside": _event(
        _("%(amount)s came that nobody waits for: payment %(payment)s"),
        "payment amount account reason",
        Audience.ACCOUNT_MANAGER,
    ),
    "consent_needed": _event(
        _("Permissions have to be granted again: %(connection)s"),
        "connection reason",
        Audience.ADMINISTRATORS,
        button=_("Grant the permissions"),
    ),
    "connection_lost": _event(
        _("A vendor connection does not work any more: %(connection)s"),
        "connection reason",
        Audience.ADMINISTRATORS,
        button=_("Open the connection"),
    ),
    "connection_works": _event(
        _("A vendor connection works again: %(connection)s"),
        "connection since",
        Audience.ADMINISTRATORS,
        button=_("Open the connection"),
    ),
    "export_ready": _event(_("Your file is ready: %(file)s"), "file rows", Audience.PERSON, button=_("Fetch the file")),
    "export_failed": _event(
        _("Your file could not be written: %(file)s"), "file reason", Audience.PERSON, button=_("See the file")
    ),
    "night_caught_up": _event(
        _("The billing day of %(day)s did not run in time"), "day accounts", Audience.ADMINISTRATORS
    ),
    "differences_found": _event(
        _("Our books and the vendors' do not agree: %(number)s new differences"),
        "number kinds",
        Audience.ADMINISTRATORS,
        button=_("See the differences"),
    ),
    "certificate_expires": _event(
        _("Our certificate for %(connection)s runs out: %(day)s"), "connection day", Audience.ADMINISTRATORS
    ),
    "usage_not_told": _event(
        _("Not everything that was used can be charged: %(connection)s"),
        "connection what detail",
        Audience.ADMINISTRATORS,
    ),
    "net_cost_has_been_changed": _event(
        _("Net cost has been changed: %(plans)s"),
        "plans changes more",
        Audience.ADMINISTRATORS,
        button=_("See your prices"),
    ),
    "price_sheet_refused": _event(
        _("A price sheet cannot be read: %(connection)s"),
        "connection kind market reason",
        Audience.ADMINISTRATORS,
        button=_("Open the connection"),
    ),
    "prices_below_cost": _event(
        _("Prices are below what the vendor asks: %(plans)s"),
        "plans prices more",
        Audience.ADMINISTRATORS,
        button=_("See your prices"),
    ),
    "night_failed": _event(
        _("The billing day of %(day)s failed for some accounts"), "day accounts ids", Audience.ADMINISTRATORS
    ),
    "books_do_not_agree": _event(_("The books of %(day)s do not agree"), "day number named", Audience.ADMINISTRATORS),
}


# What happened to somebody's sign-in, as the letter "security" says it to that person.
SECURITY: dict[str, object] = {
    "new_sign_in": _("signed in from a new device or address"),
    "password_changed": _("the password was changed"),
    "password_reset": _("a new password was chosen by a mailed link"),
    "email_changed": _("the e-mail for signing in was changed"),
    "second_factor_added": _("two-factor authentication was switched on"),
    "second_factor_removed": _("two-factor authentication was switched off"),
    "second_factor_reset": _("two-factor authentication was switched off by an administrator"),
    "recovery_code_used": _("a recovery code was used"),
    "recovery_codes_made": _("new recovery codes were made"),
    "token_made": _("an API token was made"),
    "token_revoked": _("an API token was revoked"),
    "role_changed": _("the role or status was changed"),
    "access_changed": _("the access level was changed"),
    "access_removed": _("the access to an account was ended"),
    "locked_out": _("wrong passwords were tried too often"),
}


def event_named(name: str, context: Mapping[str, object]) -> Event:
    """Return the event of that name. Raises ValueError for an unknown one or for the wrong placeholders."""
    event = EVENTS.get(name)
    if event is None:
        raise ValueError(f"no such event: {name!r}")
    if set(context) != event.placeholders:
        raise ValueError(f"{name} takes {sorted(event.placeholders)}, not {sorted(context)}")
    return event
