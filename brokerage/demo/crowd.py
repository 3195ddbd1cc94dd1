"""Company for the customer of the story: resellers, accounts and subscriptions in every status, by the real verbs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import cycle
from typing import Any

import requests

from accounts.actors import Actor
from accounts.models import Account, AccountType, Reseller, Role
from accounts.registration import change_account, hold_account, open_account
from billing.funds import funds_of
from billing.models import Payment, PaymentStatus
from billing.payments import complete_payment, open_top_up
from brokerage.demo import afterwards, antivirus, cast, catalogue, each_type, rules
from brokerage.demo.amounts import Days
from brokerage.demo.programs import Addresses
from brokerage.demo.waiting import until_all_is_done
from subscriptions.catalogue.discounts import Granted, create_discount
from subscriptions.catalogue.plans import Lasting
from subscriptions.catalogue.products import Timers, create_service_term
from subscriptions.models import DiscountType, Order, OrderStatus, Plan, Subscription
from subscriptions.people.changes import change_quantities
from subscriptions.people.ordering import place_order
from subscriptions.people.paying import pay_order_from_balance
from subscriptions.people.renewal import auto_renew
from subscriptions.people.stopping import delete, stop

NORTH_EAST_ADMIN = cast.Person("Reseller North-East: administrator", "admin@north-east.example")
VOSTOK_ADMIN = cast.Person("Reseller Vostok: administrator", "admin@vostok.example")

BACKUP, SUPPORT, TRAINING = "Cloud backup", "Support hours", "Training month"
CARE = "Сопровождение 1С"

# Reseller: company, contact person, city, region, country, postal code, phone, tax number.
ENGLISH = (
    ("Blue Heron Bakery", "Helen Moore", "Seattle", "WA", "98101", "2065550110"),
    ("Cedar & Pine Furniture", "James Carter", "Portland", "OR", "97201", "5035550111"),
    ("Delta Freight Lines", "Laura Hill", "Memphis", "TN", "38103", "9015550112"),
    ("Evergreen Dental", "Grace Kim", "Denver", "CO", "80202", "3035550113"),
    ("Fairview School", "Daniel Young", "Boston", "MA", "02108", "6175550114"),
    ("Granite Legal Partners", "Susan Wright", "Concord", "NH", "03301", "6035550115"),
    ("Harbor Lights Hotel", "Kevin Scott", "San Diego", "CA", "92101", "6195550116"),
    ("Ironwood Robotics", "Amy Chen", "Pittsburgh", "PA", "15222", "4125550117"),
    ("Juniper Veterinary", "Mary Lopez", "Austin", "TX", "78701", "5125550118"),
    ("Keystone Printing", "Paul Baker", "Philadelphia", "PA", "19103", "2155550119"),
    ("Lakeside Clinic", "Nina Patel", "Madison", "WI", "53703", "6085550120"),
    ("Maple Street Books", "Oscar Reed", "Burlington", "VT", "05401", "8025550121"),
    ("Northgate Architects", "Rachel Green", "Chicago", "IL", "60601", "3125550122"),
    ("Orchard Foods", "Steven Hall", "Fresno", "CA", "93721", "5595550123"),
    ("Prairie Wind Energy", "Tina Adams", "Omaha", "NE", "68102", "4025550124"),
    ("Quartz Analytics", "Victor Stone", "Raleigh", "NC", "27601", "9195550125"),
    ("Riverbend Brewing", "Wendy Cole", "Asheville", "NC", "28801", "8285550126"),
    ("Summit Outdoor", "Xavier Brooks", "Boulder", "CO", "80302", "7205550127"),
)
RUSSIAN = (
    ("ООО «Ромашка»", "Анна Смирнова", "Москва", "Москва", "101000", "84955550101", "7701234567"),
    ("АО «Северный ветер»", "Иван Кузнецов", "Мурманск", "Мурманская область", "183038", "88152555102", "5190123456"),
    ("ООО «Берёзовая роща»", "Ольга Попова", "Казань", "Татарстан", "420111", "88432555103", "1655123456"),
    ("ИП Соколов", "Дмитрий Соколов", "Тверь", "Тверская область", "170100", "84822555104", "690123456789"),
    ("ООО «Точные приборы»", "Мария Лебедева", "Томск", "Томская область", "634009", "83822555105", "7017123456"),
    ("Школа № 5", "Елена Козлова", "Псков", "Псковская область", "180000", "88112555106", "6027123456"),
    (
        "ООО «Волжские перевозки»",
        "Сергей Новиков",
        "Самара",
        "Самарская область",
        "443010",
        "88462555107",
        "6315123456",
    ),
    (
        "АО «Янтарь»",
        "Наталья Морозова",
        "Калининград",
        "Калининградская область",
        "236000",
        "84012555108",
        "3905123456",
    ),
    ("ООО «Чайный дом»", "Павел Петров", "Иркутск", "Иркутская область", "664003", "83952555109", "3808123456"),
    (
        "Музей «Старый город»",
        "Татьяна Волкова",
        "Суздаль",
        "Владимирская область",
        "601293",
        "84923155110",
        "3310123456",
    ),
    ("ООО «Ёлочка»", "Юлия Соловьёва", "Кострома", "Костромская область", "156000", "84942555111", "4401123456"),
    ("Клиника «Здоровье»", "Андрей Васильев", "Уфа", "Башкортостан", "450000", "83472555112", "0274123456"),
)


@dataclass
class Crowd:
    """Everybody but the customer of the story; nobody is there before its first day."""

    days: Days
    addresses: Addresses
    check: Callable[[], None]

    @property
    def began(self) -> date:
        """The first day."""
        return self.days.ordered

    def gather(self, operator: Reseller, office: Plan) -> afterwards.Afterwards:
        """Make resellers, plans, thirty accounts and their subscriptions; return what is paid for afterwards."""
        north = Reseller.objects.get(name="North")
        resellers = self._resellers(operator, north)
        plans = self._plans(office, resellers)
        accounts = list(self._accounts(resellers))
        self._look_after(accounts[::6])
        for number, account in enumerate(accounts):
            self._subscribe(number, account, plans)
        until_all_is_done(self.check, day=self.began + timedelta(days=12))
        self._protect(north, accounts)
        self._try_each_type(north, accounts)
        paid_afterwards = self._pay_afterwards(north, accounts)
        self._meet_trouble(accounts, plans)
        self._leave_open(accounts, plans)
        self._welcome(north)
        rules.show(plans[resellers[1].pk][SUPPORT], _administrator(resellers[1]), self.days)
        hold_account(actor=_admin_of(accounts[-1]), account=accounts[-1], today=self.days.today)
        return paid_afterwards

    # -- who and what -------------------------------------------------------------------------------------------

    def _resellers(self, operator: Reseller, north: Reseller) -> list[Reseller]:
        make, day = cast.make_reseller, self.began
        return [
            north,
            make(parent=operator, name="South", admin=cast.SOUTH_ADMIN, day=day),
            make(parent=north, name="North-East", admin=NORTH_EAST_ADMIN, day=day),
            make(parent=operator, name="Vostok", admin=VOSTOK_ADMIN, day=day, currency="RUB", language="ru"),
        ]

    def _plans(self, office: Plan, resellers: list[Reseller]) -> dict[int, dict[str, Plan]]:
        """Return each reseller's plans by name; those in roubles are Vostok's own."""
        north, south, north_east, vostok = resellers
        day = self.began
        owner = cast.actor(cast.OPERATOR_STAFF[Role.OWNER])
        own = [self._backup(owner), self._support(owner), self._training(owner)]
        plans: dict[int, dict[str, Plan]] = {}
        retail = {office: Decimal("11.90"), own[0]: Decimal("0.09"), own[1]: Decimal("48.00"), own[2]: Decimal("21.50")}
        for reseller in (north, south, north_east):
            of_one = plans[reseller.pk] = {}
            for plan, price in retail.items():
                earlier = Plan.objects.filter(parent=plan, reseller=reseller).first()
                of_one[plan.name] = earlier or catalogue.delegate(plan, reseller, price, day)
        plans[vostok.pk] = {CARE: self._care(_administrator(vostok))}
        return plans

    def _backup(self, owner: Actor) -> Plan:
        term = create_service_term(
            actor=owner, reseller=owner.reseller, name="Monthly, billing day 10", key="monthly-10",
            timers=Timers(billing_day=10, stop_period=90),
        )  # fmt: skip
        return self._plain(owner, BACKUP, "0.07", unit="gigabyte", term=term, periods=[Lasting(endless=True)])

    def _support(self, owner: Actor) -> Plan:
        term = create_service_term(
            actor=owner, reseller=owner.reseller, name="Yearly, billing day 15", key="yearly-15",
            timers=Timers(billing_day=15, grace_period=14),
        )  # fmt: skip
        return self._plain(
            owner, SUPPORT, "40.00", unit="hour", term=term, periods=[Lasting(duration=12, unit="month")]
        )

    def _training(self, owner: Actor) -> Plan:
        term = create_service_term(
            actor=owner, reseller=owner.reseller, name="Short, long grace", key="short", timers=Timers(
                billing_day=20, grace_period=365,
            ),
        )  # fmt: skip
        return self._plain(
            owner, TRAINING, "18.00", unit="person", term=term, periods=[Lasting(duration=1, unit="month")]
        )

    def _care(self, owner: Actor) -> Plan:
        term = create_service_term(
            actor=owner, reseller=owner.reseller, name="Ежемесячно, 5-е число", key="monthly-5",
            timers=Timers(billing_day=5),
        )  # fmt: skip
        return self._plain(owner, CARE, "950.00", unit="место", term=term, periods=[Lasting(endless=True)])

    def _plain(self, owner: Actor, name: str, price: str, **sold: Any) -> Plan:
        return catalogue.make_plain_plan(owner=owner, name=name, price=Decimal(price), day=self.began, **sold)

    def _accounts(self, resellers: list[Reseller]) -> Iterator[Account]:
        north, south, north_east, vostok = resellers
        business = AccountType.objects.get(key="business")
        for number, (facts, reseller) in enumerate(zip(ENGLISH, cycle((north, south, north_east)), strict=False)):
            company, person, city, region, postal_code, phone = facts
            yield self._account(
                reseller, business, number, company=company, person=person, country="US", city=city, region=region,
                zip=postal_code, phone=phone,
            )  # fmt: skip
        for number, facts in enumerate(RUSSIAN, start=len(ENGLISH)):
            company, person, city, region, postal_code, phone, tax_id = facts
            reseller = vostok if number % 3 else north
            yield self._account(
                reseller, business, number, company=company, person=person, country="RU", city=city, region=region,
                zip=postal_code, phone=phone, tax_id=tax_id,
            )  # fmt: skip

    def _look_after(self, accounts: list[Account]) -> None:
        """Give accounts to the operator's sales person, who sees no others."""
        admin, sales = (cast.actor(cast.OPERATOR_STAFF[role]) for role in (Role.ADMIN, Role.SALES))
        for account in accounts:
            change_account(actor=admin, account=account, values={"manager": sales.user}, today=self.began)
            account.manager = sales.user

    def _account(
        self, reseller: Reseller, kind: AccountType, number: int, *, company: str, person: str, **values: str
    ) -> Account:
        first, _space, last = person.partition(" ")
        email = f"owner{number + 1}@customers.example"
        account = open_account(
            actor=_administrator(reseller),
            reseller=reseller,
            account_type=kind,
            account_class=reseller.account_classes.get(is_default=True),
            owner_email=email,
            owner_name=person,
            values={
                **values,
                "primary_name": company,
                "email": f"office{number + 1}@customers.example",
                "contact_first_name": first,
                "contact_last_name": last,
                "contact_email": email,
                "contact_phone": values["phone"],
                "street": "Ленина" if values["country"] == "RU" else "Main Street",
                "building": str(number + 1),
            },
            now=cast.moment(self.began),
        )
        cast.accept(email, person, self.began)
        return account

    # -- what they have -----------------------------------------------------------------------------------------

    def _subscribe(self, number: int, account: Account, plans: dict[int, dict[str, Plan]]) -> None:
        """Give the account its two or so subscriptions; its number decides what becomes of them."""
        day = self.began + timedelta(days=number % 9)
        _top_up(account, day, "40.00" if number % 7 == 3 else "2500.00")  # with little, the first night stops all
        for position, plan in enumerate(_chosen(number, plans[account.reseller_id])):
            self._live(number + 3 * position, account, plan, day)

    def _live(self, fate: int, account: Account, plan: Plan, day: date) -> None:
        """Order a plan for the account, pay for it and, as its fate is, raise, stop or delete it later."""
        order = _order(account, plan, 2 + fate % 5, day)
        _pay(order, day)
        if plan.template.connection is not None:
            until_all_is_done(self.check, day=day)
        subscription = order.subscription
        later = day + timedelta(days=4)
        if plan.name == TRAINING and fate % 2:  # its month ends within the story: half go on, half are in grace
            auto_renew(actor=_admin_of(account), subscription=subscription, on=True, today=day)
        if fate % 8 == 1 and funds_of(account).available > 500:
            _raise(subscription, 8 + fate % 3, later)
        elif fate % 10 == 4:
            stop(actor=_admin_of(account), subscription=subscription, today=later, comment="On the customer's wish")
        elif fate % 12 == 7:
            delete(actor=_admin_of(account), subscription=subscription, today=later)

    def _welcome(self, north: Reseller) -> None:
        """Let a hundred subscriptions that are ordered with the promo code WELCOME cost 10 % less."""
        granted = Granted(
            name="Welcome", code="WELCOME", percent=Decimal(10), valid_from=self.began, subscription_limit=100
        )
        kind, admin = DiscountType.PROMO_CODE, _administrator(north)
        create_discount(actor=admin, reseller=north, type=kind, granted=granted, today=self.began)

    def _protect(self, north: Reseller, accounts: list[Account]) -> None:
        """Let a customer of North have stations of Dr.Web, in whose page their installers are found."""
        day = self.began + timedelta(days=12)
        plan = antivirus.make_plan(
            antivirus.connect(self.addresses), Plan.objects.get(name=BACKUP, parent=None).service_term, self.began
        )
        sold = catalogue.delegate(plan, north, antivirus.PRICE * 2, self.began)
        account = next(one for one in accounts if one.reseller_id == north.pk and funds_of(one).available > 500)
        _pay(_order(account, sold, 3, day), day)
        until_all_is_done(self.check, day=day)

    def _try_each_type(self, north: Reseller, accounts: list[Account]) -> None:
        """Let a customer of North have a subscription of every billing type."""
        day = self.began + timedelta(days=12)
        account = next(one for one in accounts[::-1] if one.reseller_id == north.pk)
        _top_up(account, day, "2500.00")
        each_type.show(account, _administrator(north), day)

    def _pay_afterwards(self, north: Reseller, accounts: list[Account]) -> afterwards.Afterwards:
        """Let one customer more pay by invoice, and that of all types use a cloud whose vendor says what it takes."""
        account = self._account(
            north, accounts[0].account_type, len(accounts), company="Tidewater Press", person="Yvonne Ross",
            country="US", city="Savannah", region="GA", zip="31401", phone="9125550128",
        )  # fmt: skip
        cloud_of = next(one for one in accounts[::-1] if one.reseller_id == north.pk)
        return afterwards.order(account, cloud_of, _administrator(north), self.days)

    def _meet_trouble(self, accounts: list[Account], plans: dict[int, dict[str, Plan]]) -> None:
        """Let Microsoft refuse an order and a raise, so that failed subscriptions are there to be tried again."""
        first, second = accounts[0], accounts[1]
        day = self.began + timedelta(days=10)
        office = Subscription.objects.filter(
            account=second, plan=plans[second.reseller_id][catalogue.BUSINESS_STANDARD], status="active"
        ).first()
        if office is not None:
            self._refuse(method="PATCH", path="/subscriptions/", code=2002, description="Quantity outside the range")
            _raise(office, office.quantity + 4, day)
            until_all_is_done(self.check, day=day)
        self._refuse(method="POST", path="/orders$", code=800069, description="The order is held back as a risk")
        order = _order(first, plans[first.reseller_id][catalogue.BUSINESS_STANDARD], 3, day)
        _pay(order, day)
        until_all_is_done(self.check, day=day)

    def _leave_open(self, accounts: list[Account], plans: dict[int, dict[str, Plan]]) -> None:
        """Order and top up a few days ago without paying, so that somebody has something to approve."""
        for number, account in enumerate(accounts[2::5]):
            day = self.days.today - timedelta(days=number)
            _order(account, list(plans[account.reseller_id].values())[-1], 1 + number, day)
            open_top_up(actor=_admin_of(account), account=account, amount=Decimal(100 * (number + 1)), today=day)

    def _refuse(self, **fault: object) -> None:
        order = {"do": "fail", "kind": "error_before", "status": 400, **fault}
        requests.post(self.addresses.control, json=order, timeout=30).raise_for_status()


def _chosen(number: int, plans: dict[str, Plan]) -> list[Plan]:
    """Return which plans an account takes: Office 365 for every third, and one or two others."""
    if CARE in plans:
        return [plans[CARE]] * (1 + number % 2)
    office = [plans[catalogue.BUSINESS_STANDARD]] if number % 3 == 1 else []
    others = [plans[BACKUP], plans[SUPPORT], plans[TRAINING]]
    return [*office, others[number % 3], others[(number + 1) % 3]]


def _order(account: Account, plan: Plan, units: int, day: date) -> Order:
    resource = plan.resources.select_related("resource").get()
    many = 100 if plan.name == BACKUP else 1
    return place_order(
        actor=_admin_of(account),
        account=account,
        plan=plan,
        period=plan.periods.order_by("pk").first(),
        quantities={resource.resource.key: units * many},
        parameters={"domain_prefix": f"customer-{account.pk}"} if plan.name == catalogue.BUSINESS_STANDARD else None,
        today=day,
        now=cast.moment(day),
    )


def _pay(order: Order, day: date) -> None:
    if order.status == OrderStatus.WAITING_FOR_PAYMENT:
        payment = Payment.objects.get(order=order, status=PaymentStatus.WAITING_FOR_PAYMENT)
        complete_payment(actor=_admin_of(order.account), payment=payment, today=day, method="card")


def _raise(subscription: Subscription, units: int, day: date) -> None:
    resource = subscription.plan.resources.select_related("resource").get()
    many = 100 if subscription.plan.name == BACKUP else 1
    order = change_quantities(
        actor=_admin_of(subscription.account),
        subscription=subscription,
        quantities={resource.resource.key: units * many},
        today=day,
        now=cast.moment(day),
    )
    if order.status == OrderStatus.WAITING_FOR_PAYMENT:
        pay_order_from_balance(actor=_admin_of(subscription.account), order=order, today=day)


def _top_up(account: Account, day: date, dollars: str) -> None:
    admin = _admin_of(account)
    amount = Decimal(dollars) * (60 if account.currency == "RUB" else 1)
    payment = open_top_up(actor=admin, account=account, amount=amount, today=day)
    complete_payment(actor=admin, payment=payment, today=day, method="bank_transfer")


def _admin_of(account: Account) -> Actor:
    return _administrator(account.reseller)


def _administrator(reseller: Reseller) -> Actor:
    people = {
        "North": cast.NORTH_ADMIN,
        "South": cast.SOUTH_ADMIN,
        "North-East": NORTH_EAST_ADMIN,
        "Vostok": VOSTOK_ADMIN,
    }
    return cast.actor(people[reseller.name])
