"""The installation refuses to start on a wrong setting and names it."""

import os
import runpy
import subprocess
import sys

import pytest

from tests.repository.tree import ROOT

SECRET = "k" * 50


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """`environment(name=value)`: nothing else is set but the data folder."""

    def set_to(**given: str) -> None:
        for name in [name for name in os.environ if name.startswith(("YITI_", "DJANGO_"))]:
            monkeypatch.delenv(name)
        for name, value in {"YITI_DATA": str(tmp_path / "var"), **given}.items():
            monkeypatch.setenv(name, {"INSIDE": f"{tmp_path}/var/keys", "AROUND": str(tmp_path)}.get(value, value))

    return set_to


def read_settings() -> dict[str, object]:
    """The settings as a process that starts in this environment reads them."""
    return runpy.run_path(str(ROOT / "materiality" / "settings.py"))


def start() -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "manage.py", "check"], cwd=ROOT, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"PORT": "http"}, "PORT"),
        ({"YITI_TIME_ZONE": "Shanghai"}, "YITI_TIME_ZONE"),
        ({"YITI_HSTS_SECONDS": "-1"}, "YITI_HSTS_SECONDS"),
        ({"YITI_DEBUG": "perhaps"}, "YITI_DEBUG"),
        ({"YITI_PRODUCTION": "1"}, "YITI_SECRET_KEY"),
        ({"YITI_PRODUCTION": "1", "YITI_SECRET_KEY": "short"}, "YITI_SECRET_KEY"),
        ({"YITI_PRODUCTION": "1", "YITI_SECRET_KEY": SECRET, "YITI_DEBUG": "1"}, "YITI_DEBUG"),
        ({"YITI_PRODUCTION": "1", "YITI_SECRET_KEY": SECRET, "YITI_ALLOWED_HOSTS": "*"}, "YITI_ALLOWED_HOSTS"),
        ({"YITI_PRODUCTION": "1", "YITI_SECRET_KEY": SECRET, "YITI_KEYS": "INSIDE"}, "YITI_KEYS"),
        ({"YITI_PRODUCTION": "1", "YITI_SECRET_KEY": SECRET, "YITI_KEYS": "AROUND"}, "YITI_KEYS"),
        ({"YITI_KEYS": "/proc/nowhere"}, "YITI_KEYS"),
        ({"DATABASE_URL": "oracle-ish://x"}, "DATABASE_URL"),
        ({"EMAIL_URL": "mail.example.com"}, "EMAIL_URL"),
        ({"YITI_URL": "survey.example.com"}, "YITI_URL"),
    ],
)
def test_start_is_refused_with_the_name_of_the_variable(environment, given, named):
    environment(**given)
    with pytest.raises(SystemExit) as refused:
        read_settings()
    # Python writes such a text to stderr and ends with 1, without a traceback.
    assert isinstance(refused.value.code, str) and named in refused.value.code


def test_refused_command_says_why_and_nothing_else(environment):
    environment(PORT="http")
    started = start()
    assert started.returncode != 0 and "PORT" in started.stderr
    assert "Traceback" not in started.stderr


def test_production_starts_with_its_own_secret(environment):
    environment(YITI_PRODUCTION="1", YITI_SECRET_KEY=SECRET)
    started = start()
    assert started.returncode == 0, started.stderr


def test_keys_lie_beside_the_data_in_a_folder_for_nobody_else(environment, tmp_path):
    environment()
    assert read_settings()["KEYS"] == tmp_path / "var-keys"
    assert (tmp_path / "var-keys").stat().st_mode & 0o777 == 0o700


def test_generated_secret_is_kept_and_private(environment, tmp_path):
    environment()
    tmp_path /= "var"
    made = read_settings()["SECRET_KEY"]
    kept = (tmp_path / "secret_key").read_text()
    assert read_settings()["SECRET_KEY"] == made == kept.strip() and len(kept) >= 40
    assert (tmp_path / "secret_key").read_text() == kept
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
