"""The commands that people script: they do it, or fail with one clear line."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from materiality.models import Cycle, Job
from reports.models import Output, Section
from tests.factories.reports import OUTLINE, make_cycle, make_run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


def run(*arguments, **options) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command(*map(str, arguments), stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def test_import_outline_replaces_the_outline(library):
    cycle = make_cycle("year")
    assert run("import_outline", "year", OUTLINE)[0] == "The outline now has 24 rows.\n"
    assert cycle.sections.count() == 24


def test_import_outline_lists_everything_and_stores_nothing(library, tmp_path):
    make_cycle("year")
    file = tmp_path / "outline.csv"
    file.write_text("order,chapter,issues,disclosures\n1,a,SOC-03-99,102-99\n", "utf-8")
    err = io.StringIO()
    told = tmp_path / "readings.json"
    with pytest.raises(CommandError, match="2 problems; nothing was stored"):
        call_command("import_outline", "year", file, "--json", told, stderr=err)
    assert [each["state"] for each in json.loads(told.read_text())["readings"]].count("doubtful") == 1
    assert [line.split(":")[:2] for line in err.getvalue().splitlines()] == [["C2", " issues"], ["D2", " disclosures"]]
    assert Section.objects.count() == 0


def test_import_outline_holds_back_what_it_cannot_read(library, tmp_path):
    cycle = make_cycle("year", gri_edition="2021")
    file = tmp_path / "outline.csv"
    file.write_text("order,chapter,disclosures\n1,a,2-1;GRI 302;102-1;EN3\n", "utf-8")
    out, err = run("import_outline", "year", file, "--hold-back", "--dry-run", "--json", tmp_path / "readings.json")
    assert cycle.sections.count() == 0 and "nothing is stored" in out and len(err.splitlines()) == 2
    run("import_outline", "year", file, "--hold-back")
    assert list(cycle.sections.get().entries) == [
        {"identity": "2-1@2021"}, {"standard": "302@2016"}, {"text": "102-1"}, {"text": "EN3"},
    ]  # fmt: skip


def test_import_outline_of_another_edition_goes_by_the_option(library):
    make_cycle("year", gri_edition="2021")
    with pytest.raises(CommandError):
        run("import_outline", "year", OUTLINE)
    run("import_outline", "year", OUTLINE, "--edition", "2016")
    assert Cycle.objects.get(code="year").gri_edition == "2016" and Section.objects.count() == 24


@pytest.mark.parametrize("arguments", [("none", OUTLINE), ("year", "no-such-file.csv")])
def test_import_outline_of_nothing_fails_with_one_line(library, arguments):
    make_cycle("year")
    with pytest.raises(CommandError, match="^There is no [^\n]*$"):
        run("import_outline", *arguments)


@pytest.mark.parametrize(
    ("kind", "format", "start"),
    [
        ("matrix", "svg", b"<svg"),
        ("matrix", "png", b"\x89PNG"),
        ("matrix", "pdf", b"%PDF"),
        ("gri-index", "xlsx", b"PK"),
        ("gri-index", "docx", b"PK"),
        ("gri-index", "pdf", b"%PDF"),
        ("gri-index", "html", b"<!doctype html>"),
        ("gri-index", "csv", "\ufefforder".encode()),
        ("workbook", "xlsx", b"PK"),
    ],
)
def test_build_output_writes_the_file_without_any_job(cycle, tmp_path, kind, format, start):
    out = tmp_path / "file"
    run("build_output", "demo", kind, "--format", format, "--language", "en", "--out", out)
    assert out.read_bytes().startswith(start) and Job.objects.count() == 0


def test_build_output_takes_level_and_run(cycle, tmp_path):
    make_run(cycle, seed=2)
    made = []
    for options in ((), ("--level", "primary"), ("--run", "1"), ("--option", "weighting=pooled")):
        out = tmp_path / "matrix.svg"
        asked = (
            "--format",
            "svg",
            "--language",
            "en",
            "--out",
            out,
            "--option",
            "run_number=yes",
            "notes=no",
            *options,
        )
        run("build_output", "demo", "matrix", *asked)
        made.append(out.read_text())
    assert len(set(made)) == 4 and ["run 1" in svg for svg in made] == [False, False, True, False]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cycle": "none"}, "There is no cycle"),
        ({"format": "gif"}, "gif"),
        ({"run": "7"}, "no run 7"),
        ({"out": "/no/such/folder/x.svg"}, "cannot be read or written"),
    ],
)
def test_build_output_that_cannot_be_fails_with_one_line(cycle, tmp_path, change, message):
    wanted = {"cycle": "demo", "format": "svg", "run": "1", "out": str(tmp_path / "x.svg")} | change
    with pytest.raises(CommandError, match=f"^[^\n]*{message}[^\n]*$"):
        run(
            "build_output", wanted["cycle"], "matrix", "--format", wanted["format"], "--language", "en",
            "--out", wanted["out"], "--run", wanted["run"],
        )  # fmt: skip


def test_make_demo_completes_what_is_missing_and_then_leaves_it_as_it_is(library, media, django_assert_num_queries):
    cycle = make_cycle("demo")
    make_run(cycle)
    run("make_demo")
    assert cycle.runs.count() == 1 and cycle.sections.count() == 24
    assert sorted(Output.objects.values_list("kind", "format", "language")) == [
        (kind, format, language)
        for kind, formats in (("gri-index", ("xlsx",)), ("matrix", ("pdf", "png", "svg")), ("workbook", ("xlsx",)))
        for format in formats
        for language in ("en", "zh-hans")
    ]
    assert set(Job.objects.values_list("state", "attempt")) == {("done", 1)}
    cycle.sections.filter(order__gt=1).delete()
    with django_assert_num_queries(1):
        run("make_demo")
    assert cycle.sections.count() == 1


def test_build_all_writes_what_can_be_made_and_says_what_cannot(cycle, tmp_path):
    said, refused = io.StringIO(), io.StringIO()
    call_command("build_all", "demo", language=["en"], out=tmp_path / "all", stdout=said, stderr=refused)
    number = len(list((tmp_path / "all").iterdir()))
    assert said.getvalue() == f"{number} files written\n" and number > 30
    assert refused.getvalue().splitlines()[0].startswith("stakeholder-table: No group has")
    assert (tmp_path / "all" / "2026 annual assessment - SDG table - run 1.pdf").read_bytes().startswith(b"%PDF")


def test_build_all_of_nothing_is_an_error(library, media, tmp_path):
    make_cycle("demo")
    with pytest.raises(CommandError, match="Nothing could be created"):
        call_command("build_all", "demo", language=["en"], out=tmp_path / "all", stderr=io.StringIO())
