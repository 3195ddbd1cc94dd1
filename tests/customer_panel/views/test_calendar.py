"""The page of the customer's calendar opens without a row, and says what will be there."""

from django.test import Client
from django.urls import reverse


def test_it_says_what_will_be_there(client: Client) -> None:
    answer = client.get(reverse("customer:calendar"))
    assert answer.status_code == 200
    assert "appears here once a vendor has told it" in answer.content.decode()
