import io
import logging

import pytest
from django.conf import settings

from materiality.platform.log_lines import WithoutTokens

TOKEN = "aaaaaaiaaaaaazlwrgzbk3mi"


@pytest.fixture
def lines():
    """A logger that writes as the installation does, and what it wrote."""
    handler = logging.StreamHandler(written := io.StringIO())
    handler.addFilter(WithoutTokens())
    logger = logging.Logger("test")
    logger.addHandler(handler)
    return logger, written


def test_log_line_with_a_personal_link_loses_the_token(lines):
    logger, written = lines
    logger.warning("Not Found: %s", f"/s/spring/i/{TOKEN}/")
    logger.warning(f"Forbidden (Referer checking failed - https://host/s/spring/i/{TOKEN}/): /s/spring/")
    assert written.getvalue() == (
        "Not Found: /s/spring/i/…/\nForbidden (Referer checking failed - https://host/s/spring/i/…/): /s/spring/\n"
    )


def test_log_line_with_an_error_loses_the_token(lines):
    logger, written = lines
    try:
        raise ValueError(f"/s/spring/i/{TOKEN}/")
    except ValueError:
        logger.exception("Internal Server Error: %s", "/s/spring/")
    assert TOKEN not in written.getvalue() and "ValueError: /s/spring/i/…/" in written.getvalue()


def test_other_log_lines_stay_as_they_are(lines):
    logger, written = lines
    logger.warning("Not Found: %s (%d)", "/i/am/here/", 404)
    assert written.getvalue() == "Not Found: /i/am/here/ (404)\n"


def test_every_handler_takes_tokens_out():
    assert all("tokens" in handler["filters"] for handler in settings.LOGGING["handlers"].values())
