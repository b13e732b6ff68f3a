"""The evidence pack: what is in it, that it checks itself without Yiti, and that a change is found."""

import csv
import io
import json
import subprocess
import sys
import zipfile

import pytest
from django.core.management import CommandError, call_command

from materiality.actions.stakeholders import load_demo_stakeholders
from materiality.platform import jobs
from reports.actions.outputs import request_output
from reports.documents.verify import verify
from reports.outputs import build_output, output_inputs
from tests.factories.reports import make_cycle
from tests.materiality.formats.test_figures import figures, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def pack(cycle, tmp_path):
    load_demo_stakeholders(cycle=cycle, by=None)
    output = request_output(cycle=cycle, kind="sdg-table", format="csv", language="en", by=None, send=False)
    jobs.execute(str(output.job_id))
    inputs = output_inputs(cycle, kind="evidence-pack", format="zip", language="en")
    path = tmp_path / "pack.zip"
    path.write_bytes(build_output(inputs))
    assert build_output(json.loads(json.dumps(inputs))) == path.read_bytes()
    return path


def contents(path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed(path, name: str, old: bytes, new: bytes):
    files = contents(path)
    assert old in files[name]
    with zipfile.ZipFile(path, "w") as archive:
        for each, data in files.items():
            archive.writestr(each, data.replace(old, new, 1) if each == name else data)


def test_pack_holds_all_and_names_it_in_the_manifest(pack, cycle):
    files = contents(pack)
    manifest = json.loads(files["manifest.json"])
    assert [row["file"] for row in manifest["files"]] == [name for name in files if name != "manifest.json"]
    assert any(name.startswith("outputs/") and name.endswith("SDG table - run 1.csv") for name in files)
    assert len(files["engagements.csv"].splitlines()) == 7
    assert manifest["audit_head"]["number"] == len(files["audit.csv"].splitlines()) - 1
    assert {row["made_from"] for row in manifest["files"][:4]} == {"run 1"}


def test_small_cells_are_in_no_file(pack, cycle):
    last = list(cycle.groups.values_list("code", flat=True))[-1]  # three responses
    rows = list(csv.DictReader(io.StringIO(contents(pack)["ratings.csv"].decode("utf-8-sig"))))
    assert rows and last not in {row["group"] for row in rows}
    assert len({row["group"] for row in rows}) == 4  # a second group goes with it, so that subtraction undoes nothing
    run = json.loads(contents(pack)["run.json"])
    assert all(issue["groups"][last]["society"]["score"] is None for issue in run["issues"])


def test_pack_checks_itself_without_yiti(pack, tmp_path):
    assert verify(pack) == []
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(pack) as archive:
        archive.extractall(folder)
    done = subprocess.run([sys.executable, "-I", "verify.py", "."], cwd=folder, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "Hashes, scores and the audit chain hold.\n")


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("engagements.csv", b"users", b"media", "engagements.csv: SHA-256 is not that of the manifest"),
        ("run.json", b'"plain_society": ', b'"plain_society": 1', "the plain score is not that of the groups"),
        ("manifest.json", b'"audit_head": {\n  "hash": "', b'"audit_head": {\n  "hash": "0', "is not the head"),
    ],
)
def test_change_is_found(pack, name, old, new, said):
    changed(pack, name, old, new)
    assert any(said in problem for problem in verify(pack))
    with pytest.raises(CommandError, match=said):
        call_command("verify_pack", str(pack))


@pytest.fixture
def reported(library, media, tmp_path):
    """The pack of a run of figures from elsewhere, one of them of three people."""
    cycle = make_cycle("reported")
    stored(cycle, figures(cycle, {"n": 3}))
    path = tmp_path / "reported.zip"
    path.write_bytes(build_output(output_inputs(cycle, kind="evidence-pack", format="zip", language="en")))
    return path


def test_pack_of_figures_from_elsewhere_holds_them_and_says_so(reported, tmp_path, capsys):
    files = contents(reported)
    rows = list(csv.DictReader(io.StringIO(files["figures.csv"].decode("utf-8-sig"))))
    assert "ratings.csv" not in files
    assert {row["reported_by"] for row in rows} == {"Consultants Ltd"}
    assert (len(rows), rows[-1]["n"], rows[-1]["score"]) == (34, "40", "50.0")  # the small cell and another with it
    made = {row["file"]: row["made_from"] for row in json.loads(files["manifest.json"])["files"]}
    assert made["figures.csv"] == "figures from elsewhere, reported by Consultants Ltd"
    (tmp_path / "verify.py").write_bytes(files["verify.py"])
    done = subprocess.run([sys.executable, "-I", "verify.py", reported], cwd=tmp_path, capture_output=True, text=True)
    said = "Hashes, scores and the audit chain hold. The run rests on 34 figures from elsewhere, reported by"
    assert (done.returncode, done.stdout) == (0, f"{said} Consultants Ltd.\n")
    call_command("verify_pack", str(reported))
    assert capsys.readouterr().out == done.stdout


def test_changed_figure_is_found(reported):
    changed(reported, "figures.csv", b",40,50.0,", b",40,55.0,")
    assert any("the score is not that of the reported figure" in problem for problem in verify(reported))


def test_other_file_is_said_to_be_none(tmp_path):
    (tmp_path / "x.zip").write_text("nothing")
    assert "this is no evidence pack" in verify(tmp_path / "x.zip")[0]
