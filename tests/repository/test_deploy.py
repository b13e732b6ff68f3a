"""The files of `deploy/`: units that systemd reads, a compose file that holds together, both as the Procfile says."""

import re
import shlex
import shutil
import subprocess
import sys
from configparser import RawConfigParser
from pathlib import Path

import pytest
import yaml

from materiality.management.commands.supervise import COPIES, read_procfile
from tests.repository.tree import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
HARDENED = (
    "LimitCORE",
    "MemorySwapMax",
    "ProtectSystem",
    "NoNewPrivileges",
    "PrivateTmp",
    "ProtectHome",
    "SystemCallFilter",
    "RestrictNamespaces",
)


def same_command(command: list[str]) -> list[str]:
    """A command without its path."""
    return [Path(command[0]).name, *command[1:]]


PROCFILE = {
    name: same_command(shlex.split(command.rpartition("exec ")[2].removeprefix("nice -n 5 ")))
    for name, command in read_procfile((ROOT / "Procfile").read_text("utf-8")).items()
}
# Web and staff are started and kept running by the same supervisor as under `make run`.
SUPERVISED = ["python", "manage.py", "supervise", "web", "staff"]


def test_processes_for_staff_have_a_thread_for_each_request_that_web_lets_in(settings):
    command = PROCFILE["staff"]
    each = f"$(({settings.STAFF_AT_ONCE} * ${{YITI_WEB_WORKERS:-1}}))"
    assert [command[command.index(f"--{name}") + 1] for name in ("blocking-threads", "backpressure")] == [each] * 2
    assert int(command[command.index("--workers") + 1]) == COPIES["web"]


class OfUnits(dict):
    """A name may come twice in a unit: its values are gathered."""

    def __setitem__(self, name: str, value: object) -> None:
        if isinstance(value, list) and name in self:
            self[name].extend(value)
        else:
            super().__setitem__(name, value)


def unit(path: Path) -> RawConfigParser:
    read = RawConfigParser(strict=False, dict_type=OfUnits)
    read.optionxform = str
    read.read_string(path.read_text("utf-8"))
    return read


def test_there_is_a_unit_for_each_process_of_the_programme():
    assert [path.stem for path in UNITS] == ["yiti-beat", "yiti-web", "yiti-worker"]


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_unit_restarts_always_is_hardened_and_runs_what_the_procfile_runs(path):
    service = unit(path)["Service"]
    assert (service["Restart"], unit(path)["Unit"]["StartLimitIntervalSec"]) == ("always", "0")
    assert service["EnvironmentFile"] == "/etc/yiti/environment"
    assert [name for name in HARDENED if name not in service] == []
    of_the_procfile = PROCFILE | {"web": SUPERVISED}
    assert same_command(shlex.split(service["ExecStart"])) == of_the_procfile[path.stem.removeprefix("yiti-")]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_unit_passes_systemds_own_check(path, tmp_path):
    bin_here = Path(sys.executable).parent
    copy = tmp_path / path.name
    copy.write_text(path.read_text("utf-8").replace("/opt/yiti/.venv/bin", str(bin_here)))
    checked = subprocess.run(["systemd-analyze", "verify", str(copy)], capture_output=True, text=True)
    assert [line for line in (checked.stdout + checked.stderr).splitlines() if path.stem in line] == []


@pytest.fixture(scope="module")
def compose() -> dict:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))


def test_services_of_the_compose_file_come_back_and_are_checked(compose):
    services = compose["services"]
    assert set(services) == {"prepare", "web", "worker", "beat", "database", "broker"}
    restarts = {name: service["restart"] for name, service in services.items()}
    assert restarts == dict.fromkeys(services, "unless-stopped") | {"prepare": "on-failure"}
    for name, service in services.items():
        if name != "prepare":
            assert service["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")
            assert {"interval", "timeout", "retries"} <= set(service["healthcheck"])


def test_compose_file_refers_only_to_what_is_in_it(compose):
    services, volumes = compose["services"], compose["volumes"]
    for service in services.values():
        for other, condition in service.get("depends_on", {}).items():
            finished = condition["condition"] == "service_completed_successfully"
            assert other in services and (finished or "healthcheck" in services[other])
        assert {mount.split(":")[0] for mount in service.get("volumes", [])} <= set(volumes)
        assert "build" in service or re.fullmatch(r"[a-z/]+:[\w.-]+", service["image"])
    assert (DEPLOY / services["web"]["build"]["context"] / services["web"]["build"]["dockerfile"]).is_file()


def test_containers_run_what_the_procfile_runs(compose):
    image = re.search(r"^CMD (\[.*\])$", (DEPLOY / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    assert yaml.safe_load(image[1]) == SUPERVISED and set(SUPERVISED[3:]) <= set(PROCFILE)
    for name in ("worker", "beat"):
        assert same_command(compose["services"][name]["command"]) == PROCFILE[name]


def test_image_takes_only_files_that_exist_and_does_not_run_as_root():
    text = (DEPLOY / "Dockerfile").read_text("utf-8")
    copied = [word for line in re.findall(r"^COPY (.*)$", text, re.MULTILINE) for word in line.split()[:-1]]
    assert copied and all((ROOT / name).exists() for name in copied)
    assert {f"!{name}" for name in copied} == {
        line for line in (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").split() if line.startswith("!")
    }
    assert re.search(r"^USER yiti$", text, re.MULTILINE)


def test_example_of_the_environment_names_only_variables_that_are_read():
    source = (ROOT / "materiality/environment.py").read_text("utf-8")
    names = re.findall(r"^([A-Z_]+)=", (DEPLOY / "environment.example").read_text("utf-8"), re.MULTILINE)
    assert names and [name for name in names if f'"{name}"' not in source] == []
