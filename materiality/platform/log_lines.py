"""What must not stand in a log: the tokens of personal links."""

import logging
import re

_TOKEN = re.compile(r"(/i/|%2Fi%2F)[A-Za-z0-9]{8,}")


class WithoutTokens(logging.Filter):
    """Takes tokens out of log lines, wherever in a message or its values an address of a personal link stands."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        lean = _TOKEN.sub(r"\1…", message)
        if lean != message:
            record.msg, record.args = lean, ()
        if record.exc_text or record.exc_info:
            record.exc_text = _TOKEN.sub(
                r"\1…", record.exc_text or logging.Formatter().formatException(record.exc_info)
            )
        return True
