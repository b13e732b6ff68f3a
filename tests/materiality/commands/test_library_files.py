"""Libraries in and out by command."""

import io
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from materiality.models import Edition
from tests.factories.sheets import csv_file, draft_of_small_library

pytestmark = pytest.mark.django_db

ROW = {"code": "SOC-01-01", "name_zh": "改名", "name_en": "Renamed"}


def run(*arguments: str) -> tuple[str, str]:
    """(output, errors); a CommandError's text stands at the end of the errors."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(*arguments, stdout=out, stderr=err)
    except CommandError as error:
        err.write(str(error))
    return out.getvalue(), err.getvalue()


def kept_files() -> list[str]:
    folder = Path(default_storage.path("sheets"))
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def draft() -> Edition:
    return draft_of_small_library()


def test_import_library_stores_into_the_draft(draft, tmp_path):
    file = tmp_path / "library.csv"
    file.write_bytes(csv_file([ROW]))
    out, err = run("import_library", str(file), "--reason", "Review")
    assert (err, "SOC-01-01 name_en: Issue SOC-01-01 → Renamed" in out) == ("", True)
    assert draft.issues.get(code="SOC-01-01").name_en == "Renamed"
    assert draft.lineage.get(target__code="SOC-01-01").reason == "Review"


def test_import_library_dry_run_tells_and_stores_nothing(draft, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    file = tmp_path / "library.csv"
    file.write_bytes(csv_file([ROW]))
    out, _err = run("import_library", str(file), "--dry-run")
    assert "SOC-01-01 name_en: Issue SOC-01-01 → Renamed" in out
    assert draft.issues.get(code="SOC-01-01").name_en == "Issue SOC-01-01"
    assert not draft.sheet_imports.exists()
    file.write_bytes(csv_file([{**ROW, "status": "gone"}]))
    run("import_library", str(file))
    assert kept_files() == []
    file.write_bytes(csv_file([ROW]))
    run("import_library", str(file), "--reason", "Review")
    stored = kept_files()
    run("import_library", str(file), "--dry-run")  # the same file, which an import has
    assert kept_files() == stored != []


THREE = [
    {"code": "EE", "category": "people", "parent_code": "", "name_ko": "인력"},
    {"code": "EE-1", "category": "people", "parent_code": "EE", "name_ko": "근로 조건"},
    {"code": "EE-1-1", "category": "people", "parent_code": "EE-1", "name_ko": "고용 안정"},
]


def test_import_library_begins_the_library_of_a_new_installation(tmp_path):
    file = tmp_path / "library.csv"
    file.write_bytes(csv_file(THREE))
    out, _err = run("import_library", str(file), "--dry-run")
    assert "新增 3 行" in out and not Edition.objects.exists()
    out, err = run("import_library", str(file))
    draft = Edition.objects.get()
    assert (draft.state, draft.languages, draft.issues.count()) == ("draft", ["ko"], 3)
    assert err.count("“people”") == 1


def test_load_library_says_levels_and_new_categories(tmp_path):
    file = tmp_path / "library.csv"
    file.write_bytes(csv_file(THREE))
    out, _err = run("load_library", str(file))
    assert "1 个一级议题、1 个二级议题、1 个三级议题" in out
    assert "People (people)" in out


def test_import_library_tells_every_error_and_fails(draft, tmp_path):
    file = tmp_path / "library.csv"
    file.write_bytes(csv_file([{**ROW, "status": "gone"}, {"code": "SOC-01-02", "status": "lost"}]))
    _out, err = run("import_library", str(file))
    assert "gone" in err and "lost" in err
    assert draft.issues.get(code="SOC-01-01").name_en == "Issue SOC-01-01"


def test_import_library_names_the_column_that_an_unknown_one_resembles(draft, tmp_path):
    file = tmp_path / "library.csv"
    file.write_bytes(csv_file([{"code": "SOC-01-01", "name_enn": "x"}]))
    _out, err = run("import_library", str(file))
    assert "name_enn" in err and "name_en" in err.replace("name_enn", "")


def test_import_library_of_a_file_that_is_not_there_fails(draft, tmp_path):
    assert "nowhere.csv" in run("import_library", str(tmp_path / "nowhere.csv"))[1]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_export_library_is_taken_back_without_a_change(draft, tmp_path, suffix):
    file = tmp_path / f"library.{suffix}"
    run("export_library", str(file), "--edition", draft.code)
    out, err = run("import_library", str(file))
    assert (err, "10" in out) == ("", True)
    assert not draft.sheet_imports.exists()


def test_export_library_of_an_unknown_edition_names_those_there_are(draft, tmp_path):
    _out, err = run("export_library", str(tmp_path / "x.csv"), "--edition", "1999")
    assert draft.code in err


def test_export_library_takes_csv_and_xlsx_only(draft, tmp_path):
    _out, err = run("export_library", str(tmp_path / "x.ods"))
    assert ".xlsx" in err
