"""Indirect resellers at Microsoft: chosen from its list, and checked there as a pair."""

import pytest

from sandbox.microsoft.world import PARTNER_MPN, RESELLERS
from tests.vendors.office365.bench import Office365Bench
from vendors.errors import Rejected
from vendors.microsoft import resellers
from vendors.microsoft.plugin import partner_center_of
from vendors.microsoft.resellers import PARTNER_ID, TENANT

(FIRST, (NAME, ITS_ID)), (SECOND, (_NAME, OTHER_ID)) = RESELLERS.items()


def test_microsofts_list_is_what_is_chosen_from(bench: Office365Bench) -> None:
    tenant, partner_id = bench.plugin.reseller_choices(bench.connection())
    assert (FIRST, f"{NAME} ({ITS_ID})") in tenant.choices
    assert {value for value, _label in tenant.choices} == set(RESELLERS)
    assert (partner_id.name, partner_id.choices) == (PARTNER_ID, ())


@pytest.mark.parametrize(
    "told",
    [{TENANT: FIRST, PARTNER_ID: ITS_ID}, {TENANT: FIRST.upper(), PARTNER_ID: ""}, {TENANT: "", PARTNER_ID: ITS_ID}],
)
def test_either_name_is_enough_and_both_are_one_pair(bench: Office365Bench, told: dict[str, str]) -> None:
    assert bench.plugin.checked_reseller(bench.connection(), told) == {TENANT: FIRST, PARTNER_ID: ITS_ID}


@pytest.mark.parametrize(
    ("told", "field", "sentence"),
    [
        ({TENANT: FIRST, PARTNER_ID: OTHER_ID}, PARTNER_ID, resellers.OTHER_PARTNER_ID),
        ({TENANT: "c8b2c9f6-0000-4000-8000-000000000000"}, TENANT, resellers.NOT_OURS),
        ({PARTNER_ID: PARTNER_MPN}, PARTNER_ID, resellers.OWN_PARTNER_ID),
        ({PARTNER_ID: "9999999"}, PARTNER_ID, resellers.NO_PARTNER),
    ],
)
def test_what_is_no_reseller_of_ours_is_refused_at_its_field(
    bench: Office365Bench, told: dict[str, str], field: str, sentence: str
) -> None:
    with pytest.raises(Rejected) as refused:
        resellers.checked(partner_center_of(bench.connection()), told)
    assert (refused.value.field, refused.value.message) == (field, sentence)


def relationships(bench: Office365Bench, *rows: dict[str, str]) -> None:
    body = {"totalCount": len(rows), "items": list(rows), "attributes": {"objectType": "Collection"}}
    bench.microsoft.fail("answer", method="GET", path="/relationships$", status=200, body=body)


def test_a_partner_whom_we_never_invited_is_told_from_one_that_does_not_exist(bench: Office365Bench) -> None:
    relationships(bench)
    with pytest.raises(Rejected) as refused:
        resellers.checked(partner_center_of(bench.connection()), {PARTNER_ID: ITS_ID})
    assert (refused.value.field, refused.value.message) == (PARTNER_ID, resellers.NO_RESELLER)


def test_a_relationship_that_is_not_active_sells_nothing(bench: Office365Bench) -> None:
    relationships(bench, {"id": FIRST, "mpnId": ITS_ID, "name": NAME, "state": "pending"})
    with pytest.raises(Rejected) as refused:
        resellers.checked(partner_center_of(bench.connection()), {TENANT: FIRST})
    assert (refused.value.field, refused.value.message) == (TENANT, resellers.NOT_ACTIVE)
