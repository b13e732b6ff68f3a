"""A stored file can be taken back; ratings beside the plan; surveys answered elsewhere; runs that are behind."""

import json
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from materiality.models import AuditEvent, Cycle
from materiality.platform import jobs
from materiality.platform.refusals import NotAllowed
from materiality.queries.cycles import run_behind
from materiality.queries.verification import part_findings
from materiality.scoring.cube import NOT_ASKED
from surveys.actions.imports import confirm_import, restore_import, withdraw_import
from surveys.actions.plans import widen_plans
from surveys.actions.responses import overrule_responses
from surveys.actions.surveys import set_up_elsewhere
from surveys.exports.exporting import export_csv, header_of
from surveys.models import Response, ResponseImport, Survey, WithdrawnResponses
from surveys.queries.responses import ResponseFilter
from surveys.questionnaire.asking import Plan
from surveys.questionnaire.ratings import OUTSIDE
from surveys.questionnaire.screening import FLAG_BIT
from surveys.responses.counting import counted_cube
from surveys.responses.reading import outside_answer
from tests.factories.responses import check_file, csv_file, flags_by_token, on_disk, row, store_file
from tests.factories.scores import make_run
from tests.factories.surveys import make_open_survey, make_survey

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def rows_of(survey: Survey) -> list[tuple]:
    names = ("id", "token", "ratings", "flags", "comment", "submitted_at", "overruled", "source")
    return [
        (*values[:2], bytes(values[2]), *values[3:]) for values in survey.responses.order_by("id").values_list(*names)
    ]


def test_withdrawn_file_counts_nowhere_and_comes_back_as_it_was(survey):
    store_file(survey, csv_file(survey, row(survey, token="kept"), row(survey, token="twice")))
    imported = store_file(survey, csv_file(survey, row(survey, 5, token="b", comment="好"), row(survey, token="c")))
    before = rows_of(survey)
    withdrawn = withdraw_import(imported=imported, reason="Wrong wave", by=None)
    assert (withdrawn.state, withdrawn.withdrawn_reason) == (ResponseImport.State.WITHDRAWN, "Wrong wave")
    assert {token for _pk, token, *_rest in rows_of(survey)} == {"kept", "twice"}
    restore_import(imported=withdrawn, by=None)
    assert rows_of(survey) == before
    events = list(AuditEvent.objects.order_by("number").values_list("action", "reason"))
    assert events[-2:] == [("withdraw_import", "Wrong wave"), ("restore_import", "")]


def test_responses_of_a_withdrawn_file_that_somebody_changes_are_named(survey):
    imported = store_file(survey, csv_file(survey, row(survey, token="a")))
    withdraw_import(imported=imported, reason="x", by=None)
    assert list(part_findings()) == []
    WithdrawnResponses.objects.update(rows=b"x")
    assert [found.params["object_type"] for found in part_findings()] == ["surveys.withdrawnresponses"]


def test_duplicate_of_a_withdrawn_response_counts_again(survey):
    first = store_file(survey, csv_file(survey, row(survey, token="a", submitted_at="2026-01-02 10:00")))
    store_file(survey, csv_file(survey, row(survey, token="a", submitted_at="2026-01-03 10:00")))
    assert sorted(flags_by_token(survey).values()) != [0]
    withdraw_import(imported=first, reason="x", by=None)
    assert not any(response.flags & 64 for response in survey.responses.all()) or survey.responses.count() == 1
    restore_import(imported=ResponseImport.objects.get(pk=first.pk), by=None)
    assert survey.responses.count() == 2


@pytest.mark.parametrize(("state", "reason"), [("checked", "x"), ("stored", " ")])
def test_withdrawal_is_refused(survey, state, reason):
    contents = csv_file(survey, row(survey))
    imported = store_file(survey, contents) if state == "stored" else check_file(survey, contents)
    with pytest.raises(NotAllowed):
        withdraw_import(imported=imported, reason=reason, by=None)
    with pytest.raises(NotAllowed):
        restore_import(imported=imported, by=None)


def test_file_of_an_anonymous_survey_cannot_be_withdrawn():
    survey = make_open_survey(anonymous=True)
    imported = store_file(survey, csv_file(survey, row(survey)))
    with pytest.raises(NotAllowed, match="anonymous"):
        withdraw_import(imported=imported, reason="x", by=None)


def planned() -> Survey:
    return make_open_survey(plans={"users": Plan(business=False)})


def test_ratings_outside_the_plan_must_be_answered_before_they_are_stored():
    survey = planned()
    imported = check_file(survey, csv_file(survey, row(survey, 4, 2, 5, 1), row(survey, 1, 3, group="employees")))
    (doubt,) = imported.summary["balance"]["doubts"]
    assert (doubt["code"], doubt["params"]["number"]) == ("outside_plan", "17")
    with pytest.raises(NotAllowed, match="not asked"):
        confirm_import(imported=imported, by=None, send=False)
    assert Response.objects.count() == 0


@pytest.mark.parametrize(("answer", "kept"), [("drop", [NOT_ASKED, NOT_ASKED]), ("keep", [OUTSIDE + 2, OUTSIDE + 1])])
def test_ratings_outside_the_plan_are_left_out_or_kept_and_counted_nowhere(answer, kept):
    survey = planned()
    path = on_disk(csv_file(survey, row(survey, 4, 2, 5, 1)))
    call_command("import_responses", survey.code, str(path), "--answer", f"outside_plan={answer}")
    ratings = list(bytes(survey.responses.get().ratings))
    assert (ratings[0], ratings[2], [ratings[1], ratings[3]]) == (4, 5, kept)
    cube = counted_cube(survey, [(group.pk, group.code) for group in survey.cycle.groups.all()])
    assert cube.counts[0, :, :, 1:].sum() == 0


def test_ratings_outside_the_plan_of_a_survey_answered_elsewhere_may_change_the_plan():
    plans = {"users": Plan(business=False), "employees": Plan(business=False)}
    dates = {"opens_at": datetime(2024, 3, 1, tzinfo=UTC), "closes_at": datetime(2024, 4, 1, tzinfo=UTC)}
    survey = make_survey(plans=plans, **dates)
    survey = set_up_elsewhere(survey=survey, by=None)
    path = on_disk(csv_file(survey, row(survey, 4, 2, 5, 1)))
    call_command("import_responses", survey.code, str(path), "--answer", "outside_plan=plan")
    assert list(bytes(survey.responses.get().ratings))[:4] == [4, 2, 5, 1]
    cube = counted_cube(survey, [(group.pk, group.code) for group in survey.cycle.groups.all()])
    assert cube.counts[0, :, 1, 1:].sum() > 0
    assert dict(survey.plans.values_list("group__code", "business")) == {"users": True, "employees": False}
    assert AuditEvent.objects.filter(action="widen_plans").count() == 1


def elsewhere() -> Survey:
    dates = {"opens_at": datetime(2024, 3, 1, tzinfo=UTC), "closes_at": datetime(2024, 4, 1, tzinfo=UTC)}
    return set_up_elsewhere(survey=make_survey(plans={"users": Plan(business=False)}, **dates), by=None)


def test_plan_changes_when_the_file_is_stored_and_not_before():
    survey = elsewhere()
    imported = check_file(survey, csv_file(survey, row(survey, 4, 2, 5, 1)))
    imported = confirm_import(imported=imported, answers={"said": {"outside_plan": "plan"}}, by=None, send=False)
    assert survey.plans.get().business is False, "its job may fail yet"
    assert jobs.execute(str(imported.job_id))
    assert survey.plans.get().business is True


def test_what_a_match_says_of_the_plan_holds_only_where_the_plan_may_change():
    for survey, answer in ((elsewhere(), "plan"), (planned(), "")):
        imported = check_file(survey, csv_file(survey, row(survey, 4)))
        assert outside_answer(imported, {"outside": "plan"}) == answer


def test_plan_of_a_survey_that_people_answered_here_does_not_follow_a_file():
    survey = planned()
    path = on_disk(csv_file(survey, row(survey, 4, 2, 5, 1)))
    with pytest.raises(CommandError, match="--answer"):
        call_command("import_responses", survey.code, str(path), "--answer", "outside_plan=plan")
    with pytest.raises(NotAllowed, match="elsewhere"):
        widen_plans(survey=survey, rated=[{"group": "users", "item": "x:business"}], by=None)


def test_ratings_kept_outside_the_plan_are_exported_and_read_back_without_a_doubt():
    survey = planned()
    path = on_disk(csv_file(survey, row(survey, 4, 2, 5, 1)))
    call_command("import_responses", survey.code, str(path), "--answer", "outside_plan=keep")
    exported = b"".join(export_csv(survey))
    assert b",4,~2,5,~1," in exported
    before = bytes(survey.responses.get().ratings)
    imported = store_file(survey, exported)
    assert imported.summary["balance"]["doubts"] == []
    assert {bytes(response.ratings) for response in survey.responses.all()} == {before}


def test_command_writes_the_balance_and_refuses_what_is_not_answered(tmp_path):
    survey = planned()
    path, told = on_disk(csv_file(survey, row(survey, 4, 2))), tmp_path / "balance.json"
    with pytest.raises(CommandError, match="--answer"):
        call_command("import_responses", survey.code, str(path), "--json", str(told))
    balance = json.loads(told.read_text())
    (doubt,) = balance["doubts"]
    assert (balance["state"], doubt["id"], doubt["row"]) == ("refused", "outside_plan", 2)
    assert doubt["choices"] == ["drop", "keep"]
    assert {each["group"] for each in balance["outside_plan"]} == {"users"}
    assert sum(each["n"] for each in balance["outside_plan"]) == 17
    assert [each["column"] for each in balance["items"][:2]] == ["I", "J"]
    assert (balance["rows"]["read"], balance["rows"]["submitted"], balance["rows"]["left_out"]) == (1, 1, [])


def test_responses_are_decided_in_bulk_by_the_filter(survey):
    store_file(survey, csv_file(survey, row(survey, token="a"), row(survey, token="b", group="employees")))
    wanted = ResponseFilter(group="employees")
    assert overrule_responses(survey=survey, wanted=wanted, overruled=2, reason="Staff test", by=None) == 1
    assert list(survey.responses.order_by("token").values_list("overruled", "overruled_reason")) == [
        (0, ""),
        (2, "Staff test"),
    ]
    with pytest.raises(NotAllowed, match="already"):
        overrule_responses(survey=survey, wanted=wanted, overruled=2, reason="Staff test", by=None)
    with pytest.raises(NotAllowed, match="reason"):
        overrule_responses(survey=survey, wanted=wanted, overruled=0, reason=" ", by=None)


def test_survey_answered_elsewhere_has_true_dates_and_no_address(client):
    opens, closes = datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 4, 30, tzinfo=UTC)
    draft = make_survey(opens_at=opens, closes_at=closes)
    survey = set_up_elsewhere(survey=draft, by=None)
    assert (survey.state, survey.opened_at, survey.closed_at) == (Survey.State.CLOSED, opens, closes)
    assert client.get(f"/s/{survey.code}/").status_code == 404
    store_file(survey, csv_file(survey, row(survey, submitted_at="2024-03-02 10:00")))
    assert survey.responses.get().flags == 0


@pytest.mark.parametrize("dates", [{}, {"opens_at": datetime(2024, 3, 1, tzinfo=UTC)}])
def test_survey_answered_elsewhere_needs_its_dates(dates):
    with pytest.raises(NotAllowed, match="from when to when"):
        set_up_elsewhere(survey=make_survey(**dates), by=None)


def test_run_says_that_responses_came_after_it(survey):
    assert run_behind(survey.cycle) is None
    run = make_run(survey.cycle)
    store_file(survey, csv_file(survey, row(survey, token="a")))
    behind = run_behind(type(survey.cycle).objects.get(pk=survey.cycle_id))
    assert (behind.number, behind.valid, behind.came) == (run.number, 1, 1 - run.responses["valid"])


def test_run_says_that_a_file_was_taken_back_for_another_of_as_many_rows(survey):
    first = store_file(survey, csv_file(survey, row(survey, 5, token="a"), row(survey, 4, token="b")))
    call_command("score", survey.cycle.code)
    assert run_behind(Cycle.objects.get(pk=survey.cycle_id)) is None
    withdraw_import(imported=first, reason="Wrong wave", by=None)
    store_file(survey, csv_file(survey, row(survey, 1, token="a"), row(survey, 1, token="b")))
    behind = run_behind(Cycle.objects.get(pk=survey.cycle_id))
    assert (behind.came, behind.words) == (
        0,
        "Responses came or changed after run 1, though as many are valid as it counted.",
    )
    call_command("score", survey.cycle.code)
    assert run_behind(Cycle.objects.get(pk=survey.cycle_id)) is None


@pytest.mark.parametrize(("answer", "stored"), [("accept", [False, False, True, True]), ("leave", [False] * 4)])
def test_numbers_of_rows_are_the_same_people_or_nobody(survey, answer, stored):
    header = ["序号" if name == "token" else name for name in header_of(survey)]
    first, second = (
        on_disk(csv_file(survey, row(survey, n, token="1"), row(survey, n + 1, 5, token="2"), header=header))
        for n in (1, 3)
    )
    call_command("import_responses", survey.code, str(first), "--match", "auto")
    with pytest.raises(CommandError, match="--answer"):
        call_command("import_responses", survey.code, str(second), "--match", "auto")
    call_command("import_responses", survey.code, str(second), "--match", "auto", "--answer", f"row_numbers={answer}")
    assert [bool(response.flags & FLAG_BIT["duplicate"]) for response in survey.responses.order_by("id")] == stored
    assert survey.responses.exclude(token="").count() == (4 if answer == "accept" else 2)
