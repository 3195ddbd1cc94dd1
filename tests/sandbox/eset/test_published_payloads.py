"""The published bodies of requests are understood: each one, with values of our own in place of "string"."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.eset.asking import ADDRESS, NOD32, Asker

PUBLISHED = Path(__file__).parents[4] / "shared" / "samples" / "eset"
OWN = Path(__file__).parents[1] / "fixtures" / "eset"
PLACES = [OWN, PUBLISHED] if PUBLISHED.is_dir() else [OWN]
CALLS = {
    "company_children": "Company/Children",
    "company_create_customer": "Company/Create/customer",
    "company_suspend": "Company/Suspend",
    "license_changeproduct": "License/ChangeProduct",
    "license_converttofull": "License/ConvertToFull",
    "license_order": "License/Order",
    "license_suspend_unsuspend_detail": "License/Suspend",
    "license_updatequantity": "License/UpdateQuantity",
    "search_licenses": "Search/Licenses",
    "token_check": "Token/Check",
    "token_get": "Token/Get",
    "token_renew": "Token/Renew",
    "usagereport_monthly_products": "UsageReport/Monthly/products",
}


def requests_published() -> list[Path]:
    """Return the files of published requests."""
    found = [path for place in PLACES for path in sorted(place.glob("*_request.json"))]
    assert {path.stem.removesuffix("_request") for path in found} == set(CALLS)
    return found


@pytest.mark.parametrize("path", requests_published(), ids=lambda path: f"{path.parts[-2]}-{path.stem}")
def test_a_published_request_is_carried_out(msp: Asker, path: Path) -> None:
    name, pair = path.stem.removesuffix("_request"), msp.sign_in()
    company = msp.company("Of the sample")
    kind = 4 if name == "license_converttofull" else 1
    key = msp.order(company, kind=kind) if name.startswith("license") and name != "license_order" else ""
    ours: dict[str, Any] = {
        "companyId": company,
        "customerId": company,
        "parentCompanyId": "",
        "name": "Another",
        "email": "office@acme.example",
        "address": ADDRESS,
        "productCode": NOD32,
        "newProductCode": "120",
        "publicLicenseKey": key,
        "quantity": 7,
        "keyword": "",
        "take": 10,
        "username": msp.username,
        "password": msp.password,
        "codes": [NOD32],
        **pair,
    }
    body = json.loads(path.read_text())
    assert msp.ask(CALLS[name], **{member: ours.get(member, value) for member, value in body.items()}) is not None


def test_the_answer_to_a_renewal_has_the_published_members(msp: Asker) -> None:
    pair = msp.sign_in()
    for place in PLACES:
        shape = json.loads((place / "token_renew_response_shape.json").read_text())
        fresh = msp.ask("Token/Renew", refreshToken=pair["refreshToken"])
        pair = fresh
        assert set(fresh) == set(shape)
        assert len(fresh["accessToken"].split(".")) == 3
        assert len(fresh["refreshToken"].split(".")) == 2
