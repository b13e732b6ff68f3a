"""Settings of the tests: the product's, in a data folder of their own; DATABASE_URL and REDIS_URL still count."""

import atexit
import os
import shutil
import tempfile

if "YITI_TEST_DATA" not in os.environ:
    os.environ["YITI_TEST_DATA"] = tempfile.mkdtemp(prefix="yiti-test-")
    atexit.register(shutil.rmtree, os.environ["YITI_TEST_DATA"], ignore_errors=True)
os.environ["YITI_DATA"] = os.environ["YITI_TEST_DATA"]

os.environ["YITI_KEYS"] = os.path.join(os.environ["YITI_TEST_DATA"], "keys")

from materiality.settings import *  # noqa: E402, F403

# Sockets of servers in the tests need short paths.
tempfile.tempdir = None

# Hashing cost is the product's concern, not that of every test that logs somebody in.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT.mkdir(exist_ok=True)  # noqa: F405 - WhiteNoise looks for it at start
# At once: a thread of its own would not see what a test has in its transaction.
OPENINGS_STORED_SECONDS = 0
SHORT_JOB = 0
