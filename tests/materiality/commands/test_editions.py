"""`publish_edition` and `compare_editions`."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from materiality.actions.drafts import change_issue, merge_issues, move_issue
from materiality.models import Edition
from tests.factories.drafts import of, texts
from tests.factories.library import make_edition

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def draft(draft):
    issue = of(draft, "SOC-01-04")
    change_issue(issue=issue, texts=texts(issue, name_zh="隐私"), by=None, change="renamed", reason="Shorter")
    merge_issues(into=of(draft, "SOC-01-01"), others=[of(draft, "SOC-01-02")], by=None, reason="One thing")
    move_issue(issue=of(draft, "SOC-01-03"), primary=of(draft, "ENV-01"), by=None, reason="Wrong place")
    return draft


def test_publish_edition_puts_it_in_force(draft, capsys):
    call_command("publish_edition", draft.code)
    assert capsys.readouterr().out == f"{draft.title} is in force.\n"
    assert Edition.objects.get(state="published") == draft


def test_publish_edition_needs_an_acknowledgement_of_what_is_missing(draft, capsys):
    issue = of(draft, "SOC-01-04")
    change_issue(issue=issue, texts=texts(issue, name_en=""), by=None)
    with pytest.raises(CommandError, match="--acknowledge"):
        call_command("publish_edition", draft.code)
    assert capsys.readouterr().err == "1 issue lacks a translation.\n"
    call_command("publish_edition", draft.code, "--acknowledge", "Follows")
    assert Edition.objects.get(state="published") == draft


@pytest.mark.parametrize("which", ["none", "published"])
def test_publish_edition_refuses_what_is_no_draft(draft, which):
    with pytest.raises(CommandError):
        call_command("publish_edition", draft.based_on.code if which == "published" else "no-such")


def test_compare_editions_names_what_differs(draft, capsys):
    call_command("compare_editions", draft.code, draft.based_on.code)
    assert capsys.readouterr().out.splitlines() == [
        f"{draft.based_on.title} → {draft.title}",
        "ENV-01-05 Issue SOC-01-03: moved (SOC-01-03)",
        "SOC-01-01 Issue SOC-01-01: merged (SOC-01-01, SOC-01-02)",
        "SOC-01-04 Issue SOC-01-04: renamed",
        "6 issues are unchanged.",
    ]


def test_compare_editions_writes_all_of_it_as_json(draft, tmp_path):
    path = tmp_path / "difference.json"
    call_command("compare_editions", draft.based_on.code, draft.code, "--json", str(path))
    held = json.loads(path.read_text("utf-8"))
    assert (held["matched_by"], held["unchanged"], held["counts"]) == (
        "lineage",
        6,
        {"merged": 1, "moved": 1, "renamed": 1},
    )
    moved, merged, renamed = held["issues"]
    assert (moved["ancestors"], moved["reason"]) == ([{"code": "SOC-01-03", "weight": 1.0}], "Wrong place")
    assert merged["ancestors"] == [{"code": "SOC-01-01", "weight": 0.5}, {"code": "SOC-01-02", "weight": 0.5}]
    for which, text in (("added", "议题 SOC-01-04"), ("removed", "隐私")):
        assert "".join(part for kind, part in renamed["texts"]["name_zh"] if kind != which) == text


def test_compare_editions_that_are_strangers_go_by_codes(draft, capsys):
    stranger = make_edition("stranger", Edition.State.DRAFT)
    call_command("compare_editions", draft.code, stranger.code)
    out = capsys.readouterr().out
    assert "matched by their codes" in out and "SOC-01-01 Issue SOC-01-01: retired" in out


def test_compare_editions_refuses_an_unknown_one(draft):
    with pytest.raises(CommandError, match="no-such"):
        call_command("compare_editions", draft.code, "no-such")
