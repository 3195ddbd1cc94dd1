"""A connection's life: created, granted, checked, granted again."""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor
from accounts.models import Reseller
from core import secrets as sealing
from core.errors import Refusals, Refused
from notifications.announce import announce
from vendors import budget
from vendors.access import GRANT, is_outdated, opened
from vendors.answers import SettingRefused, certificate_expiry, checked_all
from vendors.base import JSON, Connection, Field, FieldKind
from vendors.capabilities import ConsentRequest, Grant, NeedsConsent
from vendors.errors import ConsentDeclined, ConsentNeeded, Misconfigured, VendorError
from vendors.models import UNFINISHED, ConnectionState, VendorConnection, VendorOperation
from vendors.registry import installed_plugin, plugin_for, settings_fields_of

logger = logging.getLogger(__name__)

# An access that worked and does not: somebody has to put it right, unless the vendor does.
LOST = frozenset({ConnectionState.REGRANT_NEEDED, ConnectionState.MISCONFIGURED})


class ConsentNotUsed(Refused):
    """The vendor behind this connection is not one whose access is granted in its own pages."""

    code = "consent_not_used"


def add_connection(
    *, actor: Actor, reseller: Reseller, plugin: str, name: str, values: Mapping[str, str]
) -> VendorConnection:
    """Create a connection of the reseller to a vendor from the values of the plugin's settings_fields.

    Raises SettingRefused, naming the field; among others for a server's address that is not the vendor's own where the
    actor is no manager of the operator: what our servers call is the operator's to decide.
    """
    actor.require("vendor_connections.change")
    fields = settings_fields_of(installed_plugin(plugin))
    refusals = Refusals()
    with refusals.gathered():
        name = _name(name)
    with refusals.gathered():
        checked = checked_all(fields, values, one_of=plugin_for(plugin).one_of)
        _refuse_other_servers(actor, fields, checked, before={})
        expires_at = certificate_expiry(plugin_for(plugin), checked)
    refusals.raise_any()
    return _saved(
        VendorConnection(
            certificate_expires_at=expires_at,
            reseller=reseller,
            plugin=plugin,
            name=name,
            settings=_open_part(fields, checked),
            secrets=sealing.encrypt(_secret_part(fields, checked)),
            state=ConnectionState.NEW,
            created_by=actor.user,
        )
    )


def change_connection(
    *, actor: Actor, connection: VendorConnection, name: str, values: Mapping[str, str]
) -> VendorConnection:
    """Change a connection's name and settings; a secret left empty stays as it is.

    Another application or tenant makes an earlier consent void: the tokens are dropped and consent starts anew.
    With another server's address the secrets have to be given again, so that nobody who may not read them can have
    them sent to a server of his own. Wrong settings that were corrected wait for the next check. Raises
    SettingRefused, naming the field.
    """
    actor.require("vendor_connections.change")
    fields = settings_fields_of(plugin_for(connection.plugin))
    with transaction.atomic():
        row = VendorConnection.objects.select_for_update().get(pk=connection.pk)
        stored = sealing.decrypt(row.secrets)
        before = row.settings | stored
        refusals = Refusals()
        with refusals.gathered():
            row.name = _name(name)
        with refusals.gathered():
            checked = checked_all(fields, values, stored=stored, one_of=plugin_for(row.plugin).one_of)
            with refusals.gathered():
                _refuse_other_servers(actor, fields, checked, before=before)
            _refuse_secrets_kept_for_other_servers(fields, checked, values, before=before)
            row.certificate_expires_at = certificate_expiry(plugin_for(row.plugin), checked)
        refusals.raise_any()
        changed = {field.name for field in fields if before.get(field.name, "") != checked.get(field.name, "")}
        kept = stored
        if any(field.voids_consent and field.name in changed for field in fields):
            kept = {}
            row.token_issued_at = row.token_expires_on = row.granted_at = row.granted_by = None
            row.state = ConnectionState.NEW
        elif changed and row.state == ConnectionState.MISCONFIGURED:
            row.state = ConnectionState.REGRANT_NEEDED if row.granted_at else ConnectionState.NEW
        if changed:
            _forget_error(row)
        row.settings = row.settings | _open_part(fields, checked)
        row.secrets = sealing.encrypt(kept | _secret_part(fields, checked))
        return _saved(row)


def begin_consent(
    *, actor: Actor, connection: VendorConnection, redirect_uri: str, now: datetime
) -> ConsentRequest | None:
    """Return where the manager has to go to grant access, or None when the vendor could not be asked.

    In the latter case the connection tells why. A connection whose access works keeps working until it is granted
    anew.
    """
    actor.require("vendor_connections.change")
    plugin, access = _consenting(connection), opened(connection, now=now)
    try:
        with budget.of_a_person():
            request = plugin.begin_consent(access, redirect_uri=redirect_uri)
    except VendorError as error:
        record_trouble(connection, error, access=access, now=now)
        return None
    # As the row stands now: another tab may have granted meanwhile.
    waiting = VendorConnection.objects.filter(pk=connection.pk).exclude(state=ConnectionState.GRANTED)
    waiting.update(state=ConnectionState.WAITING_FOR_CONSENT)
    connection.refresh_from_db()
    return request


def complete_consent(
    *, actor: Actor, connection: VendorConnection, flow: JSON, answer: Mapping[str, str], now: datetime
) -> VendorConnection:
    """Take the vendor's answer to a consent, check the tokens and store them.

    Returns the connection either way: granted, or with the state and the sentence that say what to do. Operations
    that waited for the consent become due at once.
    """
    actor.require("vendor_connections.change")
    plugin, access = _consenting(connection), opened(connection, now=now)
    try:
        with budget.of_a_person():
            grant = plugin.complete_consent(access, flow=flow, answer=answer)
    except VendorError as error:
        record_trouble(connection, error, access=access, now=now, of_new_grant=True)
        return connection
    _store_grant(connection, grant, actor=actor, now=now)
    return connection


def state_label(connection: VendorConnection) -> str:
    """Return what the connection's state is called: nobody grants anything where a key is all that is needed."""
    if not isinstance(plugin_for(connection.plugin), NeedsConsent):
        named = {ConnectionState.GRANTED: _("Works"), ConnectionState.REGRANT_NEEDED: _("Access was refused")}
        if connection.state in named:
            return str(named[ConnectionState(connection.state)])
    return str(connection.get_state_display())


def check_connection(*, actor: Actor, connection: VendorConnection, now: datetime) -> VendorConnection:
    """Ask the vendor whether the access works, and record what came of it; returns the connection."""
    actor.require("vendor_connections.view")
    access = opened(connection, now=now)
    try:
        with budget.readable() if actor is SYSTEM else budget.of_a_person():
            found = plugin_for(connection.plugin).check_access(access)
    except VendorError as error:
        record_trouble(connection, error, access=access, now=now)
        return connection
    with transaction.atomic():
        row = VendorConnection.objects.select_for_update().get(pk=connection.pk)
        if is_outdated(access, row):
            connection.refresh_from_db()
            return connection
        _mark_working(row, details=found.details, now=now)
        row.save()
    _let_operations_go_on(connection, now=now)
    connection.refresh_from_db()
    return connection


def check_every_connection(*, now: datetime) -> int:
    """Check the connections that work, and those that did, each for itself; return how many do.

    It also renews each refresh token, so that one that is not used dies of nothing but a withdrawn consent. What a
    person took back (vendors/revoking.py), or has not granted yet, is left alone.
    """
    lost = Q(state__in=LOST, lost_at__isnull=False)
    watched = VendorConnection.objects.filter(Q(state=ConnectionState.GRANTED) | lost).order_by("pk")
    working = 0
    for number in watched.values_list("pk", flat=True):
        # Read when its turn comes: the checks before it may have taken minutes.
        row = watched.filter(pk=number).first()
        working += row is not None and check_connection(actor=SYSTEM, connection=row, now=now).usable
    return working


def record_trouble(
    connection: VendorConnection,
    error: VendorError,
    *,
    access: Connection,
    now: datetime,
    of_new_grant: bool = False,
) -> bool:
    """Record on the connection what the vendor answered, and the state that follows from it; return whether it was.

    Trouble that passes by itself, or that concerns a single request, leaves the state alone. Trouble of an older grant
    or of older settings than the row has by now is not recorded at all. A new grant that fails (`of_new_grant`) does
    not take the old one away.
    """
    with transaction.atomic():
        row = VendorConnection.objects.select_for_update().get(pk=connection.pk)
        if is_outdated(access, row):
            logger.info("vendor connection %s: %s belongs to an older grant or settings", connection.pk, error.code)
            connection.refresh_from_db()
            return False
        before = row.state
        row.last_check_at = now
        row.last_error_code, row.last_error_message, row.last_error_values = error.code, error.message, error.values
        row.state = _state_after(error, ConnectionState(row.state), of_new_grant=of_new_grant)
        if before == ConnectionState.GRANTED and row.state in LOST:
            row.lost_at = now
            _tell_of_loss(row, error)
        row.save()
    connection.refresh_from_db()
    logger.warning("vendor connection %s: %s", connection.pk, error.code)
    return True


def _state_after(error: VendorError, before: ConnectionState, *, of_new_grant: bool) -> ConnectionState:
    if isinstance(error, Misconfigured):
        return ConnectionState.MISCONFIGURED
    if not isinstance(error, ConsentNeeded):
        return before
    declined = isinstance(error, ConsentDeclined)
    if before == ConnectionState.GRANTED and (of_new_grant or declined):
        return before
    return ConnectionState.WAITING_FOR_CONSENT if declined else ConnectionState.REGRANT_NEEDED


def _tell_of_loss(row: VendorConnection, error: VendorError) -> None:
    """Tell the reseller's administrators, once until it works again; the error speaks each reader's language."""
    consents = isinstance(plugin_for(row.plugin), NeedsConsent) and row.state == ConnectionState.REGRANT_NEEDED
    _tell("consent_needed" if consents else "connection_lost", row, reason=error)


def _tell(event: str, row: VendorConnection, **more: object) -> None:
    announce(
        event,
        reseller=row.reseller,
        key=f"{row.pk}:{row.lost_at}",
        about=("vendor_connection", row.pk),
        context={"connection": row.name, **more},
    )


def _store_grant(connection: VendorConnection, grant: Grant, *, actor: Actor, now: datetime) -> None:
    with transaction.atomic():
        row = VendorConnection.objects.select_for_update().get(pk=connection.pk)
        values = sealing.decrypt(row.secrets) | dict(grant.secrets) | {GRANT: uuid4().hex}
        row.secrets = sealing.encrypt(values)
        row.granted_by, row.granted_at = actor.user, now
        row.token_issued_at, row.token_expires_on = grant.issued_at, grant.expires_on
        _mark_working(row, details=grant.details, now=now)
        row.save()
    _let_operations_go_on(connection, now=now)
    connection.refresh_from_db()


def _mark_working(row: VendorConnection, *, details: Mapping[str, str], now: datetime) -> None:
    """Take note that the access works, and tell whom it was told that it did not."""
    if row.lost_at is not None:
        _tell("connection_works", row, since=row.lost_at)
        row.lost_at = None
    row.state = ConnectionState.GRANTED
    row.details = row.details | dict(details)
    row.last_check_at = now
    _forget_error(row)


def _forget_error(row: VendorConnection) -> None:
    row.last_error_code, row.last_error_message, row.last_error_values = "", "", {}


def _let_operations_go_on(connection: VendorConnection, *, now: datetime) -> None:
    """Make the operations due that were put off while the access did not work."""
    waiting = VendorOperation.objects.filter(connection=connection, state__in=UNFINISHED, next_attempt_at__gt=now)
    waiting.update(next_attempt_at=now)


def _consenting(connection: VendorConnection) -> NeedsConsent:
    plugin = plugin_for(connection.plugin)
    if not isinstance(plugin, NeedsConsent):
        raise ConsentNotUsed(_("This vendor's access is not granted by consent; check the connection instead."))
    return plugin


def _refuse_other_servers(
    actor: Actor, fields: Iterable[Field], checked: Mapping[str, str], *, before: Mapping[str, str]
) -> None:
    """Refuse an address, entered by a reseller's manager, at which our servers would call what only they can reach."""
    if actor.sees_everything:
        return
    refusals = Refusals()
    for field in _addresses_that_change(fields, checked, before):
        if checked[field.name] != field.default:
            sentence = _("“%(field)s” is set by the operator only: leave the vendor's own address (%(address)s).") % {
                "field": field.label,
                "address": before.get(field.name) or field.default or "—",
            }
            refusals.add(SettingRefused(sentence, field=field.name))
    refusals.raise_any()


def _refuse_secrets_kept_for_other_servers(
    fields: Iterable[Field], checked: Mapping[str, str], values: Mapping[str, str], *, before: Mapping[str, str]
) -> None:
    if not _addresses_that_change(fields, checked, before):
        return
    refusals = Refusals()
    for field in fields:
        if field.is_secret and before.get(field.name) and not str(values.get(field.name, "")).strip():
            sentence = _("A server's address changes: enter “%(field)s” again, or leave the address as it was.") % {
                "field": field.label
            }
            refusals.add(SettingRefused(sentence, field=field.name))
    refusals.raise_any()


def _addresses_that_change(
    fields: Iterable[Field], checked: Mapping[str, str], before: Mapping[str, str]
) -> list[Field]:
    """Return the fields of addresses whose new value is another than the stored one, or than the vendor's own."""
    urls = [field for field in fields if field.kind is FieldKind.URL]
    return [field for field in urls if checked[field.name] != before.get(field.name, field.default)]


def _open_part(fields: Iterable[Field], checked: Mapping[str, str]) -> dict[str, str]:
    return {field.name: checked[field.name] for field in fields if not field.is_secret}


def _secret_part(fields: Iterable[Field], checked: Mapping[str, str]) -> dict[str, str]:
    return {field.name: checked[field.name] for field in fields if field.is_secret and checked[field.name]}


def _name(name: str) -> str:
    if not name.strip():
        raise SettingRefused(_("“Name” is missing: fill it in."), field="name")
    return name.strip()


def _saved(row: VendorConnection) -> VendorConnection:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "vendor_connection_name_unique" not in str(error):
            raise
        raise SettingRefused(
            _("A connection with this name exists already: choose another name."), field="name"
        ) from error
    return row
