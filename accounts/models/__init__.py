"""Rows of the tree of resellers and customers and of the people in it."""

from accounts.models.account import (
    AccessLevel,
    Account,
    AccountClass,
    AccountMembership,
    AccountStatus,
    AccountType,
    HandlingType,
    PaymentModel,
)
from accounts.models.api_token import ApiToken, TokenScope
from accounts.models.invitation import Invitation
from accounts.models.reseller import Reseller, ResellerStatus
from accounts.models.session import SignedIn
from accounts.models.user import Role, SignInAs, Supervision, User, UserKind, UserStatus

__all__ = [
    "AccessLevel",
    "Account",
    "AccountClass",
    "AccountMembership",
    "AccountStatus",
    "AccountType",
    "ApiToken",
    "HandlingType",
    "Invitation",
    "PaymentModel",
    "Reseller",
    "ResellerStatus",
    "Role",
    "SignInAs",
    "SignedIn",
    "Supervision",
    "TokenScope",
    "User",
    "UserKind",
    "UserStatus",
]
