"""The installation refuses to start on a wrong setting and names it."""

import os
import subprocess
import sys

import pytest

from tests.repository.tree import ROOT

SECRET = "k" * 50


def start(tmp_path, **environment):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("YITI_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT, env={**kept, "YITI_DATA": str(tmp_path), **environment}, capture_output=True, text=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"PORT": "http"}, "PORT"),
        ({"YITI_TIME_ZONE": "Shanghai"}, "YITI_TIME_ZONE"),
        ({"YITI_HSTS_SECONDS": "-1"}, "YITI_HSTS_SECONDS"),
        ({"YITI_DEBUG": "perhaps"}, "YITI_DEBUG"),
        ({"YITI_PRODUCTION": "1"}, "YITI_SECRET_KEY"),
        ({"YITI_PRODUCTION": "1", "YITI_SECRET_KEY": "short"}, "YITI_SECRET_KEY"),
        ({"YITI_PRODUCTION": "1", "YITI_SECRET_KEY": SECRET, "YITI_DEBUG": "1"}, "YITI_DEBUG"),
        ({"YITI_PRODUCTION": "1", "YITI_SECRET_KEY": SECRET, "YITI_ALLOWED_HOSTS": "*"}, "YITI_ALLOWED_HOSTS"),
        ({"DATABASE_URL": "oracle-ish://x"}, "DATABASE_URL"),
        ({"EMAIL_URL": "mail.example.com"}, "EMAIL_URL"),
        ({"YITI_URL": "survey.example.com"}, "YITI_URL"),
    ],
)
def test_start_is_refused_with_the_name_of_the_variable(tmp_path, environment, named):
    started = start(tmp_path, **environment)
    assert started.returncode != 0 and named in started.stderr
    assert "Traceback" not in started.stderr


def test_production_starts_with_its_own_secret(tmp_path):
    started = start(tmp_path, YITI_PRODUCTION="1", YITI_SECRET_KEY=SECRET)
    assert started.returncode == 0, started.stderr


def test_generated_secret_is_kept_and_private(tmp_path):
    start(tmp_path)
    kept = (tmp_path / "secret_key").read_text()
    start(tmp_path)
    assert (tmp_path / "secret_key").read_text() == kept and len(kept) >= 40
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
