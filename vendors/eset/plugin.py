"""The ESET plugin: licences of ESET MSP Administrator 2, whose units change once a day (CR-613)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from vendors.base import (
    Access,
    ChangeRule,
    Connection,
    Done,
    Fact,
    Field,
    FieldKind,
    Offer,
    Order,
    Probe,
    Resource,
    Service,
    Steps,
    Task,
    VendorPlugin,
    Verdict,
)
from vendors.capabilities import CountsUnits, ObservesServices, SwitchesServices
from vendors.errors import NotFound, Rejected, answering, together
from vendors.eset import companies
from vendors.eset.client import LIVE, Ema
from vendors.eset.licences import ERROR, STATES, TRIAL, Licence, Licences, product_of
from vendors.eset.options import FIELDS, kind_of, rule_of
from vendors.eset.reports import seat_days
from vendors.registry import register

ONE_PRODUCT = gettext_noop("A licence of ESET is for one product: leave one resource in the application template.")
OTHER_CUSTOMER = gettext_noop(
    "The licence %(licence)s is not at the customer that was made for this order at ESET (%(company)s). Delete the"
    " subscription, and order it anew."
)
TOO_MANY_USED = gettext_noop(
    "%(usage)s units of the licence %(licence)s are activated, and %(quantity)s are ordered. ESET shows the licence as"
    " faulty. Order more units, or have the customer deactivate computers."
)
STOPPED_DAY = _("ESET bills the day on which a licence is suspended, and none after it.")
NOTHING_DELETED = _(
    "ESET deletes no licence: it is suspended there and no longer billed, and computers are no longer protected by it."
)
KEY_CHANGES = _("A trial that becomes a full licence may get another public licence ID at ESET.")
NO_WAY = gettext_noop(
    "ESET makes a full licence of a trial, or another product of a full licence that runs, and not both at once. Order"
    " the other plan, and delete this subscription."
)
NOTICES = {"suspend": (STOPPED_DAY,), "cancel": (NOTHING_DELETED, STOPPED_DAY), "switch": (KEY_CHANGES,)}
# So many licences are looked through for products that we sell already.
LOOKED_THROUGH = 1000


@register
class Eset(VendorPlugin, CountsUnits, ObservesServices, SwitchesServices):
    """Licences, each at a customer of its own, billed by the units that are ordered."""

    slug = "eset"
    name = _("ESET")
    visible_after = timedelta(minutes=5)  # nothing is published of how far lists are behind
    secret_names = frozenset({"accesstoken", "refreshtoken"})
    settings_fields = (
        Field("username", _("User name of the API")),
        Field("password", _("Password of the API"), FieldKind.SECRET),
        Field("base_url", _("Server"), FieldKind.URL, default=LIVE),
        Field(
            "parent_company",
            _("Parent company's ID"),
            required=False,
            help=_("Only where customers are to stand below another company than the user's own."),
        ),
        Field(
            "products",
            _("Products"),
            FieldKind.LONG_TEXT,
            required=False,
            help=_(
                "One a line: the product's code, then its name, as ESET MSP Administrator shows them. Products of"
                " licences that are there already need not be named."
            ),
        ),
    )
    template_fields = FIELDS

    # -- the connection

    def check_access(self, connection: Connection) -> Access:
        """Sign in anew, ask who we are, and whether licences may be asked for; an address without the API is told."""
        ema = Ema(connection)
        with answering():
            ema.sign_in()
            told = ema.who_am_i()
            ema.ask("Search/Licenses", keyword="", customerId="", skip=0, take=1)
        company = told.get("company")
        known = company if isinstance(company, dict) else {}
        return Access(
            {
                "user": connection.setting("username"),
                "company": str(known.get("name") or known.get("companyid") or ""),
                "server": ema.server,
            }
        )

    def catalogue(self, connection: Connection) -> Iterator[Offer]:
        """Yield the products named in the connection, then those of the licences that are there already.

        ESET has a list of what may be sold; where it is asked for is not published.
        """
        named = dict(_named(connection.setting("products")))
        for number, row in enumerate(Ema(connection).pages("Search/Licenses", "search", keyword="", customerId="")):
            if number >= LOOKED_THROUGH:
                break
            code = str(row.get("productcode") or "")
            if code:
                named.setdefault(code, str(row.get("productname") or code))
        for code, name in named.items():
            yield Offer(id=code, name=name, unit="unit", minimum=1)

    def validate_template(self, connection: Connection, offers: Mapping[str, str], options: Mapping[str, str]) -> None:
        """Refuse more than one resource."""
        if len(offers) > 1:
            raise together([Rejected(ONE_PRODUCT, code="one_product", at=key) for key in list(offers)[1:]])

    # -- a service's life

    def provision(self, connection: Connection, order: Order, steps: Steps) -> Done:
        """Make the order's customer and order its licence there."""
        ema = Ema(connection)
        company = companies.make(ema, order, steps)
        licences, (product, quantity) = Licences(ema), _one(order.resources)
        key = licences.order(company, product, quantity, kind_of(order.options), steps)
        licence = licences.read(key)
        if licence.company.casefold() != company.casefold():
            raise Rejected(OTHER_CUSTOMER, code="other_customer", licence=key, company=company)
        if licence.quantity != quantity:  # an operator has named it, or somebody was at it in the portal
            licences.set_quantity(key, quantity, steps)
            licence = licences.read(key)
        return _done(licence)

    def change(self, connection: Connection, service: Service, quantities: Mapping[str, int], steps: Steps) -> Done:
        """Bring the licence to its number of units; the platform sees to it that this is done once a day."""
        licences = Licences(Ema(connection))
        licence = licences.of(service)
        for quantity in quantities.values():
            licences.set_quantity(licence.key, quantity, steps)
        return _done(licences.read(licence.key))

    def suspend(self, connection: Connection, service: Service, steps: Steps) -> Done:
        """Suspend the licence."""
        licences = Licences(Ema(connection))
        licence = licences.of(service)
        licences.suspend(licence.key, steps)
        return Done(_ids(licence))

    def resume(self, connection: Connection, service: Service, steps: Steps) -> Done:
        """Let the licence run again."""
        licences = Licences(Ema(connection))
        licence = licences.of(service)
        licences.unsuspend(licence.key, steps)
        return Done(_ids(licence))

    def cancel(self, connection: Connection, service: Service, steps: Steps) -> Done:
        """Suspend the licence, which is then forgotten here: ESET deletes none."""
        return self.suspend(connection, service, steps)

    def probe(self, connection: Connection, task: Task) -> Probe:
        """Compare the licence with what the operation was to bring about."""
        ema = Ema(connection)
        licences = Licences(ema)
        if task.order is not None:
            return _probed_order(ema, licences, task.order)
        service = task.service or Service({}, {})
        if task.to is not None:
            return _probed_switch(licences, service, task.to)
        licence = licences.of(service)
        wanted = {"suspend": not licence.runs, "cancel": not licence.runs, "resume": licence.runs}
        is_done = wanted.get(task.action, set(task.quantities.values()) == {licence.quantity})
        if not is_done:
            return Probe(Verdict.NOT_DONE)
        done = _done(licence) if task.action == "change" else Done(_ids(licence))
        return Probe(Verdict.DONE, done)

    # -- another plan

    def may_switch(self, connection: Connection, service: Service, to: Service) -> None:
        """Raise Rejected for what ESET does not make of a licence."""
        _refuse_switch(Licences(Ema(connection)).of(service), to)

    def switch(self, connection: Connection, service: Service, to: Service, steps: Steps) -> Done:
        """Make a full licence of a trial, or another product of a full licence, with the units of the other plan."""
        licences, (product, quantity) = Licences(Ema(connection)), _one(to.resources)
        if _is_trial(service) and product == product_of(service):
            ids = service.vendor_ids
            key = licences.convert(ids.get("company_id", ""), ids.get("licence_id", ""), product, quantity, steps)
        else:
            licence = licences.of(service)
            _refuse_switch(licence, to)
            key = licence.key
            if licence.product != product:
                licences.change_product(key, product, quantity, steps)
        licences.set_quantity(key, quantity, steps)
        return _done(licences.read(key))

    # -- questions

    def validate_order(self, connection: Connection, order: Order) -> None:
        """Raise Rejected for an account that ESET would not take as a customer, and for more than one product."""
        problems = companies.problems_of(order.account)
        if len(order.resources) != 1:
            problems.append(Rejected(ONE_PRODUCT, code="one_product"))
        if problems:
            raise together(problems)

    def change_rule(self, options: Mapping[str, str]) -> ChangeRule:
        """Once a day, from the next day on (CR-613)."""
        return rule_of(options)

    def notices(self, action: str) -> tuple[str, ...]:
        """Return what stopping, deleting and switching come to at ESET."""
        return tuple(str(said) for said in NOTICES.get(action, ()))

    def facts(self, connection: Connection, service: Service) -> tuple[Fact, ...]:
        """Return the licence as ESET tells of it now, and what it has billed of it this month."""
        return self.observe(connection, service).facts

    def observe(self, connection: Connection, service: Service) -> Done:
        """Return the same with its ids: somebody may have converted it in ESET's portal."""
        ema = Ema(connection)
        licence = Licences(ema).of(service)
        done = _done(licence)
        billed = Fact(
            "seat_days", gettext_noop("Billed by ESET this month, in unit-days"), str(seat_days(ema, licence))
        )
        return replace(done, facts=(*done.facts, billed))

    def count(self, connection: Connection, service: Service) -> dict[str, int]:
        """Return how many units ESET has in its books, activated or not."""
        quantity = Licences(Ema(connection)).of(service).quantity
        return dict.fromkeys(service.resources, quantity)


def _named(typed: str) -> Iterator[tuple[str, str]]:
    """Yield the products that an operator has named: code and name."""
    for line in typed.splitlines():
        code, _space, name = line.strip().partition(" ")
        if code:
            yield code, name.strip() or code


def _one(resources: Mapping[str, Resource]) -> tuple[str, int]:
    """Return the one product and its units; raises Rejected where there are several."""
    if len(resources) != 1:
        raise Rejected(ONE_PRODUCT, code="one_product")
    (resource,) = resources.values()
    return resource.offer, resource.quantity


def _ids(licence: Licence) -> dict[str, str]:
    return {"company_id": licence.company, "licence_id": licence.key}


def _done(licence: Licence) -> Done:
    """Return a licence's ids and facts; that more is activated than was ordered is told to operators."""
    alarm = {}
    if licence.state == ERROR and licence.usage > licence.quantity:
        numbers = {"usage": str(licence.usage), "quantity": str(licence.quantity), "licence": licence.key}
        alarm = {"alarm": TOO_MANY_USED, "alarm_values": numbers}
    facts = (
        Fact("licence_id", gettext_noop("Public licence ID"), licence.key),
        Fact("company_id", gettext_noop("Customer's ID at ESET"), licence.company),
        Fact("product", gettext_noop("Product"), licence.name),
        Fact("state", gettext_noop("State at ESET"), STATES.get(licence.state, str(licence.state)), **alarm),
        Fact("ordered", gettext_noop("Units ordered"), str(licence.quantity)),
        Fact("activated", gettext_noop("Units activated"), str(licence.usage)),
        Fact("trial_until", gettext_noop("Trial until"), licence.trial_until if licence.trial else ""),
    )
    return Done(_ids(licence), facts)


def _probed_order(ema: Ema, licences: Licences, order: Order) -> Probe:
    company, (product, quantity) = companies.find(ema, order), _one(order.resources)
    licence = licences.at(company, product) if company else None
    if licence is None or not licence.runs or licence.quantity != quantity:
        return Probe(Verdict.NOT_DONE)
    return Probe(Verdict.DONE, _done(licence))


def _is_trial(service: Service) -> bool:
    return kind_of(service.options) == TRIAL


def _refuse_switch(licence: Licence, to: Service) -> None:
    """Raise Rejected unless ESET has one call that makes of the licence what is wanted, or it is that already."""
    product, _quantity = _one(to.resources)
    same = licence.product == product
    if _is_trial(to) or (licence.trial and not same) or (not licence.trial and not same and not licence.runs):
        raise Rejected(NO_WAY, code="no_way", at="plan")


def _switched(licences: Licences, service: Service, to: Service) -> Licence | None:
    """Return the licence where it is what the other plan sells by now, None where it is not."""
    product, _quantity = _one(to.resources)
    try:
        licence = licences.read(service.vendor_ids.get("licence_id", ""))
    except NotFound:
        found = licences.at(service.vendor_ids.get("company_id", ""), product)
        if found is None:
            return None
        licence = found
    return licence if licence.product == product and not licence.trial else None


def _probed_switch(licences: Licences, service: Service, to: Service) -> Probe:
    licence, (_product, quantity) = _switched(licences, service, to), _one(to.resources)
    if licence is None or licence.quantity != quantity:
        return Probe(Verdict.NOT_DONE)
    return Probe(Verdict.DONE, _done(licence))
