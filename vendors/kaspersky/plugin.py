"""The Kaspersky plugin: licences by the month, an activation code that stays, more at once and fewer next month."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from vendors.base import (
    JSON,
    Access,
    ChangeRule,
    ClientTls,
    Connection,
    Done,
    Effective,
    Fact,
    Field,
    FieldKind,
    NeverAgain,
    Offer,
    Order,
    Probe,
    Secret,
    Service,
    Steps,
    Task,
    VendorPlugin,
    Verdict,
)
from vendors.capabilities import EndsTrials, ObservesServices, SwitchesServices
from vendors.errors import (
    NOT_KNOWN_YET,
    NotFound,
    NotYet,
    Parked,
    Rejected,
    Unlisted,
    answering,
    together,
)
from vendors.kaspersky import changes, orders
from vendors.kaspersky.client import LIVE, PAID, Details, Korm
from vendors.registry import register

STEP, CODE = "create", "activation_code"
ENDING = frozenset({"suspend", "cancel"})
# What stands for the activation code where everybody reads: it is shown to the customer's people who may change it.
MASKED = "-".join(["•" * 5] * 4)
TOLD = (("subscription_id", gettext_noop("Subscription ID")), ("license_id", gettext_noop("Licence ID")))
SEALED = ((CODE, gettext_noop("Activation code")),)

LOOK_FOR_IT = gettext_noop(
    "Whether Kaspersky has made the subscription is not known, and no call looks for it. Look in the License Management"
    " Portal for one whose comment and customer code are “%(mark)s”, and say here whether it is there."
)
WAS_ANSWERED = gettext_noop(
    "Kaspersky has answered this order with an activation code, so that the subscription was made. Look for the one"
    " whose comment is “%(mark)s” in the License Management Portal, and say here which it is."
)
ANOTHERS = gettext_noop(
    "Subscription %(subscription)s is not the one that was ordered: Kaspersky does not know it, or it is of another"
    " product. Look again, and say which it is, or that there is none."
)
NO_CODE = gettext_noop(
    "The activation code was lost with Kaspersky's answer: it stands in the License Management Portal, and in the mail"
    " that Kaspersky has sent to %(address)s."
)
HAS_ONE = gettext_noop(
    "The account has a Kaspersky subscription already (%(subscription)s), and Kaspersky sells one. Change the quantity"
    " of that one, or delete it first."
)
TRIAL_ONCE = gettext_noop("The free trial is for an account's first Kaspersky order. Order a period that is paid for.")
FREE_STAYS = gettext_noop(
    "Kaspersky's free period lasts until %(ends)s, and its quantity stays until then. Change it afterwards."
)
OTHER_SKU = gettext_noop(
    "Kaspersky makes no other product of a subscription (%(old)s, %(new)s). Order the other plan, and delete this one."
)
TRIAL_IS_PAID = gettext_noop(
    "Kaspersky counts the trial of subscription %(subscription)s as paid for: it is free for a customer's first order"
    " only. Decide whether it goes on."
)

SUBSCRIPTION, LICENSE, STATE = TOLD[0][1], TOLD[1][1], gettext_noop("State at Kaspersky")
LICENSES = gettext_noop("Licences at Kaspersky")
PERIOD, ENDS = gettext_noop("Period at Kaspersky"), gettext_noop("Period ends")
APPROVAL, TRIAL = gettext_noop("Approval code"), gettext_noop("Trial at Kaspersky")

NOTICES = {
    "change": (
        _("More licences work at once. Fewer are told to Kaspersky when the period turns; take them back until then."),
    ),
    "suspend": (_("The licences stop working. Activated again, they keep their activation code."),),
    "cancel": (_("The licences stop working at once."),),
}  # fmt: skip


@register
class Kaspersky(VendorPlugin, ObservesServices, SwitchesServices, EndsTrials):
    """Licences as a partner of Kaspersky sells them. An order that got lost cannot be looked up: it is parked."""

    slug = "kaspersky"
    name = _("Kaspersky")
    account_ids = frozenset({"subscription_id"})
    tls = ClientTls("certificate", "certificate_password")
    secrets = (Secret(CODE, _("Activation code"), lasts=True),)
    secret_names = frozenset({"ActivationCode"})
    # Nothing of Kaspersky's is looked for in a list: what cannot be read by its id is parked.
    visible_after = timedelta(0)
    settings_fields = (
        Field(
            "base_url",
            _("Server"),
            FieldKind.URL,
            default=LIVE,
            help=_("For trying it out Kaspersky has https://api.demo.korm.kaspersky.com."),
        ),
        Field("certificate", _("Certificate (PFX)"), FieldKind.FILE, help=_("As Kaspersky has issued it to us.")),
        Field("certificate_password", _("Password of the certificate"), FieldKind.SECRET, required=False),
        Field("partner", _("Our partner code"), required=False),
        Field("reseller", _("Our reseller code"), required=False),
    )
    template_fields = (
        Field("sku", _("SKU"), help=_("As in Kaspersky's price list, for example KL48633A*MG, star included.")),
        Field("least", _("Fewest licences"), FieldKind.NUMBER, default="1", minimum=1),
        Field("most", _("Most licences"), FieldKind.NUMBER, required=False, minimum=1),
        Field(
            "approval_code",
            _("Approval code"),
            required=False,
            help=_("Kaspersky's approval of a deal or a price, where it has given one; sent with each order."),
        ),
    )

    # -- the connection

    def check_access(self, connection: Connection) -> Access:
        """Ask after a subscription that nobody has: Kaspersky's own answer proves server and certificate."""
        with answering():
            return Access({"answer": Korm(connection).reach()})

    def catalogue(self, connection: Connection) -> Iterator[Offer]:
        """Yield the one thing that a subscription counts; which product it is says the template's SKU."""
        yield Offer(id="licenses", name="Licences", unit="licence", minimum=1)

    def validate_template(self, connection: Connection, offers: Mapping[str, str], options: Mapping[str, str]) -> None:
        """Raise Rejected for what is no SKU, a range that is none, and more than one resource."""
        _refuse(orders.problems_of_template(options, len(offers)))

    # -- a subscription's life

    def provision(self, connection: Connection, order: Order, steps: Steps) -> Done:
        """Make the subscription once, keep its activation code, and tell how it stands."""
        korm = Korm(connection)
        made = self._placed(korm, connection, order, steps)
        number, typed = str(made["subscription_id"]).strip().lower(), "server" not in made
        details = self._details_of_made(korm, number, typed=typed, sku=orders.sku_of(order.options))
        if details.code and not steps.has_sealed(CODE):
            steps.seal({CODE: details.code})
        if not steps.has_sealed(CODE):
            steps.note(NO_CODE, address=order.account.contact.email or order.account.email)
        known = {"license_id": details.license_id or str(made.get("license_id", "")).strip(), "server": korm.server}
        ids = {"subscription_id": number, **{name: value for name, value in known.items() if value}}
        code = Fact(CODE, SEALED[0][1], MASKED if steps.has_sealed(CODE) else "")
        return Done(ids, (*_facts(ids, details, order.options.get("approval_code", "")), code))

    def _placed(self, korm: Korm, connection: Connection, order: Order, steps: Steps) -> JSON:
        def send(_request_id: str) -> JSON:
            told = korm.send("create", **orders.body_of(order, connection, steps.reference))
            number, code, license_id = orders.made_of(told)
            steps.seal({CODE: code})
            return {"subscription_id": number, "license_id": license_id, "server": korm.server}

        def find() -> JSON | None:
            korm.reach()
            if steps.has_sealed(CODE):
                raise Parked(WAS_ANSWERED, step=STEP, told=TOLD, sealed=SEALED, mark=steps.reference)
            raise Unlisted(LOOK_FOR_IT, mark=steps.reference)

        return steps.once(STEP, send=send, find=find, never_again=NeverAgain(TOLD, SEALED))

    def _details_of_made(self, korm: Korm, number: str, *, typed: bool, sku: str) -> Details:
        """Return how what was made stands. Raises Parked where an operator has named something else, NotYet."""
        other = Parked(ANOTHERS, step=STEP, told=TOLD, sealed=SEALED, subscription=number)
        try:
            details = korm.details(number)
        except NotFound:
            if typed:
                raise other from None
            raise
        except Rejected as refusal:
            raise other if typed else NotYet(NOT_KNOWN_YET, code=refusal.code, refusal=refusal) from refusal
        if typed and details.sku and details.sku != sku:
            raise other
        return details

    def change(self, connection: Connection, service: Service, quantities: Mapping[str, int], steps: Steps) -> Done:
        """Set the number of licences, and the template's approval code where Kaspersky has another."""
        korm = Korm(connection)
        (wanted,) = quantities.values()
        return self._changed(korm, service, service, [*_approval(service), changes.quantity_of(wanted)], steps)

    def suspend(self, connection: Connection, service: Service, steps: Steps) -> Done:
        """Cancel it at once: renewed, it runs again under the same code. No call that pauses is published."""
        return self._changed(Korm(connection), service, None, [changes.CANCEL], steps)

    def resume(self, connection: Connection, service: Service, steps: Steps) -> Done:
        """Renew what was cancelled."""
        return self._changed(Korm(connection), service, service, [changes.RENEW, *_approval(service)], steps)

    def cancel(self, connection: Connection, service: Service, steps: Steps) -> Done:
        """Cancel it, where there is one."""
        if not service.vendor_ids.get("subscription_id"):
            return Done(service.vendor_ids)
        return self._changed(Korm(connection), service, None, [changes.CANCEL], steps)

    def _changed(
        self, korm: Korm, service: Service, to: Service | None, wanted: list[changes.Change], steps: Steps
    ) -> Done:
        """Carry the changes out one by one; `to` is what has the approval code then, None where none is told."""
        for change in wanted:
            changes.carry_out(korm, service, change, steps)
        return Done(service.vendor_ids, _facts(service.vendor_ids, changes.living(korm, service), _told(service, to)))

    def probe(self, connection: Connection, task: Task) -> Probe:
        """Look whether details show the operation as done; of an order, of which none tells, it says that it is not."""
        korm, service = Korm(connection), task.service or Service({}, {})
        if task.order is not None:
            korm.reach()  # claims nothing while nobody answers
            return Probe(Verdict.NOT_DONE)
        if task.action == "cancel" and not service.vendor_ids.get("subscription_id"):
            return Probe(Verdict.DONE, Done(service.vendor_ids))
        details, to = changes.living(korm, service), task.to or service
        if not all(change.there(details) for change in _wanted(task, service, to)):
            return Probe(Verdict.NOT_DONE)
        has = _told(service, None if task.action in ENDING else to)
        return Probe(Verdict.DONE, Done(service.vendor_ids, _facts(service.vendor_ids, details, has)))

    # -- another plan: a trial becomes one that is paid for

    def may_switch(self, connection: Connection, service: Service, to: Service) -> None:
        """Raise Rejected for another product, a number out of the plan's range, or another one while it is free."""
        old, new = orders.sku_of(service.options), orders.sku_of(to.options)
        if old != new:
            raise Rejected(OTHER_SKU, code="other_sku", old=old, new=new)
        _refuse_quantity(to.options, _units(to))
        details = changes.living(Korm(connection), service)
        if _units(to) != _units(service):
            _refuse_while_free(details)

    def switch(self, connection: Connection, service: Service, to: Service, steps: Steps) -> Done:
        """Keep the subscription: only number and approval code may be others."""
        wanted = [*_approval(service, to), changes.quantity_of(_units(to))]
        return self._changed(Korm(connection), service, to, wanted, steps)

    # -- questions

    def validate_order(self, connection: Connection, order: Order) -> None:
        """Raise Rejected, naming each field, for what Kaspersky would not take, and for a second subscription."""
        found = orders.problems_of_account(order.account)
        out = orders.problem_of_quantity(order.options, sum(one.quantity for one in order.resources.values()))
        found += [out] if out is not None else []
        earlier = order.vendor_ids.get("subscription_id", "")
        if earlier and order.term.trial:
            found.append(Rejected(TRIAL_ONCE, code="trial_once"))
        elif earlier and self._runs(Korm(connection), earlier):
            found.append(Rejected(HAS_ONE, code="has_one", subscription=earlier))
        _refuse(found)

    def _runs(self, korm: Korm, number: str) -> bool:
        try:
            return korm.details(number).runs
        except Rejected:
            return False

    def check(self, connection: Connection, service: Service, quantities: Mapping[str, int]) -> None:
        """Raise Rejected for a number out of the template's range, and for another one while it is free."""
        (wanted,) = quantities.values()
        _refuse_quantity(service.options, wanted)
        _refuse_while_free(changes.living(Korm(connection), service))

    def change_rule(self, options: Mapping[str, str]) -> ChangeRule:
        """More at once, fewer when the period turns: until then we hold them, whatever Kaspersky would do."""
        return ChangeRule(lower_from=Effective.END_OF_PERIOD)

    def trial_ends(self, options: Mapping[str, str], day: date) -> date:
        """Return the first of the next month: a trial lasts to the last day of its month."""
        return (day.replace(day=1) + timedelta(days=32)).replace(day=1)

    def notices(self, action: str) -> tuple[str, ...]:
        """Say what a change, a stop and a deletion mean at Kaspersky."""
        return tuple(str(sentence) for sentence in NOTICES.get(action, ()))

    def facts(self, connection: Connection, service: Service) -> tuple[Fact, ...]:
        """Return how the subscription stands now."""
        return _facts(service.vendor_ids, changes.living(Korm(connection), service), _told(service))

    def observe(self, connection: Connection, service: Service) -> Done:
        """Return ids and facts as they are now; a trial that Kaspersky counts as paid for is an alarm."""
        details, ids = changes.living(Korm(connection), service), dict(service.vendor_ids)
        if details.license_id:
            ids["license_id"] = details.license_id
        ends = service.term.expires_on
        lasts = service.term.trial and details.runs and (ends is None or connection.now.date() < ends)
        paid = details.period if lasts and details.period == PAID else ""
        values = {"subscription": changes.number_of(service)}
        trial = Fact("trial", TRIAL, paid, alarm=TRIAL_IS_PAID if paid else "", alarm_values=values)
        return Done(ids, (*_facts(ids, details, _told(service)), trial))


def _facts(ids: Mapping[str, str], details: Details, approval_code: str) -> tuple[Fact, ...]:
    """Return what is shown of a subscription; what is not told is forgotten."""
    told = (
        ("subscription_id", SUBSCRIPTION, ids.get("subscription_id", "")),
        ("license_id", LICENSE, ids.get("license_id", "")),
        ("state", STATE, details.state),
        ("quantity", LICENSES, "" if details.quantity is None else str(details.quantity)),
        ("period", PERIOD, details.period),
        ("period_ends", ENDS, details.period_ends),
        ("approval_code", APPROVAL, approval_code),
    )
    return tuple(Fact(*one) for one in told)


def _wanted(task: Task, service: Service, to: Service) -> list[changes.Change]:
    """Return what an operation is to bring about, as details show it."""
    if task.action in ENDING:
        return [changes.CANCEL]
    if task.action == "resume":
        return [changes.RENEW, *_approval(service)]
    units = _units(to) if task.action == "switch" else next(iter(task.quantities.values()))
    return [changes.quantity_of(units), *_approval(service, to)]


def _approval(service: Service, to: Service | None = None) -> list[changes.Change]:
    """Return the change to the template's approval code, where it asks for one that was not told yet."""
    code = (to or service).options.get("approval_code", "")
    return [changes.approval_of(code)] if code and code != service.facts.get("approval_code", "") else []


def _told(service: Service, to: Service | None = None) -> str:
    """Return the approval code that Kaspersky has: that of `to`, where it was told one, else as it was told last."""
    before = service.facts.get("approval_code", "")
    return before if to is None else to.options.get("approval_code", "") or before


def _units(service: Service) -> int:
    (resource,) = service.resources.values()
    return resource.quantity


def _refuse(problems: list[Rejected]) -> None:
    if problems:
        raise together(problems)


def _refuse_quantity(options: Mapping[str, str], wanted: int) -> None:
    out = orders.problem_of_quantity(options, wanted)
    _refuse([] if out is None else [out])


def _refuse_while_free(details: Details) -> None:
    if details.is_free:
        raise Rejected(FREE_STAYS, code="free_stays", ends=details.period_ends)
