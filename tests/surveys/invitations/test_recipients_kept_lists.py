"""Lists that wait for their confirmation."""

import os
import time

from django.core.files.storage import default_storage

from surveys.invitations.recipients import FOLDER, KEPT, drop_list, drop_old_lists, keep_list, kept_list


def test_list_is_read_by_its_key_until_it_is_dropped() -> None:
    key, other = keep_list(b"email\n"), keep_list(b"other\n")
    assert (kept_list(key), kept_list("0" * 32)) == (b"email\n", None)
    drop_list(key)
    assert (kept_list(key), kept_list(other)) == (None, b"other\n")
    drop_list(other)


def test_list_that_nobody_confirmed_is_gone_after_an_hour() -> None:
    old, fresh = keep_list(b"old"), keep_list(b"fresh")
    past = time.time() - KEPT.total_seconds() - 60
    os.utime(default_storage.path(f"{FOLDER}/{old}"), (past, past))
    assert (kept_list(old), kept_list(fresh)) == (None, b"fresh")
    drop_old_lists()
    assert old not in default_storage.listdir(FOLDER)[1]
    drop_list(fresh)
