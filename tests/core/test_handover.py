"""A queue that is away, or that takes the connection and never answers, neither breaks a page nor holds it up."""

import socket
from collections.abc import Iterator
from time import monotonic

import pytest
from django.test import Client

from core import handover
from core.handover import PATIENCE_SECONDS, Queue, hand_over, send
from notifications.models import Notification
from notifications.tasks import deliver_due
from tests.factories import accounts as make
from tests.test_architecture import ROOT, modules


@pytest.fixture
def silent() -> Iterator[str]:
    """Return the address of a server that accepts and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@pytest.fixture
def away() -> str:
    """Return an address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@pytest.fixture(autouse=True)
def _a_queue_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handover, "queue", Queue())


def test_the_queue_of_the_tests_answers(local_servers) -> None:
    assert handover.queue.answers()


@pytest.mark.parametrize("where", ["silent", "away"])
def test_a_queue_that_does_not_answer_costs_a_second_once(settings, request, where) -> None:
    settings.REDIS_URL = request.getfixturevalue(where)
    began = monotonic()
    assert not send(deliver_due)
    first = monotonic() - began
    assert [send(deliver_due) for _more in range(20)] == [False] * 20
    assert first < PATIENCE_SECONDS + 2
    assert monotonic() - began - first < 0.5


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("where", ["silent", "away"])
def test_people_sign_in_and_ask_for_a_password_while_redis_is_away(settings, request, where) -> None:
    """The page answers, the letter waits in its row, wrong passwords are counted all the same."""
    mary = make.manager()
    settings.REDIS_URL = request.getfixturevalue(where)
    settings.CELERY_BROKER_URL = settings.REDIS_URL
    began = monotonic()
    login = {"login": mary.email, "password": make.PASSWORD}
    assert Client().post("/accounts/login/", login).status_code == 302
    assert Client().post("/accounts/password/reset/", {"email": mary.email}).status_code == 302
    assert Notification.objects.filter(event="password_reset", status="queued").count() == 1
    wrong = [Client().post("/accounts/login/", {**login, "password": "wrong"}).status_code for _try in range(11)]
    assert wrong[-1] == 429
    assert monotonic() - began < PATIENCE_SECONDS + 10


@pytest.mark.django_db
def test_a_task_is_handed_over_after_the_commit_only(settings, away, django_capture_on_commit_callbacks) -> None:
    settings.REDIS_URL = away
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        hand_over(deliver_due)
        assert handover.queue._asked is None
    assert len(callbacks) == 1
    assert handover.queue._asked is not None


def test_nothing_in_a_request_hands_over_by_itself() -> None:
    """Every hand-over goes through this module; tasks and commands, which may wait and fail, use Celery directly."""
    found = [
        str(path.relative_to(ROOT))
        for path in modules()
        if (".delay" in (text := path.read_text()) or ".apply_async" in text)
        and path.name != "tasks.py"
        and path.relative_to(ROOT).parts[0] != "brokerage"
    ]
    assert found == ["core/handover.py"]
