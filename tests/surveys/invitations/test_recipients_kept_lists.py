"""Lists that wait for their confirmation."""

import os
import time

from django.core.files.storage import default_storage

from surveys.invitations.recipients import FOLDER, KEPT, drop_list, drop_old_lists, keep_list, kept_list


def test_list_is_read_by_its_token_for_its_survey_alone() -> None:
    token = keep_list(b"email\n", 1)
    assert kept_list(token, 1) == b"email\n"
    assert kept_list(token, 2) is None
    assert kept_list(token + "x", 1) is None
    drop_list(token, 1)
    assert kept_list(token, 1) is None


def test_list_that_nobody_confirmed_is_deleted_after_an_hour() -> None:
    old, fresh = keep_list(b"old", 1), keep_list(b"fresh", 1)
    past = time.time() - KEPT.total_seconds() - 60
    for name in default_storage.listdir(FOLDER)[1]:
        path = default_storage.path(f"{FOLDER}/{name}")
        if default_storage.open(f"{FOLDER}/{name}").read() == b"old":
            os.utime(path, (past, past))
    drop_old_lists()
    assert (kept_list(old, 1), kept_list(fresh, 1)) == (None, b"fresh")
    drop_list(fresh, 1)
