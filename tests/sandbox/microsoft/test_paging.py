"""How links to the next page are spelled."""

import pytest

from sandbox.microsoft import Microsoft
from tests.sandbox.microsoft.asking import Asker


@pytest.mark.parametrize(
    ("style", "customers", "records"),
    [
        ("published", "/v1/customers", "/auditrecords"),
        ("versioned", "/v1/customers", "/v1/auditrecords"),
        ("plain", "/customers", "/auditrecords"),
        ("bare", "customers", "auditrecords"),
    ],
)
def test_links_come_in_three_spellings(
    partner: Asker, microsoft: Microsoft, style: str, customers: str, records: str
) -> None:
    microsoft.behave(link_style=style)
    for number in range(2):
        partner.new_customer(f"a{number}.onmicrosoft.com", agreed=False)
    for path, spelled in (("/customers", customers), ("/auditrecords", records)):
        following = partner.get(f"{path}?size=1").json["links"]["next"]
        assert following["uri"] == f"{spelled}?size=1&seekOperation=Next"


def test_page_is_capped(partner: Asker) -> None:
    partner.new_customer(agreed=False)
    assert len(partner.get("/customers?size=100000").json["items"]) == 1
    assert partner.get("/customers?size=many").refused == (400, 800002)
