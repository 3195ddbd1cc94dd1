"""Who is asking, and for whom: the first argument of every query and every verb."""

from __future__ import annotations

import enum
import hashlib
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import (
    AccessLevel,
    Account,
    AccountMembership,
    AccountStatus,
    Reseller,
    ResellerStatus,
    Role,
    User,
)
from accounts.roles import ALL_RIGHTS, CUSTOMER_RIGHTS, MANAGER_RIGHTS, NOT_WHILE_SIGNED_IN_AS
from core.errors import Refused
from core.prepared import Asked, Prepared


class Forbidden(Refused):
    """The actor's role or access level does not hold the right."""

    code = "forbidden"


class MayNotAct(Refused):
    """The person may not act at all: blocked, or with no reseller or account left to act for."""

    code = "may_not_act"


class ActorKind(enum.StrEnum):
    MANAGER = "manager"
    CUSTOMER = "customer"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person (or the night) acting for one reseller or for one customer's account.

    `account_manager_ids` narrows a sales person to the accounts of these managers (own and subordinates'); None means
    that no such narrowing applies. `impersonator` is the manager who signed in as the account's owner.
    """

    kind: ActorKind
    user: User | None = None
    reseller: Reseller | None = None
    role: str = ""
    account: Account | None = None
    access_level: str = ""
    account_manager_ids: frozenset[int] | None = None
    impersonator: User | None = None
    # What the API token that asks may be used for; None in the panels, where no token narrows the role.
    scopes: frozenset[str] | None = None

    @property
    def via_api(self) -> bool:
        """Whether a program asks, with a token."""
        return self.scopes is not None

    @property
    def rights(self) -> frozenset[str]:
        """Every right that the table gives to this role or access level."""
        if self.kind is ActorKind.SYSTEM:
            return ALL_RIGHTS
        if self.kind is ActorKind.MANAGER:
            return MANAGER_RIGHTS[self.role]
        rights = CUSTOMER_RIGHTS[self.access_level]
        return rights - NOT_WHILE_SIGNED_IN_AS if self.impersonator else rights

    def may(self, right: str) -> bool:
        """Return whether the table gives the right. Raises ValueError for a name that the table lacks."""
        if right not in ALL_RIGHTS:
            raise ValueError(f"the table of rights has no {right!r}")
        return right in self.rights

    def require(self, right: str) -> None:
        """Do nothing where the actor holds the right, else raise Forbidden."""
        if not self.may(right):
            raise Forbidden(
                _("Your role does not allow this (it needs “%(right)s”). Ask an administrator.") % {"right": right}
            )

    @property
    def is_manager(self) -> bool:
        """Whether a manager of the operator or of a reseller is asking."""
        return self.kind is ActorKind.MANAGER

    @property
    def is_customer(self) -> bool:
        """Whether a customer's user is asking."""
        return self.kind is ActorKind.CUSTOMER

    @property
    def is_system(self) -> bool:
        """Whether the platform itself is asking (the night, a worker)."""
        return self.kind is ActorKind.SYSTEM

    @property
    def sees_everything(self) -> bool:
        """Whether no reseller or account bounds what is seen: the platform itself and the operator's managers."""
        if self.is_manager:
            return self.reseller is not None and self.reseller.is_operator
        return self.is_system

    @property
    def sees_only_own_accounts(self) -> bool:
        """Whether accounts are narrowed to those of the actor and of subordinates (sales people)."""
        return self.account_manager_ids is not None

    @property
    def person(self) -> User | None:
        """Who really sits there: the manager where one is signed in as the owner; None for the platform itself."""
        return self.impersonator or self.user

    @property
    def standing(self) -> str:
        """Who acts for whom: what a form is drawn for (core/panel/drawn.py) and what is compared when it comes back."""
        place = self.account if self.is_customer else self.reseller
        people = (self.user.pk if self.user else 0, self.impersonator.pk if self.impersonator else 0)
        return ":".join(map(str, (self.kind, *people, place.pk if place else 0)))

    @property
    def sight(self) -> str:
        """The standing, and what bounds its sight: a file is fetched by who acts and sees as when it was made."""
        seen = "*" if self.account_manager_ids is None else ",".join(map(str, sorted(self.account_manager_ids)))
        bounds = [self.role or self.access_level, seen]
        if self.impersonator is not None and self.account is not None:
            manager = self.impersonator
            bounds += [manager.role, manager.status, manager.reseller_id, manager.reseller.status]
            bounds += [self.account.manager_id]
        return f"{self.standing}:{hashlib.sha256('|'.join(map(str, bounds)).encode()).hexdigest()[:32]}"

    @property
    def acting_for(self) -> dict[str, object]:
        """For whom, as actor_of() takes it to make the same actor again later."""
        if self.is_customer:
            return {"account": self.account.pk} if self.account is not None else {}
        return {"reseller": self.reseller.pk} if self.reseller is not None else {}

    def accounts_seen(self) -> list[int] | None:
        """Return the accounts to which a sales person is bound now; None for whom no account can be taken from."""
        if self.account_manager_ids is None:
            return None
        seen = Account.objects.filter(manager_id__in=self.account_manager_ids).order_by("pk")
        return list(seen.values_list("pk", flat=True))

    def still_sees(self, accounts: list[int] | None) -> bool:
        """Return whether none of the accounts that accounts_seen() once gave was taken since."""
        return accounts is None or set(accounts) <= set(self.accounts_seen() or ())

    def __str__(self) -> str:
        return str(self.user) if self.user else str(_("System"))


SYSTEM = Actor(kind=ActorKind.SYSTEM)


def actor_of(
    user: User,
    *,
    account: Account | int | None = None,
    reseller: int | None = None,
    impersonator: User | None = None,
    scopes: frozenset[str] | None = None,
) -> Actor:
    """Return the actor that the person is now.

    A customer's user acts for `account` (row or id) where given, else for the first account that is not deleted; a
    manager for the own reseller, which has to be `reseller` where that is given. Raises MayNotAct for a blocked person,
    a manager of a blocked reseller or of another one, and a user without that account.
    """
    if not user.is_active:
        raise MayNotAct(_("This user is blocked. Ask an administrator to make it active again."))
    if user.is_manager:
        if reseller is not None and user.reseller_id != reseller:
            raise MayNotAct(_("This manager belongs to another reseller now."))
        return _manager(user, scopes)
    return _customer(user, account.pk if isinstance(account, Account) else account, impersonator)


def _their_memberships() -> QuerySet[AccountMembership]:
    return (
        AccountMembership.objects.filter(user_id=Asked("user"))
        .exclude(account__status=AccountStatus.DELETED)
        .select_related("account__reseller", "account__account_class")
        .order_by("id")
    )


# Asked at every request.
_FIRST = Prepared(lambda: _their_memberships()[:1])
_CHOSEN = Prepared(lambda: _their_memberships().filter(account_id=Asked("account"))[:1])
_RESELLER = Prepared(lambda: Reseller.objects.filter(pk=Asked("pk")))


def _manager(user: User, scopes: frozenset[str] | None) -> Actor:
    if not User.reseller.is_cached(user):  # type: ignore[attr-defined]  # how Django keeps what a key leads to
        (user.reseller,) = _RESELLER(pk=user.reseller_id)
    if user.reseller.status != ResellerStatus.ACTIVE:
        raise MayNotAct(_("The reseller %(reseller)s is inactive. Ask its provider.") % {"reseller": user.reseller})
    seen = frozenset(_with_subordinates(user.pk)) if user.role == Role.SALES else None
    return Actor(
        kind=ActorKind.MANAGER,
        user=user,
        reseller=user.reseller,
        role=user.role,
        account_manager_ids=seen,
        scopes=scopes,
    )


def _customer(user: User, account_id: int | None, impersonator: User | None) -> Actor:
    found = _FIRST(user=user.pk) if account_id is None else _CHOSEN(user=user.pk, account=account_id)
    if not found:
        raise MayNotAct(_("This user has no account to act for. Ask the account's owner for an invitation."))
    (membership,) = found
    return Actor(
        kind=ActorKind.CUSTOMER,
        user=user,
        reseller=membership.account.reseller,
        account=membership.account,
        access_level=AccessLevel(membership.access_level),
        impersonator=impersonator,
    )


def _with_subordinates(manager_id: int) -> list[int]:
    """Return the manager's id and those of all subordinates at any depth; circles end by themselves (UNION)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE seen(id) AS (
                SELECT %s::bigint
                UNION
                SELECT link.subordinate_id FROM accounts_supervision link JOIN seen ON link.supervisor_id = seen.id
            )
            SELECT id FROM seen
            """,
            [manager_id],
        )
        return [row[0] for row in cursor.fetchall()]
