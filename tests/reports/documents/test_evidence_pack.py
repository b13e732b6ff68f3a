"""The evidence pack: what is in it, that it checks itself without Yiti, and that a change is found."""

import csv
import io
import json
import subprocess
import sys
import zipfile
from itertools import combinations

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from materiality.actions.scores import score_cycle
from materiality.actions.stakeholders import load_demo_stakeholders
from materiality.models import Decision, Job
from materiality.platform import jobs
from reports.actions.outputs import remove_output, request_output
from reports.documents.evidence_pack import NO_FILE
from reports.documents.verify import NOT_HERE, held, unchecked, verify
from reports.models import Output
from reports.outputs import build_output, output_inputs
from surveys.questionnaire.asking import Plan
from surveys.responses.counting import count_cycle
from tests.factories.reports import make_cycle
from tests.factories.responses import make_response
from tests.factories.surveys import make_survey, make_survey_cycle
from tests.materiality.formats.test_figures import figures, stored
from tests.surveys.commands.test_score import GROUPS, INCOMPLETE, WHOLE, answered

pytestmark = pytest.mark.django_db

SOC, ECO = (tuple(f"{code}-01-{n:02}" for n in range(1, size + 1)) for code, size in (("SOC", 9), ("ECO", 4)))
APART = {"users": Plan(left_out=SOC), "employees": Plan(left_out=ECO), "media": Plan(left_out=ECO)}  # two components


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
    assert any(name.startswith("outputs/") and name.endswith("-sdg-table-en.csv") for name in files)
    assert all(name.isascii() and " " not in name for name in files)
    assert manifest["files"][-1]["made_from"].endswith("SDG table - run 1.csv")
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
    assert done.returncode == 0 and done.stdout.startswith("Hashes, scores and the audit chain hold. Without rows of")
    assert done.stdout.endswith(f"{NOT_HERE}\n") and done.stdout == f"{held(pack)}\n"


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("engagements.csv", b"users", b"media", "engagements.csv: SHA-256 is not that of the manifest"),
        ("run.json", b'"plain_society": ', b'"plain_society": 1', "the plain score is not that of the groups"),
        ("run.json", b'"rank": 2,', b'"rank": 1,', "rank or tier does not follow from the scores"),
        ("run.json", b'"tier": "low"', b'"tier": "medium"', "rank or tier does not follow from the scores"),
        ("run.json", b'"priority": ', b'"priority": 1', "score or priority is not that of the groups"),
        ("run.json", b'"high": ', b'"high": 1', "cut high: not that of the scores"),
        ("manifest.json", b'"audit_head": {\n  "hash": "', b'"audit_head": {\n  "hash": "0', "is not the head"),
    ],
)
def test_change_is_found(pack, name, old, new, said):
    changed(pack, name, old, new)
    assert any(said in problem for problem in verify(pack))
    with pytest.raises(CommandError, match=said):
        call_command("verify_pack", str(pack))


def recounted(table: bytes) -> dict[tuple[str, str], list[int]]:
    """The ratings of each group and item, by nothing of verify.py."""
    lines = [line.split(",") for line in table.decode().splitlines()]
    return {
        (group, item): [int(row[at]) for row in lines[1:] if row[0] == group and row[at].isdigit()]
        for at, item in enumerate(lines[0])
        if at
        for group in {row[0] for row in lines[1:]}
    }


def test_rows_of_responses_give_the_scores_of_the_run(media, tmp_path):
    survey, answers = answered(INCOMPLETE, 90)
    score_cycle(cycle=survey.cycle, counted=count_cycle(survey.cycle), by=None)
    path = packed(survey.cycle, tmp_path)
    files = contents(path)
    rows = files["responses.csv"].decode().splitlines()
    assert rows[0].startswith("group,ECO-01-01:society,ECO-01-01:business,") and len(rows) == 91
    found, run = recounted(files["responses.csv"]), json.loads(files["run.json"])
    compared = 0
    for issue in run["issues"]:
        for group, cells in issue["groups"].items():
            for dimension, cell in cells.items():
                own = found.get((group, f"{issue['code']}:{dimension}"), [])
                assert len(own) == cell["n"]
                if own:
                    assert 25 * (sum(own) / len(own) - 1) == pytest.approx(cell["score"])
                    compared += 1
    assert compared == 60
    assert (verify(path), unchecked(path)) == ([], [])
    assert "They were counted from 90 responses of 3 groups." in held(path)


def test_changed_response_is_found(media, tmp_path):
    survey, _answers = answered(WHOLE, 30)
    score_cycle(cycle=survey.cycle, counted=count_cycle(survey.cycle), by=None)
    path = packed(survey.cycle, tmp_path)
    rows = contents(path)["responses.csv"].splitlines(keepends=True)
    changed(path, "responses.csv", rows[1], b"")
    said = verify(path)
    assert any("responses.csv has 9 rows, the run counted 10" in problem for problem in said)
    assert any("the counts are not those of the responses" in problem for problem in said)


def test_rows_tell_nothing_of_small_groups_and_small_cells(media, tmp_path):
    """Users: 4; media: 6, of whom 3 rated one issue; employees: 8."""
    survey = make_survey(make_survey_cycle({"soc": 9, "eco": 4}, GROUPS), plans={group: Plan() for group in GROUPS})
    sizes = dict(zip(GROUPS, (4, 6, 8), strict=True))
    for group in survey.cycle.groups.all():
        for n in range(sizes[group.code]):
            ratings = np.full(survey.items.count(), 1 + n % 5, np.uint8)
            ratings[:2] = 254 if group.code == "media" and n > 2 else ratings[:2]
            make_response(survey, group=group, ratings=ratings.tobytes())
    score_cycle(cycle=survey.cycle, counted=count_cycle(survey.cycle), by=None)
    path = packed(survey.cycle, tmp_path)
    table = list(csv.reader(io.StringIO(contents(path)["responses.csv"].decode())))
    told = json.loads(contents(path)["responses.json"])["groups"]
    assert told["users"] == {"rows": 0, "valid": 4, "why": "fewer than 5 valid responses"}
    # Whoever knew the cells of all others would find those of the four: the next smaller goes with them.
    assert told["media"]["why"].startswith("every cell is hidden") and told["employees"] == {"rows": 8, "valid": 8}
    assert {row[0] for row in table[1:]} == {"employees"}
    assert verify(path) == []


def test_small_cells_of_large_groups_are_hidden_in_every_row(media, tmp_path):
    survey, _answers = answered(WHOLE, 90)
    first = survey.items.order_by("position").first()
    for place, response in enumerate(survey.responses.filter(group__code="media")):
        response.ratings = bytes([254 if place > 2 else 5]) + bytes(response.ratings)[1:]
        response.save()
    score_cycle(cycle=survey.cycle, counted=count_cycle(survey.cycle), by=None)
    path = packed(survey.cycle, tmp_path)
    head, *rows = csv.reader(io.StringIO(contents(path)["responses.csv"].decode()))
    at = head.index(f"{first.issue.code}:{first.dimension}")
    cells = {group: {row[at] for row in rows if row[0] == group} for group in GROUPS}
    assert cells["media"] == {"*"} and sorted(cells.values(), key=len)[1] == {"*"}  # and that of another group
    assert len([row for row in rows if row[0] == "media"]) == 30
    shown = [row for row in rows if row[0] == "media"]
    assert shown == sorted(shown, key=lambda row: [int(c) if c.isdigit() else 253 + (c == "DK") for c in row[1:]])
    assert verify(path) == []


def rows_of(path) -> tuple[list[str], list[list[str]], dict]:
    """Head and rows of responses of a pack, and what it says of those left out."""
    head, *rows = csv.reader(io.StringIO(contents(path)["responses.csv"].decode()))
    return head, rows, json.loads(contents(path)["responses.json"])["groups"]


def asked_of(survey, *answers: dict[str, int]) -> None:
    """A response of its first group for each, `answers` by issue; of other issues it was asked nothing."""
    items = survey.items.order_by("position").values_list("issue__code", flat=True)
    for given in answers:
        make_response(survey, ratings=bytes(given.get(issue, 255) for issue in items))


@pytest.mark.parametrize(("others", "hidden"), [(1, True), (4, True), (5, False)])
def test_few_of_another_survey_cannot_be_told_by_what_they_were_not_asked(media, tmp_path, others, hidden):
    """Ten answered about A and C, the others another survey about A and B."""
    cycle = make_survey_cycle({"soc": 3}, ("employees",))
    a, b, c = (f"SOC-01-{n:02}" for n in (1, 2, 3))
    asked_of(make_survey(cycle, code="many"), *[{a: 1 + n % 5, c: 3} for n in range(10)])
    asked_of(make_survey(cycle, code="few"), *[{a: 5, b: 5}] * others)
    score_cycle(cycle=cycle, counted=count_cycle(cycle), by=None)
    head, rows, told = rows_of(path := packed(cycle, tmp_path))
    assert told["employees"] == {"valid": 10 + others, "rows": 10 + others} and len(rows) == 10 + others
    cells = {issue: {row[head.index(f"{issue}:society")] for row in rows} for issue in (a, b, c)}
    other = {"*"} if hidden else None
    assert cells[a] == set("12345") and cells[b] == (other or {"5", "NA"}) and cells[c] == (other or {"3", "NA"})
    assert verify(path) == []


def test_rows_of_a_split_survey_show_what_was_asked_of_all(media, tmp_path):
    """Each of 24 was asked about A and about two of four others: no part is shared by five."""
    cycle = make_survey_cycle({"soc": 5}, ("employees",))
    first, *others = (f"SOC-01-{n:02}" for n in range(1, 6))
    parts = list(combinations(others, 2)) * 4
    asked_of(make_survey(cycle), *[{first: 1 + n % 5, **dict.fromkeys(part, 4)} for n, part in enumerate(parts)])
    score_cycle(cycle=cycle, counted=count_cycle(cycle), by=None)
    head, rows, _told = rows_of(path := packed(cycle, tmp_path))
    shown = {name for name, cells in zip(head, zip(*rows, strict=True), strict=True) if set(cells) != {"*"}}
    assert shown == {"group", f"{first}:society", f"{first}:business"} and len(rows) == 24 and verify(path) == []


def test_split_survey_that_asks_nothing_of_all_leaves_no_rows(media, tmp_path):
    cycle = make_survey_cycle({"soc": 3}, ("employees",))
    issues = [f"SOC-01-{n:02}" for n in (1, 2, 3)]
    asked_of(make_survey(cycle), *[{issues[n % 3]: 4, issues[(n + n // 9) % 3]: 4} for n in range(27)])
    score_cycle(cycle=cycle, counted=count_cycle(cycle), by=None)
    _head, rows, told = rows_of(path := packed(cycle, tmp_path))
    assert rows == [] and told["employees"]["why"].endswith("and nothing was asked of all")
    assert b"employees,SOC-01-01" in contents(path)["ratings.csv"] and verify(path) == []


def test_rows_that_the_run_did_not_count_are_left_out(media, tmp_path):
    survey, _answers = answered(WHOLE, 30)
    score_cycle(cycle=survey.cycle, counted=count_cycle(survey.cycle), by=None)
    make_response(survey, group=survey.cycle.groups.get(code="media"), ratings=bytes([5]) * survey.items.count())
    path = packed(survey.cycle, tmp_path)
    told = json.loads(contents(path)["responses.json"])["groups"]
    assert told["media"] == {
        "rows": 0,
        "valid": 10,
        "why": "the responses are no longer those that the run counted",
    }
    assert told["users"]["rows"] == 10 and verify(path) == []
    assert "Without rows of responses: media (the responses are no longer" in held(path)


def packed(cycle, tmp_path):
    path = tmp_path / "other.zip"
    path.write_bytes(build_output(output_inputs(cycle, kind="evidence-pack", format="zip", language="en")))
    return path


@pytest.mark.parametrize(
    ("plans", "over"),
    [
        (INCOMPLETE, {"estimator": "comparable"}),
        (INCOMPLETE, {"estimator": "plain", "cuts": "absolute", "cut_low": 45, "cut_high": 55}),
        (INCOMPLETE, {"rule": "either", "thresholds": "shares", "weights": {"users": {"society": 2, "business": 0.5}}}),
        (WHOLE, {"rule": "either", "threshold_society": 50, "threshold_business": 55}),
        (WHOLE, {"weighting": "by_response", "lam": 1, "q_high": 0.5, "q_low": 0.5}),
        (INCOMPLETE, {"all_groups": True, "min_n": 29}),
        (APART, {"estimator": "comparable"}),
    ],
)
def test_whole_run_is_counted_again_from_its_groups(media, tmp_path, plans, over):
    survey, _answers = answered(plans)
    score_cycle(cycle=survey.cycle, counted=count_cycle(survey.cycle), over=over, by=None)
    path = packed(survey.cycle, tmp_path)
    assert (verify(path), unchecked(path)) == ([], [])
    run = json.loads(old := contents(path)["run.json"])
    run["habits"]["users"]["society"] += 1
    changed(path, "run.json", old, json.dumps(run).encode())
    assert any("users society: the habit is not that of its scores" in problem for problem in verify(path))


def test_what_small_cells_hide_is_named_and_not_checked(media, tmp_path):
    survey, _answers = answered(WHOLE, 12)
    score_cycle(cycle=survey.cycle, counted=count_cycle(survey.cycle), over={"min_n": 2}, by=None)
    path = packed(survey.cycle, tmp_path)
    assert verify(path) == [] and len(unchecked(path)) == 13
    with pytest.raises(CommandError, match="rest on what the pack does not show") as refusal:
        call_command("verify_pack", str(path))
    assert refusal.value.returncode == 2


def test_files_that_are_lost_or_fail_are_named_and_the_rest_is_packed(cycle, tmp_path):
    asked = {"cycle": cycle, "format": "csv", "language": "en", "by": None, "send": False}
    kept, lost, failing, deleted = (request_output(kind="sdg-table", **asked) for _ in range(4))
    for output in (kept, lost, deleted):
        jobs.execute(str(output.job_id))
    lost.refresh_from_db()
    Output.objects.filter(pk=lost.pk).update(sha256="0" * 64)
    Job.objects.filter(pk=failing.job_id).update(inputs={"kind": "sdg-table", "language": "en"})
    inputs = output_inputs(cycle, kind="evidence-pack", format="zip", language="en")
    deleted.refresh_from_db()
    remove_output(output=deleted, by=None)
    path = tmp_path / "pack.zip"
    path.write_bytes(build_output(inputs))
    manifest = json.loads(contents(path)["manifest.json"])
    names = [f"outputs/{each}-sdg-table-en.csv" for each in (kept.pk, lost.pk, failing.pk, inputs["outputs"][3]["pk"])]
    assert [row["file"] for row in manifest["files"] if "outputs/" in row["file"]] == names[:1]
    assert manifest["left_out"] == dict(
        zip(names[1:], (NO_FILE[why] for why in ("lost", "failed", "gone")), strict=True)
    )
    assert verify(path) == [] and f"Files left out: {names[1]} (made, and no longer in the storage)" in held(path)


def test_decisions_of_the_committee_are_in_the_pack(cycle, tmp_path):
    assert "decisions.csv" not in contents(packed(cycle, tmp_path))
    run = cycle.runs.get()
    issue = run.scores.select_related("issue").order_by("issue__code").first().issue
    Decision.objects.create(run=run, issue=issue, tier="high", reason="The board asks for it.")
    (row,) = csv.DictReader(io.StringIO(contents(packed(cycle, tmp_path))["decisions.csv"].decode("utf-8-sig")))
    assert (row["issue"], row["tier"], row["reason"]) == (issue.code, "high", "The board asks for it.")


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
    assert (done.returncode, done.stdout) == (0, f"{said} Consultants Ltd. {NOT_HERE}\n")
    call_command("verify_pack", str(reported))
    assert capsys.readouterr().out == done.stdout


def test_changed_figure_is_found(reported):
    changed(reported, "figures.csv", b",40,50.0,", b",40,55.0,")
    assert any("the score is not that of the reported figure" in problem for problem in verify(reported))


def test_other_file_is_said_to_be_none(tmp_path):
    (tmp_path / "x.zip").write_text("nothing")
    assert "this is no evidence pack" in verify(tmp_path / "x.zip")[0]
