"""How ESET refuses: HTTP status, a code and a subCode, and a message (help.eset.com/ema/2/api, error_codes).

The numbers are the vendor's published ones; where its table has none, the number is ours and marked so.
"""

from collections.abc import Mapping
from typing import Any

# What may be wrong with a licence, by the vendor's subCode under code 8 (its spelling of 48 as well).
LICENCE = 8
INVALID_TYPE, INVALID_QUANTITY, CONVERTED, ALREADY_ORDERED = 17, 18, 19, 20
ALREADY_SUSPENDED, ALREADY_RUNNING, NOT_ACTIVE, NOT_TRIAL = 21, 22, 23, 24
NO_PRODUCT, OUT_OF_RANGE, EXTENDED_TOO_OFTEN, NO_TRIAL = 27, 30, 31, 32
NOT_SUSPENDED, EXPIRED, TERMS, NO_PRODUCT_CHANGE, SAME_QUANTITY = 36, 37, 40, 45, 48
NAMES = {
    INVALID_TYPE: "InvalidLicenseType",
    INVALID_QUANTITY: "InvalidQuantity",
    CONVERTED: "LicenseIsAlreadyConvertedToFull",
    ALREADY_ORDERED: "LicenseIsAlreadyOrdered",
    ALREADY_SUSPENDED: "LicenseIsAlreadySuspend",
    ALREADY_RUNNING: "LicenseIsAlreadyUnsuspended",
    NOT_ACTIVE: "LicenseIsNotActive",
    NOT_TRIAL: "LicenseIsNotTrial",
    NO_PRODUCT: "ProductIsNotAvailable",
    OUT_OF_RANGE: "QuantityIsOutOfRange",
    EXTENDED_TOO_OFTEN: "TimesToExtendTrialLicenseIsExceeded",
    NO_TRIAL: "TrialLicenseIsNotAllowed",
    NOT_SUSPENDED: "LicenseIsNotSuspended",
    EXPIRED: "LicenseIsExpired",
    TERMS: "TermsOfUseNotAccepted",
    NO_PRODUCT_CHANGE: "ChangeOfProductIsUnavailable",
    SAME_QUANTITY: "LicenseQunatityIsEqualToPrevious",
}


class EsetError(Exception):
    """A refusal: its HTTP status and the JSON that is answered."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        super().__init__(str(body))
        self.status, self.body = status, body


def licence_error(number: int) -> EsetError:
    """Return a refusal of one of the licence calls."""
    return EsetError(400, {"code": LICENCE, "subCode": number, "message": NAMES[number]})


def invalid(*members: str) -> EsetError:
    """Return the refusal of input that is missing or malformed, member by member."""
    return EsetError(400, {member: ["The input was not valid."] for member in members})


def unknown(what: str) -> EsetError:
    """Return the refusal of an id that nobody has (status published, number ours)."""
    return EsetError(404, {"code": 1, "subCode": 4, "message": f"{what} was not found"})


def not_yours(what: str) -> EsetError:
    """Return the refusal of what belongs to somebody else (status published, number ours)."""
    return EsetError(403, {"code": 1, "subCode": 3, "message": f"{what} is not accessible"})


def no_rights() -> EsetError:
    """Return how a call is refused that the account has no rights for: as 500 (published), in ESET's own words."""
    return EsetError(500, {"code": 1, "subCode": 2, "message": "The operation is not authorized"})


def no_page() -> EsetError:
    """Return the refusal of a path that leads nowhere."""
    return EsetError(403, {"code": 99, "subCode": 1, "message": "The page does not exist"})


def maintenance() -> EsetError:
    """Return what is answered while the service is being maintained."""
    return EsetError(503, {"code": 99, "subCode": 2, "message": "The service is under maintenance"})
