"""Which role may do what: one table of rights for managers and for customers' users."""

from accounts.models import AccessLevel, Role

Y, N = True, False

MANAGER_COLUMNS = (Role.ADMIN, Role.OWNER, Role.SALES, Role.MARKETING)
CUSTOMER_COLUMNS = (AccessLevel.OWNER, AccessLevel.ADMIN, AccessLevel.USER)

# The documented table of the reference was not readable (api-and-panels.md 5.1); these ticks are ours.
# A right says what may be done at all; which objects it may be done to is said by the queries (`…_visible_to`).
# fmt: off
RIGHTS: dict[str, tuple[bool, ...]] = {
    #                              managers                          customer's users
    #                              admin  owner  sales  marketing    Owner  Admin  User
    "subscriptions.view":         (Y,     Y,     Y,     N,           Y,     Y,     Y),
    "subscriptions.order":        (Y,     N,     Y,     N,           Y,     Y,     N),
    "subscriptions.change":       (Y,     N,     Y,     N,           Y,     Y,     N),
    "subscriptions.stop":         (Y,     N,     Y,     N,           Y,     Y,     N),
    "subscriptions.activate":     (Y,     N,     Y,     N,           Y,     Y,     N),
    "subscriptions.delete":       (Y,     N,     Y,     N,           Y,     Y,     N),
    "differences.view":           (Y,     Y,     Y,     N,           N,     N,     N),
    "differences.resolve":        (Y,     N,     N,     N,           N,     N,     N),
    "orders.view":                (Y,     Y,     Y,     N,           Y,     Y,     N),
    "orders.cancel":              (Y,     N,     Y,     N,           Y,     Y,     N),
    "orders.retry":               (Y,     N,     Y,     N,           N,     N,     N),
    "orders.correct":             (Y,     N,     Y,     N,           Y,     Y,     N),
    "payments.view":              (Y,     Y,     Y,     N,           Y,     Y,     N),
    "payments.create":            (Y,     N,     Y,     N,           Y,     Y,     N),
    "payments.approve":           (Y,     N,     Y,     N,           N,     N,     N),
    "payments.cancel":            (Y,     N,     Y,     N,           Y,     Y,     N),
    "corrections.view":           (Y,     Y,     Y,     N,           N,     N,     N),
    "corrections.create":         (Y,     N,     Y,     N,           N,     N,     N),
    "corrections.approve":        (Y,     N,     N,     N,           N,     N,     N),
    "guarantees.view":            (Y,     Y,     Y,     N,           N,     N,     N),
    "guarantees.create":          (Y,     N,     N,     N,           N,     N,     N),
    "payment_gateways.view":      (Y,     N,     N,     N,           N,     N,     N),
    "payment_gateways.change":    (Y,     N,     N,     N,           N,     N,     N),
    "invoices.view":              (Y,     Y,     Y,     N,           Y,     Y,     N),
    "charges.view":               (Y,     Y,     Y,     N,           Y,     Y,     N),
    "charges.close":              (Y,     N,     Y,     N,           N,     N,     N),
    "reseller_charges.view":      (Y,     Y,     N,     N,           N,     N,     N),
    "transactions.view":          (Y,     Y,     Y,     N,           Y,     Y,     N),
    "accounts.view":              (Y,     Y,     Y,     N,           Y,     Y,     Y),
    "accounts.create":            (Y,     N,     Y,     N,           N,     N,     N),
    "accounts.change":            (Y,     N,     Y,     N,           Y,     Y,     N),
    "accounts.hold":              (Y,     N,     Y,     N,           N,     N,     N),
    "accounts.delete":            (Y,     N,     N,     N,           N,     N,     N),
    "account_users.view":         (Y,     Y,     Y,     N,           Y,     Y,     N),
    "account_users.change":       (Y,     N,     Y,     N,           Y,     Y,     N),
    "sign_in_as.use":             (Y,     N,     Y,     N,           N,     N,     N),
    "resellers.view":             (Y,     Y,     Y,     N,           N,     N,     N),
    "resellers.create":           (Y,     N,     N,     N,           N,     N,     N),
    "resellers.change":           (Y,     N,     N,     N,           N,     N,     N),
    "managers.view":              (Y,     Y,     Y,     Y,           N,     N,     N),
    "managers.create":            (Y,     N,     N,     N,           N,     N,     N),
    "managers.change":            (Y,     N,     N,     N,           N,     N,     N),
    "plans.view":                 (Y,     Y,     Y,     Y,           Y,     Y,     N),
    "plans.change":               (Y,     Y,     N,     Y,           N,     N,     N),
    "plans.delegate":             (Y,     Y,     N,     N,           N,     N,     N),
    "products.view":              (Y,     Y,     Y,     Y,           Y,     Y,     N),
    "products.change":            (Y,     Y,     N,     Y,           N,     N,     N),
    "service_terms.view":         (Y,     Y,     Y,     Y,           N,     N,     N),
    "service_terms.change":       (Y,     Y,     N,     N,           N,     N,     N),
    "discounts.view":             (Y,     Y,     Y,     Y,           N,     N,     N),
    "discounts.change":           (Y,     Y,     N,     Y,           N,     N,     N),
    "taxes.view":                 (Y,     Y,     Y,     N,           N,     N,     N),
    "taxes.change":               (Y,     N,     N,     N,           N,     N,     N),
    "application_templates.view": (Y,     Y,     N,     N,           N,     N,     N),
    "application_templates.change": (Y,   Y,     N,     N,           N,     N,     N),
    "vendor_connections.view":    (Y,     Y,     N,     N,           N,     N,     N),
    "vendor_connections.change":  (Y,     N,     N,     N,           N,     N,     N),
    "account_classes.view":       (Y,     Y,     Y,     N,           N,     N,     N),
    "account_classes.change":     (Y,     N,     N,     N,           N,     N,     N),
    "api.use":                    (Y,     Y,     Y,     Y,           N,     N,     N),
    "exports.use":                (Y,     Y,     Y,     Y,           Y,     Y,     N),
    "log.view":                   (Y,     Y,     Y,     N,           N,     N,     N),
}
# fmt: on

# What a manager who is signed in as a customer's owner leaves to the owner: it would last when the visit is over.
NOT_WHILE_SIGNED_IN_AS: frozenset[str] = frozenset({"account_users.change"})

ALL_RIGHTS: frozenset[str] = frozenset(RIGHTS)


def _column(offset: int) -> frozenset[str]:
    return frozenset(right for right, ticks in RIGHTS.items() if ticks[offset])


MANAGER_RIGHTS: dict[str, frozenset[str]] = {str(role): _column(at) for at, role in enumerate(MANAGER_COLUMNS)}
CUSTOMER_RIGHTS: dict[str, frozenset[str]] = {
    str(level): _column(len(MANAGER_COLUMNS) + at) for at, level in enumerate(CUSTOMER_COLUMNS)
}
