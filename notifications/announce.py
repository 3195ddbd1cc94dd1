"""Something happened: write a message to each person who hears of it, in that person's language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from accounts.models import AccessLevel, Account, Reseller, Role, User, UserKind, UserStatus
from accounts.sign_in import home_of
from core.cleaning import shortened
from core.handover import hand_over
from core.money import Money
from core.panel.formats import day_text, moment_text, money_text
from notifications.events import Audience, Event, event_named
from notifications.links import PLACE, page_about
from notifications.models import Notification, NotificationStatus
from notifications.tasks import deliver_due


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where one message goes."""

    email: str
    language: str
    user: User | None = None


def announce(
    event: str,
    *,
    context: Mapping[str, object],
    key: str,
    account: Account | None = None,
    user: User | None = None,
    reseller: Reseller | None = None,
    email: str = "",
    language: str = "",
    path: str = "",
    about: tuple[str, int] | None = None,
    also: Iterable[User] = (),
    link_object_id: int | None = None,
) -> list[Notification]:
    """Write the messages of an event into the outbox, in the caller's transaction, and return those that are new.

    The event's audience is found from `account` or `reseller`; an event for one person takes `user`, or `email` with
    `language`. The letter names the account's reseller, else `reseller`, else the person's. `key` says what is told:
    telling it again writes nothing. `context` holds exactly the event's placeholders, texts of ours lazy, so that
    everybody reads them in the own language; `path` is the page that it is about (home without one), or `about` names
    the object (notifications/links.py), of which each reader gets the page of the own panel. `also` hear of it too,
    where active. Raises ValueError where the event is unknown, a placeholder is missing, or nobody is named.
    """
    kind = event_named(event, context)
    address = Recipient(email, language or settings.LANGUAGE_CODE)
    recipients = _recipients(kind.audience, account, user, reseller, address)
    company = _company(account, reseller, user)
    rows = [
        _message(event, kind, to, context, key=key, account=account, link_object_id=link_object_id,
                 path=page_about(to.user, *about) if about else path, company=company)
        for to in _with_others(recipients, also)
    ]  # fmt: skip
    known = set(Notification.objects.filter(key__in=[row.key for row in rows]).values_list("key", flat=True))
    new = [row for row in rows if row.key not in known]
    Notification.objects.bulk_create(new, ignore_conflicts=True)  # a neighbour may have told it a moment ago
    if kind.urgent and new:
        hand_over(deliver_due)
    return list(Notification.objects.filter(key__in=[row.key for row in new]).order_by("id"))


def _recipients(
    audience: Audience, account: Account | None, user: User | None, reseller: Reseller | None, address: Recipient
) -> list[Recipient]:
    if audience is Audience.PERSON:
        if user is not None:
            return [_of(user)]
        if address.email:
            return [address]
    elif audience is Audience.CUSTOMER and account is not None:
        return _customers(account)
    elif audience is Audience.ACCOUNT_MANAGER and account is not None:
        return _managers(account)
    elif audience is Audience.EVERYBODY and account is not None:
        return [*_customers(account), *_managers(account)]
    elif audience is Audience.ADMINISTRATORS and reseller is not None:
        return _once(_administrators(reseller))
    raise ValueError(f"nobody is named who could hear of it ({audience})")


def _company(account: Account | None, reseller: Reseller | None, user: User | None) -> str:
    """Return in whose name a letter is written: the reseller of the account, else that of the people."""
    return str(account.reseller if account is not None else reseller or (user.reseller if user is not None else ""))


def _with_others(recipients: list[Recipient], also: Iterable[User]) -> list[Recipient]:
    """Return the recipients and, once each, the others who are active."""
    heard = {recipient.user.pk for recipient in recipients if recipient.user is not None}
    return [*recipients, *_once([person for person in also if person.is_active and person.pk not in heard])]


def _customers(account: Account) -> list[Recipient]:
    people = User.objects.filter(
        memberships__account=account,
        memberships__access_level__in=(AccessLevel.OWNER, AccessLevel.ADMIN),
        status=UserStatus.ACTIVE,
    ).order_by("id")
    return _once(list(people)) or [Recipient(account.email, account.reseller.default_language)]


def _managers(account: Account) -> list[Recipient]:
    manager = account.manager
    people = [manager] if manager is not None and manager.is_active else []
    return _once([*people, *_administrators(account.reseller)])


def _administrators(reseller: Reseller) -> list[User]:
    return list(
        User.objects.filter(
            kind=UserKind.MANAGER, reseller=reseller, role=Role.ADMIN, status=UserStatus.ACTIVE
        ).order_by("id")
    )


def _once(people: list[User]) -> list[Recipient]:
    return [_of(person) for person in {person.pk: person for person in people}.values()]


def _of(user: User) -> Recipient:
    return Recipient(email=user.email, language=user.language, user=user)


def _message(
    name: str,
    event: Event,
    recipient: Recipient,
    context: Mapping[str, object],
    *,
    key: str,
    path: str,
    account: Account | None,
    link_object_id: int | None,
    company: str,
) -> Notification:
    with translation.override(recipient.language):
        words = {placeholder: _in_words(value) for placeholder, value in context.items()}
        subject = shortened(" ".join((str(event.subject) % words).split()), 255)
        content = {
            "company": company,
            **words,
            "subject": subject,
            "page": f"{settings.BASE_URL}{path or _home(recipient)}" if not event.link_kind else PLACE,
            "button": event.button,
            "language": recipient.language,
        }
        if event.asks_for_money and account is not None:
            content["seller"] = account.reseller
        return Notification(
            key=f"{name}:{key}:{recipient.user.pk if recipient.user else recipient.email}",
            event=name,
            user=recipient.user,
            account=account,
            email=recipient.email,
            language=recipient.language,
            subject=subject,
            body_text=_text(name, content),
            body_html=render_to_string(f"emails/{name}.html", content),
            path=path,
            link_kind=event.link_kind,
            link_object_id=link_object_id,
            status=_status(event, recipient),
        )


def _status(event: Event, recipient: Recipient) -> NotificationStatus:
    """Return whether a letter is to be sent: who wants none of this kind finds the message in the panel."""
    unwanted = event.in_the_panel and recipient.user is not None and not recipient.user.letters
    return NotificationStatus.PANEL if unwanted else NotificationStatus.QUEUED


def _home(recipient: Recipient) -> str:
    """Return where a letter without a page leads: the panel in which its reader starts."""
    return home_of(recipient.user) if recipient.user is not None else "/"


def _text(name: str, content: Mapping[str, object]) -> str:
    """Return the letter as text: the event's sentences between the company's name and the button."""
    message = render_to_string(f"emails/{name}.txt", dict(content)).strip()
    return render_to_string("emails/layout.txt", {**content, "message": message}).strip() + "\n"


def _in_words(value: object) -> object:
    """Return a placeholder as the active language writes it; lists and texts stay."""
    if isinstance(value, Money):
        return money_text(value.amount, value.currency)
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date):
        return day_text(value)
    return value
