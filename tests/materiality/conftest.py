"""The draft of most tests of this app."""

import pytest


@pytest.fixture
def draft(plain_draft):
    """A draft of a small library (ENV-01 and SOC-01 with secondaries, one mapping each), which is in force."""
    return plain_draft
