"""The G Suite plugin: seats of G Suite and Google Workspace, sold to the customers of a Google reseller."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from vendors.base import (
    Access,
    Connection,
    Done,
    Fact,
    Field,
    FieldKind,
    Offer,
    Order,
    Outcome,
    Probe,
    Secret,
    Service,
    Steps,
    Task,
    VendorPlugin,
    Verdict,
)
from vendors.capabilities import Action, CountsUnits, ObservesServices, OffersActions, Said, SwitchesServices
from vendors.commitments import AtEnd, Commitment, HoldsCommitments
from vendors.errors import Rejected, together
from vendors.gsuite import activation, administrator, commitments, customers, moving, plans, products, seats
from vendors.gsuite import subscriptions as bought
from vendors.gsuite.client import ADMIN, RESELLER, WWW, Api, Google
from vendors.gsuite.sign_in import KEY, TOKEN
from vendors.gsuite.subscriptions import Subscription
from vendors.gsuite.wanted import Wanted, one_of, problems_of
from vendors.registry import register

VERIFY = "verify"
FOUND = gettext_noop("Google has found the record: %(domain)s is proved.")
NOT_FOUND = gettext_noop(
    "Google does not find the record in the DNS of %(domain)s yet. Add it, wait until it is known (minutes to hours),"
    " and press again."
)
NOTICES = {
    "suspend": _("The users cannot sign in while it is stopped; their mail and files stay."),
    "cancel": _(
        "Google ends the subscription at once and deletes the users' mail and files some time later. Of an annual plan"
        " it bills the rest of the year."
    ),
}


@register
class GSuite(VendorPlugin, SwitchesServices, HoldsCommitments, CountsUnits, ObservesServices, OffersActions):
    """Seats of one product in a customer's own domain."""

    slug = "gsuite"
    name = _("G Suite (Google Workspace)")
    family = "google"
    account_ids = frozenset({"customer_id", "domain"})
    # Google says of its lists only that they are complete; a customer's is believed after so long.
    visible_after = timedelta(minutes=5)
    portal = activation.CONSOLE
    secret_names = frozenset({"customerauthtoken", "transfer_token"})
    secrets = (
        Secret(administrator.LOGIN, _("Administrator's login")),
        Secret(administrator.PASSWORD, _("One-time password")),
    )
    settings_fields = (
        Field(KEY, _("Key of the service account (JSON)"), FieldKind.FILE),
        Field(
            "admin",
            _("Administrator of the reseller's domain"),
            help=_("In whose name the service account acts, as admin@reseller.example."),
        ),
        Field(Api.RESELLER.value, _("Server of the Reseller API"), FieldKind.URL, default=RESELLER),
        Field(Api.DIRECTORY.value, _("Server of the Directory API"), FieldKind.URL, default=ADMIN),
        Field(Api.VERIFICATION.value, _("Server of the Site Verification API"), FieldKind.URL, default=WWW),
        Field("token_url", _("Address that gives access tokens"), FieldKind.URL, default=TOKEN),
    )
    template_fields = plans.TEMPLATE_FIELDS
    order_fields = (
        Field(
            "domain",
            _("Domain"),
            used_by=customers.STEP,
            help=_("The customer's own domain, whose mail and users Google is to have, such as example.com."),
        ),
        Field(
            "alternate_email",
            _("E-mail address in another domain"),
            used_by=customers.STEP,
            help=_("Where Google writes to as long as mail of the domain does not arrive."),
        ),
        Field(
            "admin_login",
            _("Login of the first administrator"),
            default="admin",
            used_by=administrator.STEP,
            help=_("The part before “@”: letters, digits, dots, hyphens and underscores."),
        ),
        Field(
            "transfer_token",
            _("Transfer token"),
            required=False,
            used_by=customers.STEP,
            help=_("Only where Google or another reseller sells to the domain: from admin.google.com/TransferToken."),
        ),
    )

    # -- the connection -----------------------------------------------------------------------------------------

    def check_access(self, connection: Connection) -> Access:
        """Sign in for all scopes, and read one subscription."""
        Google(connection).ask(Api.RESELLER, "/subscriptions", params={"maxResults": "1"})
        server = urlsplit(connection.setting(Api.RESELLER.value, RESELLER)).netloc
        return Access({"administrator": connection.setting("admin"), "server": server})

    def catalogue(self, connection: Connection) -> tuple[Offer, ...]:
        """Return the products; the vendor has no call that lists them."""
        return products.offers()

    def validate_template(self, connection: Connection, offers: Mapping[str, str], options: Mapping[str, str]) -> None:
        """Raise Rejected for products that are not sold here."""
        problems = []
        for sku in offers.values():
            try:
                products.name_of(sku)
            except Rejected as refusal:
                problems.append(refusal)
        if problems:
            raise together(problems)

    # -- an order -----------------------------------------------------------------------------------------------

    def validate_order(self, connection: Connection, order: Order) -> None:
        """Raise Rejected, naming each field, for what Google would not take."""
        wanted = Wanted.of(order)
        found = problems_of(wanted)
        if found:
            raise together(found)
        google = Google(connection)
        customer = customers.known(google, order)
        customers.check(google, wanted, customer)
        if customer is not None and bought.held(google, str(customer["customerId"]), wanted.sku) is not None:
            raise Rejected(bought.HELD_ALREADY, code="held_already", sku=products.name_of(wanted.sku))

    def provision(self, connection: Connection, order: Order, steps: Steps) -> Outcome:
        """Make the customer and its administrator where they are missing, buy, and wait for the terms."""
        google, wanted = Google(connection), Wanted.of(order)
        record = "" if wanted.token else activation.record_of(google, wanted.domain)
        customer = customers.known(google, order)
        if customer is not None:
            customers.check(google, wanted, customer)
            customer_id = str(customer["customerId"])
            login = wanted.admin if administrator.is_of(google, wanted) else ""
        else:
            customer_id = customers.made(google, wanted, steps)
            login = "" if wanted.token else wanted.admin
            if login:
                administrator.made(google, wanted, steps)
        number = bought.bought(google, wanted, customer_id, steps)
        told = Subscription(google, customer_id, wanted.sku, number, {"purchase_order": wanted.mark}).living()
        if plans.PENDING_TERMS in plans.reasons_of(told):
            return activation.waits(told, login=login, record=record)
        return activation.done(told)

    # -- a service's life ---------------------------------------------------------------------------------------

    def change(self, connection: Connection, service: Service, quantities: Mapping[str, int], steps: Steps) -> Done:
        """Bring the seats to a number, which is checked against those in use once more.

        Where the year of an annual plan ended so that fewer could come, it is made annual again with them.
        """
        subscription = _of(connection, service)
        (wanted,) = quantities.values()
        told, plan = subscription.living(), moving.plan_of(service)
        comes_back = plan in plans.ANNUAL and service.at_end in ("", AtEnd.RENEWS)
        if comes_back and plans.name_of(told) == plans.FLEXIBLE:
            seats.refuse(told, wanted, subscription.key)
            moving.moved(subscription, plan, wanted, steps)
            moving.arranged(subscription, service, steps)
        else:
            seats.brought(subscription, wanted, steps)
        return activation.done(subscription.living())

    def suspend(self, connection: Connection, service: Service, steps: Steps) -> Done:
        """Suspend the subscription, in the reseller's name."""
        subscription = _of(connection, service)
        subscription.brought("suspend", "suspend", steps, is_there=_is_stopped)
        return activation.done(subscription.living())

    def resume(self, connection: Connection, service: Service, steps: Steps) -> Done:
        """Take back what the reseller has suspended; what else Google has against it stays."""
        subscription = _of(connection, service)
        subscription.brought("activate", "activate", steps, is_there=lambda told: not _is_stopped(told))
        return activation.done(subscription.living())

    def cancel(self, connection: Connection, service: Service, steps: Steps) -> Done:
        """Cancel the subscription; an order that has not bought it yet leaves none."""
        subscription = _of(connection, service)
        if subscription.known:
            subscription.cancelled(steps)
        return Done(service.vendor_ids)

    def may_switch(self, connection: Connection, service: Service, to: Service) -> None:
        """Raise Rejected for another product, and for plans that Google does not lead to one another."""
        moving.refuse(_of(connection, service), to)

    def switch(self, connection: Connection, service: Service, to: Service, steps: Steps) -> Done:
        """Move to the other plan, with its seats; a trial is over with that."""
        subscription = _of(connection, service)
        _key, wanted = one_of(to.resources)
        moving.moved(subscription, moving.plan_of(to), wanted.quantity, steps)
        moving.arranged(subscription, to, steps)
        return activation.done(subscription.living())

    def commitments(self, connection: Connection, service: Service) -> Sequence[Commitment]:
        """Return the year of an annual plan; nothing of other plans. Raises Gone."""
        held = commitments.commitment_of(service, _of(connection, service).living())
        return () if held is None else (held,)

    def arrange_end(self, connection: Connection, service: Service, steps: Steps) -> Done:
        """Arrange what happens at the end of the year."""
        subscription = _of(connection, service)
        moving.arranged(subscription, service, steps)
        return activation.done(subscription.living())

    def probe(self, connection: Connection, task: Task) -> Probe:
        """Compare the subscription with what the operation was to bring about."""
        google = Google(connection)
        told = _ordered(google, task.order) if task.order is not None else None
        if task.service is not None:
            told = Subscription.of(google, task.service).found()
            gone = told is None or plans.is_cancelled(told)
            if task.action == "cancel":
                return Probe(Verdict.DONE, Done(task.service.vendor_ids)) if gone else Probe(Verdict.NOT_DONE)
            told = None if gone else told
        if told is None or not _has_come_true(task, told):
            return Probe(Verdict.NOT_DONE)
        return Probe(Verdict.DONE, activation.done(told))

    # -- questions ----------------------------------------------------------------------------------------------

    def check(self, connection: Connection, service: Service, quantities: Mapping[str, int]) -> None:
        """Raise Rejected, naming the least, for fewer seats than are in use (CR-599)."""
        told = _of(connection, service).living()
        for key, wanted in quantities.items():
            if wanted != plans.seats_of(told):
                seats.refuse(told, wanted, key)

    def notices(self, action: str) -> tuple[str, ...]:
        """Say what a stop and a deletion mean to the users."""
        return (str(NOTICES[action]),) if action in NOTICES else ()

    def facts(self, connection: Connection, service: Service) -> tuple[Fact, ...]:
        """Return what Google tells of the subscription now."""
        return activation.shown(self.observe(connection, service).facts)

    def observe(self, connection: Connection, service: Service) -> Done:
        """Return ids and facts as they are now: ids change when Google updates a subscription (CR-582)."""
        subscription = _of(connection, service)
        told = subscription.living()
        return activation.done(told, (self._record(subscription.google, service),))

    def _record(self, google: Google, service: Service) -> Fact:
        """Return the record that proves the domain, empty where it is proved or was never asked for."""
        if not service.facts.get("record"):
            return Fact("record", activation.RECORD, "")
        customer = customers.told(google, service.vendor_ids.get("customer_id", "")) or {}
        proved = customer.get("customerDomainVerified") is True
        return Fact("record", activation.RECORD, "" if proved else service.facts["record"])

    def count(self, connection: Connection, service: Service) -> dict[str, int]:
        """Return how many seats Google has of the subscription."""
        (key,) = service.resources
        return {key: plans.seats_of(_of(connection, service).living())}

    def actions(self, service: Service) -> tuple[Action, ...]:
        """Return what the customer may do: have the domain's record looked for."""
        record = service.facts.get("record")
        return (Action(VERIFY, _("Have Google look for the record"), waiting=True),) if record else ()

    def act(self, connection: Connection, service: Service, name: str) -> Said:
        """Have Google look for the domain's record now."""
        if name != VERIFY:
            raise ValueError(f"G Suite has no action {name!r}.")
        domain = service.vendor_ids.get("domain", "")
        found = activation.verified(Google(connection), domain, service.facts.get("administrator", ""))
        return Said(FOUND if found else NOT_FOUND, {"domain": domain})


def _of(connection: Connection, service: Service) -> Subscription:
    return Subscription.of(Google(connection), service)


def _is_stopped(told: plans.Told) -> bool:
    return plans.BY_RESELLER in plans.reasons_of(told)


def _ordered(google: Google, order: Order) -> dict[str, object] | None:
    """Return the subscription that an order has bought, None where there is none or its customer is not ours."""
    wanted = Wanted.of(order)
    customer = customers.told(google, wanted.domain)
    if customer is None or not customers.is_ours(customer):
        return None
    return bought.by_mark(google, str(customer["customerId"]), wanted)


def _has_come_true(task: Task, told: plans.Told) -> bool:
    """Return whether a subscription that is there is what the operation was to make of it."""
    service = task.service or Service({}, {})
    stopped = _is_stopped(told)
    if task.order is not None:
        return plans.PENDING_TERMS not in plans.reasons_of(told)
    if task.to is not None:
        _key, wanted = one_of(task.to.resources)
        return plans.name_of(told) == moving.plan_of(task.to) and plans.seats_of(told) == wanted.quantity
    if task.action == "change":
        return plans.seats_of(told) == next(iter(task.quantities.values()))
    if task.action == "arrange":
        wish = commitments.renewal_wanted(service, told)
        return not wish or plans.renewal_of(told) == wish
    return stopped if task.action == "suspend" else not stopped
