"""Nothing is lost, doubled or blocked where many finish an anonymous survey at once."""

import pytest

from tests.services.finishing_at_once import PEOPLE
from tests.services.installation import Installation

pytestmark = pytest.mark.services
FINISH = """
import json
from tests.services.finishing_at_once import finish_at_once
print(json.dumps(finish_at_once()))
"""


def test_everybody_is_stored_once_while_answers_are_released_and_decided_about(installation):
    data, url = installation.data, installation.environment["DATABASE_URL"]
    made = Installation(data, url, DJANGO_SETTINGS_MODULE="tests.settings", YITI_TEST_DATA=str(data))
    found = made.python(FINISH)
    made.stop()
    assert found["decided"] == found["found"] > 0
    assert found == {
        **dict.fromkeys(("first", "second", "stored", "different", "used", "counted"), PEOPLE),
        "left": 0,
        "decided": found["decided"],
        "found": found["found"],
    }
