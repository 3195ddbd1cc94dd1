"""Which resellers, accounts and people an actor may see. Every list, page and API method starts here."""

from django.db.models import Exists, Func, OuterRef, Q, QuerySet

from accounts.actors import Actor
from accounts.models import Account, AccountClass, AccountMembership, AccountType, Reseller, User, UserKind

# More resellers than these are asked for inside the statement.
NAMED = 1_000


def resellers_below(reseller: Reseller) -> QuerySet[Reseller]:
    """Return every reseller below the given one, at any depth, without it. One statement."""
    return Reseller.objects.filter(lineage__contains=[reseller.pk]).exclude(pk=reseller.pk)


def their_ids(resellers: QuerySet[Reseller]) -> list[int] | QuerySet[Reseller, dict[str, int]]:
    """Return what stands behind `reseller__in=`: the ids, read at once, or above NAMED of them the query for them.

    Of ids PostgreSQL knows how many rows each lets through; of a query it guesses, by a thousand times too much for a
    reseller that has next to nothing, and then searches the wrong index from end to end.
    """
    ids = list(resellers.order_by().values_list("pk", flat=True)[: NAMED + 1])
    return ids if len(ids) <= NAMED else resellers.order_by().values("pk")


def resellers_above(reseller: Reseller) -> QuerySet[Reseller]:
    """Return the reseller itself and every one above it up to the operator, read from the database."""
    lineage = Reseller.objects.filter(pk=reseller.pk).annotate(above=Func("lineage", function="unnest"))
    return Reseller.objects.filter(pk__in=lineage.values("above"))


def resellers_visible_to(actor: Actor) -> QuerySet[Reseller]:
    """Return the actor's own reseller and, for a manager, all below it; the platform itself sees all."""
    if not (actor.may("resellers.view") or actor.reseller):
        return Reseller.objects.none()
    if actor.sees_everything and actor.may("resellers.view"):
        return Reseller.objects.all()
    if actor.may("resellers.view"):
        return Reseller.objects.filter(lineage__contains=[_own(actor).pk])
    return Reseller.objects.filter(pk=_own(actor).pk)


def within_reach(actor: Actor, path: str = "reseller") -> Q:
    """Return the condition "belongs to the actor's reseller or to one below it" on the foreign key `path`.

    Empty for the operator and the platform itself, so that their lists carry no join; one statement for the others. It
    says nothing about rights.
    """
    if actor.sees_everything:
        return Q()
    if actor.is_customer:
        return Q(**{f"{path}_id": _own(actor).pk})
    return Q(**{f"{path}__in": their_ids(Reseller.objects.filter(lineage__contains=[_own(actor).pk]))})


def of_visible_accounts(actor: Actor, path: str = "account") -> Q:
    """Return the condition "belongs to an account the actor sees" on the foreign key `path`; "" for Account itself.

    For rows that hang on an account (subscriptions, charges, payments): cheaper than a subquery over accounts. It says
    nothing about rights: the caller asks `actor.may("charges.view")` first.
    """
    prefix = f"{path}__" if path else ""
    if actor.is_customer:
        return Q(**{f"{path}_id" if path else "pk": actor.account.pk if actor.account else None})
    condition = within_reach(actor, f"{prefix}reseller")
    if actor.account_manager_ids is not None:
        condition &= Q(**{f"{prefix}manager_id__in": sorted(actor.account_manager_ids)})
    return condition


def accounts_visible_to(actor: Actor) -> QuerySet[Account]:
    """Return the accounts of the actor's part of the tree; a sales person's own and subordinates', a customer's own."""
    if not actor.may("accounts.view"):
        return Account.objects.none()
    return Account.objects.filter(of_visible_accounts(actor, ""))


def managers_visible_to(actor: Actor) -> QuerySet[User]:
    """Return the managers of the actor's reseller and of all below it, the invited too."""
    if not actor.may("managers.view"):
        return User.everyone.none()
    return User.everyone.filter(within_reach(actor), kind=UserKind.MANAGER)


def memberships_visible_to(actor: Actor) -> QuerySet[AccountMembership]:
    """Return who has which access level in the accounts that the actor sees."""
    if not actor.may("account_users.view"):
        return AccountMembership.objects.none()
    return AccountMembership.objects.filter(of_visible_accounts(actor))


def account_users_visible_to(actor: Actor) -> QuerySet[User]:
    """Return the customers' users who belong to at least one account that the actor sees."""
    memberships = memberships_visible_to(actor).filter(user=OuterRef("pk"))
    return User.objects.filter(Exists(memberships), kind=UserKind.CUSTOMER)


def accounts_of(user: User) -> QuerySet[Account]:
    """Return the accounts between which a customer's user may choose; deleted ones included."""
    return Account.objects.filter(memberships__user=user)


def account_types_visible_to(actor: Actor) -> QuerySet[AccountType]:
    """Return the account types of the actor's part of the tree and those inherited from above (billing.md 1.4)."""
    if not (actor.may("account_classes.view") or actor.may("accounts.view")):
        return AccountType.objects.none()
    if actor.sees_everything:
        return AccountType.objects.all()
    return AccountType.objects.filter(within_reach(actor) | Q(reseller__in=resellers_above(_own(actor)).values("pk")))


def account_types_for(reseller: Reseller) -> QuerySet[AccountType]:
    """Return the account types that an account of this reseller may have: its own and those inherited from above."""
    return AccountType.objects.filter(reseller__in=resellers_above(reseller).values("pk"))


def account_classes_visible_to(actor: Actor) -> QuerySet[AccountClass]:
    """Return the account classes of the actor's part of the tree. Classes are copied downward, not inherited."""
    if not actor.may("account_classes.view"):
        return AccountClass.objects.none()
    return AccountClass.objects.filter(within_reach(actor))


def _own(actor: Actor) -> Reseller:
    if actor.reseller is None:
        raise ValueError("an actor without a reseller is bounded by none")
    return actor.reseller
