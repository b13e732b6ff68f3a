"""The path by command, on SQLite and on PostgreSQL: demo, export, import elsewhere, score; checked by plain loops."""

import json

import pytest

from tests.services.reference_scores import reference

pytestmark = pytest.mark.services


def test_path_by_command_agrees_with_plain_loops(installation, default_library, tmp_path):
    installation.manage("load_demo", "--responses", "700")
    exported, numbers = tmp_path / "responses.csv", tmp_path / "scores.json"
    installation.manage("export_responses", "demo", str(exported))
    installation.manage("score", "demo", "--json", str(numbers), "--all-cells")
    found, expected = json.loads(numbers.read_text("utf-8")), reference(exported)

    counts = found["responses"]
    assert {name: counts[name] for name in ("total", "unfinished", "submitted", "valid")} == {
        name: expected["responses"][name] for name in ("total", "unfinished", "submitted", "valid")
    }
    assert counts["flags"] == {flag: expected["responses"]["flags"][flag] for flag in counts["flags"]}
    # The two rules that only mark look for what the demo does not hold: few items asked, and answers at random.
    planted = {
        flag: number for flag, number in counts["flags"].items() if flag not in ("straight_short", "off_pattern")
    }
    assert min(planted.values()) > 0, "the demo has something for every rule that can reject"
    assert len(found["issues"]) == 93 and len(found["primary_issues"]) == 23
    for issue in found["issues"]:
        for dimension in ("society", "business"):
            assert issue[dimension] == pytest.approx(expected["scores"][issue["code"]][dimension], abs=1e-9)
            assert issue[f"var_{dimension}"] == pytest.approx(expected["variances"][issue["code"]][dimension], abs=1e-9)
            for group, cells in issue["groups"].items():
                assert cells[dimension]["n"] == expected["n"].get((group, issue["code"], dimension), 0)
    ranks = sorted(issue["rank"] for issue in found["issues"])
    assert ranks == list(range(1, 94))
    tiers = [issue["tier"] for issue in found["issues"]]
    assert (tiers.count("high"), tiers.count("medium"), tiers.count("low")) == (28, 37, 28)


def test_export_and_import_elsewhere_give_the_same_scores(installation, default_library, tmp_path):
    installation.manage("load_demo", "--responses", "300")
    for suffix in ("csv", "xlsx"):
        installation.manage("export_responses", "demo", str(tmp_path / f"r.{suffix}"))
    installation.manage("score", "demo", "--json", str(tmp_path / "first.json"))
    installation.python(
        "from surveys.models import Response; print(Response.objects.all().delete()[0])"
    )  # fmt: skip
    for suffix in ("csv", "xlsx"):
        dry = installation.manage("import_responses", "demo", str(tmp_path / f"r.{suffix}"), "--dry-run")
        assert "300 rows" in dry.stdout
        assert installation.python("from surveys.models import Response; print(Response.objects.count())") == 0
        installation.manage("import_responses", "demo", str(tmp_path / f"r.{suffix}"))
        installation.manage("score", "demo", "--json", str(tmp_path / f"{suffix}.json"))
        installation.python("from surveys.models import Response; print(Response.objects.all().delete()[0])")
    first, *others = (json.loads((tmp_path / f"{name}.json").read_text("utf-8")) for name in ("first", "csv", "xlsx"))
    for other in others:
        assert {**other, "run": first["run"]} == first


def test_bad_file_stores_nothing_and_names_every_cell(installation, default_library, tmp_path):
    installation.manage("load_demo", "--responses", "0")
    bad = tmp_path / "bad.csv"
    bad.write_text(
        "group,SOC-03-01:society,SOC-03-01:business\nusers,5,6\nmartians,4,4\nusers,four,1\nusers,1,1\n", "utf-8"
    )
    refused = installation.manage("import_responses", "demo", str(bad), check=False)
    assert refused.returncode != 0 and len(refused.stderr.strip().splitlines()) == 1
    for named in ("row 2", "row 3", "row 4", "SOC-03-01:business", "martians", "four"):
        assert named in refused.stdout
    assert installation.python("from surveys.models import Response; print(Response.objects.count())") == 0
    installation.manage("import_responses", "demo", str(bad), "--skip-bad-rows")
    assert installation.python("from surveys.models import Response; print(Response.objects.count())") == 1
    unknown = installation.manage("score", "nowhere", check=False)
    assert unknown.returncode != 0 and len(unknown.stderr.strip().splitlines()) == 1
