"""Each role and access level gets exactly what the table of rights says: every page, for everybody."""

import os

import pytest

from accounts.models import AccessLevel, Role
from accounts.roles import ALL_RIGHTS, CUSTOMER_RIGHTS, MANAGER_RIGHTS
from tests.security.addresses import Route, named, reversible, routes
from tests.security.world import LEVELS, ROLES, Person, World

pytestmark = pytest.mark.django_db

# Pages without a right, and why.
FOR_EVERYBODY = {
    "operator:home": "a manager's own start: what it shows is narrowed by the rights",
    "operator:profile": "oneself",
    "operator:profile_change": "one's own name and phone",
    "operator:messages": "one's own messages",
    "operator:profile_look": "one's own language and theme",
    "customer:home": "the customer's own start: what it shows is narrowed by the rights",
    "customer:home_messages": "one's own messages",
    "customer:profile": "oneself",
}
# Addresses outside the panels, and what guards them instead of a right.
NOT_BEHIND_A_DOOR = {
    "": "people's own pages: signed in or not, never about others (sign_in_as_owner asks for sign_in_as.use itself)",
    "lists": "one's own exports, written through the right of their list",
    "vendors": "a plugin's own pages, which declare rights; the callback needs the state that the session keeps",
    "gateways": "the gateway's signature of its message",
    "api": "the viewset's right, besides api.use",
}
PANELS = {"operator": MANAGER_RIGHTS, "customer": CUSTOMER_RIGHTS}
PAGES = [route for panel in PANELS for route in named(panel) if reversible(route)]
# A page is refused to each who has no right to it. It is drawn for the weakest who has it; for the mightiest it is by
# test_isolation.py and by both panels' own tests (operator_panel/test_pages_open.py, customer_panel/test_urls.py). Of
# the people of the other panel, whom it sends away by their kind alone, the mightiest asks. All in `make prove`.
EVERYBODY = bool(os.environ.get("PROVE"))
# The last word of a page's name that says that something is done, not shown.
DEEDS = {
    "activate", "add", "approve", "cancel", "change", "confirm", "create", "deactivate", "delegate", "delete",
    "edit", "hold", "invite", "level", "new", "pay", "price", "regenerate", "release", "remove", "retry", "stop",
    "undo", "up", "withdraw",
}  # fmt: skip


def test_every_address_belongs_to_a_known_door() -> None:
    assert {route.panel for route in routes() if reversible(route)} == {*PANELS, *NOT_BEHIND_A_DOOR}


@pytest.mark.parametrize("route", PAGES, ids=str)
def test_page_declares_a_right_of_the_table(route: Route) -> None:
    assert route.right is not None, f"{route} declares no right: wrap its view in requires(…)"
    if route.right == "":
        assert route.name in FOR_EVERYBODY
    else:
        assert route.right in ALL_RIGHTS
        assert route.name not in FOR_EVERYBODY


@pytest.mark.parametrize("route", PAGES, ids=str)
def test_a_deed_needs_more_than_sight(route: Route) -> None:
    # A price change and a price sheet are things, not yet deeds.
    name = route.name.partition(":")[2].removeprefix("price_change").removeprefix("price_sheet")
    if DEEDS & set(name.split("_")):
        assert route.name in FOR_EVERYBODY or not (route.right or "").endswith(".view"), (
            f"{route} does something and asks for {route.right}"
        )


def opened(world: World, person: Person, address: str) -> int:
    """Return the status of the page for the person; of a page that only takes forms, of an empty form."""
    status = person.ask(address).status_code
    return status if status != 405 else person.ask(address, "post").status_code


def first_address(world: World, route: Route) -> str:
    objects = {kind: ids[:1] for kind, ids in world.north.objects.items()}
    return route.addresses(objects)[0]


@pytest.mark.prove
@pytest.mark.parametrize("route", PAGES, ids=str)
def test_page_opens_for_whom_the_table_names_and_for_nobody_else(world: World, route: Route) -> None:
    """403 without the right; 404 for people of the other panel, who must not learn that there is such a page."""
    address = first_address(world, route)
    house, found, expected = world.north, {}, {}
    managers = [(f"manager {role}", house.managers[role], MANAGER_RIGHTS[role], "operator") for role in ROLES]
    customers = [(f"user {level}", house.customers[level], CUSTOMER_RIGHTS[level], "customer") for level in LEVELS]
    theirs, others = (managers, customers) if route.panel == "operator" else (customers, managers)
    may = [one for one in theirs if not route.right or route.right in one[2]]
    drawn = may if EVERYBODY else sorted(may, key=lambda one: len(one[2]))[:1]
    theirs = [one for one in theirs if one not in may or one in drawn]
    for title, person, rights, panel in (*theirs, *(others if EVERYBODY else others[:1])):
        status = opened(world, person, address)
        if panel != route.panel:
            found[title], expected[title] = status, 302 if route.name == "customer:home" else 404
        else:
            found[title] = "refused" if status == 403 else "opened" if status in (200, 302, 404, 422) else status
            expected[title] = "opened" if not route.right or route.right in rights else "refused"
    assert found == expected


@pytest.mark.parametrize("route", PAGES, ids=str)
def test_page_sends_who_is_signed_out_to_the_sign_in(world: World, route: Route) -> None:
    address = first_address(world, route)
    for method in ("get", "post"):
        answer = getattr(world.nobody.client, method)(address)
        if answer.status_code == 405:
            continue
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/accounts/login/")


def test_managers_list_of_what_they_may(world: World) -> None:
    """The navigation offers what the role may open, and nothing else."""
    for role in ROLES:
        person = world.north.managers[role]
        page = person.client.get("/operator/").content.decode()
        for route in named("operator"):
            if route.parameters or not route.name.endswith("s") or not route.right:
                continue
            (address,) = route.addresses({})
            if f'href="{address}"' in page:
                assert route.right in MANAGER_RIGHTS[role], (role, route.name)


@pytest.mark.parametrize("role", ROLES)
def test_sign_in_as_the_owner_for_whom_the_table_names(world: World, role: Role) -> None:
    account = world.north.objects["account"][0]
    status = world.north.managers[role].ask(f"/accounts/sign-in-as/{account}/", "post").status_code
    may_see = "accounts.view" in MANAGER_RIGHTS[role]
    assert status == (302 if "sign_in_as.use" in MANAGER_RIGHTS[role] else 403 if may_see else 404)


@pytest.mark.parametrize("level", LEVELS)
def test_customers_sign_in_as_nobody(world: World, level: AccessLevel) -> None:
    account = world.north.objects["account"][0]
    assert world.north.customers[level].ask(f"/accounts/sign-in-as/{account}/", "post").status_code == 403


@pytest.mark.parametrize("page", ["consent", "check"])
@pytest.mark.parametrize("role", ROLES)
def test_consent_is_for_whom_the_table_names(world: World, role: Role, page: str) -> None:
    connection = world.north.objects["connection"][0]
    address = {
        "consent": f"/vendors/office365/connections/{connection}/consent",
        "check": f"/operator/vendor-connections/{connection}/check/",
    }[page]
    right = "vendor_connections.change" if page == "consent" else "vendor_connections.view"
    status = opened(world, world.north.managers[role], address)
    assert status == (302 if right in MANAGER_RIGHTS[role] else 403)
