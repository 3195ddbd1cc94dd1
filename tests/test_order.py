"""The order in which the tests run, on which it depends how long two processes take for them."""

import pytest

from tests.conftest import commits


def test_what_commits_runs_last(request: pytest.FixtureRequest) -> None:
    """Handed out in small portions, as it takes long; and nothing finds tables that it has emptied."""
    found = [commits(item) for item in request.session.items]
    assert found == sorted(found)


@pytest.mark.django_db(transaction=True)
def test_what_asks_for_commits_is_known_by_its_mark(request: pytest.FixtureRequest) -> None:
    assert commits(request.node)


def test_what_has_a_database_that_commits_is_known(request: pytest.FixtureRequest, transactional_db: None) -> None:
    assert commits(request.node)


@pytest.mark.django_db
def test_what_is_rolled_back_does_not_commit(request: pytest.FixtureRequest) -> None:
    assert not commits(request.node)
