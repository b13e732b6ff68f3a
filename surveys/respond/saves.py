"""The shortest way, for what is asked most: scripts save what was touched, a dozen to a hundred times a respondent.

Only what is in order is answered here. Everything else is done again by the view, which says what is wrong, and nothing
is done twice (see Sent).
"""

import json
import logging
import re

from django.core.exceptions import ObjectDoesNotExist
from django.db import Error, connection
from django.http import HttpRequest

from materiality.platform.keys import KeyMissing
from materiality.platform.storage import BUSY, FULL, server_is_away, storage_trouble
from surveys.respond.posted import acknowledged, changes_sent
from surveys.respond.visit import Elsewhere, Way, draft_of

log = logging.getLogger(__name__)

_PAGE = re.compile(r"/s/([\w-]+)/(one/)?([1-9]\d{0,3})/", re.ASCII)
_STATUS = {FULL: "507 Insufficient Storage", BUSY: "503 Service Unavailable"}


def saved(request: HttpRequest) -> tuple[str, bytes] | None:
    """Save what a script sends of a page of questions; status and answer, None where the request is not such a one."""
    if request.POST.get("go") != "keep" or not (asked := _PAGE.fullmatch(request.path)):
        return None
    code, single, number = asked[1], bool(asked[2]), int(asked[3])
    try:
        way = Way(code, draft_of(request, code), single=single)
        changes, sent = changes_sent(request.POST, way.questionnaire)
        if sent is None or number > len(way.sheets):
            return None
        way.keep(number, changes, sent)
    except (Elsewhere, KeyMissing, ValueError, ObjectDoesNotExist, RuntimeError):
        return None
    except Error as problem:
        # Who waited for a lock does not wait again; over another connection it may do, and nobody finds the broken one.
        trouble = None if server_is_away(problem) else storage_trouble(problem)
        if connection.errors_occurred:
            connection.close()
        # The words of the database can hold what somebody answered.
        log.error("a save was not taken: %s %s", type(problem).__name__, getattr(problem.__cause__, "sqlstate", ""))
        return trouble and (_STATUS[trouble], b"")
    return "200 OK", json.dumps(acknowledged(way.draft, changes, way.questionnaire.slots)).encode()
