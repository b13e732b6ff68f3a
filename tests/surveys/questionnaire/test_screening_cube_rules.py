"""What a run says about screening: the flags it counted and the rules it counted by."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from materiality.models import AuditEvent
from surveys.models import Response, RuleSet
from surveys.questionnaire.screening import FLAG_BIT, FLAGS, Rules
from surveys.responses.counting import count_cycle
from tests.factories.responses import make_response
from tests.factories.screening import CLOSES, OPENS, flags_by_loop, make_varied_responses, names_of
from tests.factories.surveys import make_survey

pytestmark = pytest.mark.django_db
SIX = [flag for flag in FLAGS if flag != "attention"]


def with_rules(survey, **effects):
    survey.rules = Rules({**Rules().effects, **effects}).to_json()
    survey.save()
    return survey


def test_count_without_an_attention_question_names_six_flags():
    survey = make_survey()
    make_response(survey, flags=FLAG_BIT["speeding"])
    found = count_cycle(survey.cycle).responses
    assert found["flags"] == {**dict.fromkeys(SIX, 0), "speeding": 1}
    assert found["screening"] == [{"survey": survey.code, "version": 1, "rules": Rules().to_json()}]


@pytest.mark.parametrize(("effect", "counted", "valid"), [("off", 0, 2), ("mark", 1, 2), ("reject", 1, 1)])
def test_count_with_an_attention_question(effect, counted, valid):
    survey = with_rules(make_survey(anonymous=True), attention=effect)
    survey.attention, survey.rules_version = True, 3
    survey.save()
    make_response(survey, flags=FLAG_BIT["attention"])
    make_response(survey)
    found = count_cycle(survey.cycle).responses
    assert list(found["flags"]) == list(FLAGS)
    assert (found["flags"]["attention"], found["valid"]) == (counted, valid)
    assert found["screening"][0]["version"] == 3


def test_count_of_a_split_survey_keeps_straight_lines():
    survey = make_survey()
    make_response(survey, flags=FLAG_BIT["straight_line"])
    assert count_cycle(survey.cycle).responses["valid"] == 0
    survey.split = True
    survey.save()
    found = count_cycle(survey.cycle).responses
    assert (found["valid"], found["flags"]["straight_line"]) == (1, 1)
    assert found["screening"][0]["rules"]["straight_line"]["effect"] == "mark"


def screen(survey, *options):
    out = StringIO()
    call_command("screen", getattr(survey, "code", survey), *options, stdout=out)
    return out.getvalue().splitlines()


@pytest.fixture
def survey():
    survey = make_survey(opens_at=OPENS, closes_at=CLOSES)
    make_varied_responses(survey, 90)
    return survey


def table(lines):
    """{first column: the others} of the lines with tabs."""
    return {line.split("\t")[0]: line.split("\t")[1:] for line in lines if "\t" in line}


def test_screen_sets_flags_by_the_rules_in_force_and_prints_counts(survey):
    lines = screen(survey)
    expected = flags_by_loop(survey, Rules())
    assert {pk: names_of(flags) for pk, flags in survey.responses.values_list("id", "flags")} == expected
    found = table(lines)
    groups = found.pop("flag")[1:]
    for flag in ("incomplete", "speeding", "duplicate"):
        rows = [row for row in survey.responses.select_related("group") if not row.unfinished]
        numbers = [sum(row.group.code == code and flag in expected[row.pk] for row in rows) for code in groups]
        assert list(map(int, found[flag])) == [sum(numbers), *numbers]
    assert "attention" not in found
    assert lines[-1] == f"{sum(map(bool, expected.values()))} responses carry other flags than before"


def test_screen_dry_run_stores_nothing(survey):
    before = list(Response.objects.order_by("id").values_list())
    lines = screen(survey, "--dry-run", "--rule", "speeding=mark:0.5", "--rule", "straight_line=reject:90:10")
    assert list(Response.objects.order_by("id").values_list()) == before
    assert (AuditEvent.objects.count(), RuleSet.objects.count()) == (1, 0), "one event: the survey was made"
    assert "nothing was stored" in lines[-1]
    assert {"valid before", "valid after", "would go", "would come back"} < set(table(lines))


def test_screen_with_a_rule_changes_the_rules(survey):
    lines = screen(survey, "--rule", "speeding=mark:0.5", "--reason", "Short questions")
    survey.refresh_from_db()
    assert survey.rules["speeding"] == {"effect": "mark", "seconds": 0.5}
    assert lines[0] == "version 2 of the rules is in force"
    assert list(survey.rule_sets.values_list("reason", flat=True)) == ["", "Short questions"]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("lazy=mark", "incomplete, straight_line, speeding, duplicate, out_of_window, no_consent"),
        ("attention=mark", "no rule"),
        ("speeding", "reject, mark, off"),
        ("speeding=drop", "reject, mark, off"),
        ("off_pattern=reject", "one of mark, off"),
        ("speeding=mark:slow", "seconds from 0.1 to 5.0"),
        ("speeding=mark:9", "seconds from 0.1 to 5.0"),
        ("speeding=mark:nan", "seconds from 0.1 to 5.0"),
        ("duplicate=mark:1", "too many parameters"),
        ("incomplete=mark:50.5", "percent from 1 to 100"),
    ],
)
def test_screen_says_what_a_rule_can_be(survey, rule, said):
    with pytest.raises(CommandError, match=said):
        screen(survey, "--dry-run", "--rule", rule)


def test_screen_of_an_unknown_survey_names_those_there_are(survey):
    with pytest.raises(CommandError, match=survey.code):
        screen("nowhere")
