"""The survey of most tests of this app."""

import pytest


@pytest.fixture
def survey(plain_survey):
    """A survey that takes answers: 17 issues, two groups; nobody has answered yet."""
    return plain_survey
