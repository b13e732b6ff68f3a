"""What tests of staff pages share."""

import pytest

from tests.factories.people import log_in


@pytest.fixture
def staff(client):
    """The client of a logged-in analyst, who is its `person`. Jobs are sent at commit, which a test never reaches."""
    client.person = log_in(client)
    return client
