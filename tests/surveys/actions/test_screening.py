"""Changing the rules of a survey: every stored response screened anew, versions, refusals."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from materiality.models import AuditEvent, Run
from materiality.platform.refusals import NotAllowed
from surveys.actions.responses import release_responses
from surveys.actions.screening import change_rules, screen_survey
from surveys.models import FieldworkFigures, Response
from surveys.questionnaire.ratings import first_id_at
from surveys.questionnaire.screening import FLAG_BIT, NOT_RECOMPUTABLE, Rules
from surveys.respond.answers import finish
from tests.factories.people import make_person
from tests.factories.responses import make_response
from tests.factories.screening import CLOSES, OPENS, flags_by_loop, make_varied_responses, names_of
from tests.factories.surveys import make_draft, make_open_survey, make_survey

pytestmark = pytest.mark.django_db
EFFECTS = Rules().effects
STRICT = Rules({**EFFECTS, "attention": "reject", "duplicate": "mark"}, 80, 60, 10, 2.0)
LOOSE = Rules({**dict.fromkeys(EFFECTS, "off"), "speeding": "reject"}, speeding_seconds=0.5)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def survey_with_responses(number=120, **values):
    survey = make_survey(opens_at=OPENS, closes_at=CLOSES, **values)
    survey.attention, survey.attention_value = True, 2
    survey.save()
    make_varied_responses(survey, number)
    return survey


def stored_flags(survey):
    return {pk: names_of(flags) for pk, flags in survey.responses.values_list("id", "flags")}


@pytest.mark.parametrize("rules", [STRICT, LOOSE])
def test_change_rules_screens_every_response_as_a_plain_loop_does(rules, monkeypatch):
    monkeypatch.setattr("surveys.responses.screening.CHUNK", 37)
    survey = survey_with_responses()
    screen_survey(survey=survey, by=None)
    before = stored_flags(survey)
    assert before == flags_by_loop(survey, Rules())
    change_rules(survey=survey, rules=rules, reason="", by=None)
    assert stored_flags(survey) == flags_by_loop(survey, rules) != before
    moved = sum(flags != before[pk] for pk, flags in stored_flags(survey).items())
    assert AuditEvent.objects.get(action="change_rules").after["flags_moved"] == moved > 0
    assert screen_survey(survey=survey, by=None) == 0


def test_change_rules_deletes_nothing_and_touches_nothing_but_flags():
    survey = survey_with_responses(40)
    names = [field.attname for field in Response._meta.concrete_fields if field.name != "flags"]
    before = list(survey.responses.order_by("id").values_list(*names))
    change_rules(survey=survey, rules=STRICT, reason="", by=None)
    assert list(survey.responses.order_by("id").values_list(*names)) == before


def test_change_rules_of_an_anonymous_survey_keeps_what_it_cannot_compute():
    survey = survey_with_responses(60, anonymous=True)
    kept = NOT_RECOMPUTABLE
    for place, row in enumerate(survey.responses.all()):
        row.flags = (kept if place % 3 else 0) | FLAG_BIT["straight_line"] * (place % 2)
        row.save()
    before = {row.pk: row.flags & kept for row in survey.responses.all()}
    for rules in (STRICT, LOOSE, replace(STRICT, speeding_seconds=5.0)):
        change_rules(survey=survey, rules=rules, reason="", by=None)
        after = dict(survey.responses.values_list("id", "flags"))
        assert {pk: flags & kept for pk, flags in after.items()} == before
        expected = {pk: flags - names_of(kept) for pk, flags in flags_by_loop(survey, rules).items()}
        assert {pk: names_of(flags & ~kept) for pk, flags in after.items()} == expected


def test_finished_answers_are_screened_at_their_release_by_the_rules_of_then():
    survey = make_open_survey(anonymous=True)
    items = survey.items.count()
    begun, varied = timezone.now() - timedelta(seconds=items * 1.4), bytes([1, 2, 3, 4] * items)[:items]
    for _number in range(5):
        finish(key=make_draft(survey, ratings=varied, started_at=begun).key, language="en")
    change_rules(survey=survey, rules=replace(Rules(), speeding_seconds=1.5), reason="", by=None)
    release_responses(survey=survey, everything=True)
    assert list(survey.responses.values_list("flags", flat=True)) == [FLAG_BIT["speeding"]] * 5


def test_change_rules_screens_what_came_in_meanwhile(django_capture_on_commit_callbacks):
    survey = survey_with_responses(20)
    old = make_response(survey, flags=FLAG_BIT["no_consent"], id=first_id_at(timezone.now() - timedelta(hours=1)))
    with django_capture_on_commit_callbacks(execute=True):
        change_rules(survey=survey, rules=STRICT, reason="", by=None)
        make_varied_responses(survey, 20, seed=3)
        Response.objects.filter(pk=old.pk).update(flags=FLAG_BIT["no_consent"])
    survey.refresh_from_db()
    expected = flags_by_loop(survey, STRICT) | {old.pk: {"no_consent"}}
    assert stored_flags(survey) == expected, "only what is new is looked at once more"


def test_change_rules_forgets_figures_that_were_counted_before():
    survey = survey_with_responses(3)
    for each in (survey, make_survey()):
        FieldworkFigures.objects.create(survey=each, figures={}, counted_at=OPENS)
    change_rules(survey=survey, rules=STRICT, reason="", by=None)
    assert not FieldworkFigures.objects.filter(survey=survey).exists()
    assert FieldworkFigures.objects.count() == 1


def test_change_rules_keeps_versions_with_who_and_why():
    survey, person = make_survey(), make_person()
    change_rules(survey=survey, rules=replace(Rules(), speeding_seconds=0.5), reason=" Long texts ", by=person)
    survey.refresh_from_db()
    change_rules(survey=survey, rules=Rules(), reason="", by=person)
    versions = list(survey.rule_sets.values_list("version", "reason", "created_by", "rules"))
    fast = replace(Rules(), speeding_seconds=0.5).to_json()
    assert versions == [
        (1, "", None, Rules().to_json()),
        (2, "Long texts", person.pk, fast),
        (3, "", person.pk, Rules().to_json()),
    ]
    survey.refresh_from_db()
    assert (survey.rules_version, survey.rules) == (3, Rules().to_json())
    first, second = AuditEvent.objects.filter(action="change_rules").order_by("number")
    assert (first.before, first.reason) == ({"speeding": {"effect": "reject", "seconds": 1.0}}, "Long texts")
    assert second.after == {"speeding": {"effect": "reject", "seconds": 1.0}, "version": 3, "flags_moved": 0}


def test_change_rules_after_a_run_needs_a_reason_and_says_so():
    survey = make_survey()
    make_response(survey)
    run = {"method": {}, "responses": {}, "digest": "", "cube": b"", "cuts": {}, "primary_cuts": {}, "seed": 1}
    Run.objects.create(cycle=survey.cycle, number=4, edition=survey.cycle.edition, **run)
    rules = replace(Rules(), incomplete_percent=60)
    with pytest.raises(NotAllowed, match="why"):
        change_rules(survey=survey, rules=rules, reason=" ", by=None)
    change_rules(survey=survey, rules=rules, reason="Short answers", by=None)
    assert AuditEvent.objects.get(action="change_rules").after["after_run"] == 4


@pytest.mark.parametrize("state", ["signed_off", "archived"])
def test_change_rules_is_refused_once_the_cycle_is_signed_off(state):
    survey = make_survey()
    survey.cycle.state = state
    survey.cycle.save()
    with pytest.raises(NotAllowed):
        change_rules(survey=survey, rules=STRICT, reason="Late", by=None)
    with pytest.raises(NotAllowed):
        screen_survey(survey=survey, by=None)


def test_change_rules_refuses_what_is_in_force_and_what_is_not_asked():
    survey = make_survey()
    with pytest.raises(NotAllowed, match="in force"):
        change_rules(survey=survey, rules=Rules(), reason="", by=None)
    with pytest.raises(NotAllowed, match="attention"):
        change_rules(survey=survey, rules=STRICT, reason="", by=None)
    assert not survey.rule_sets.exists()


def test_change_rules_of_a_split_survey_never_rejects_straight_lines():
    survey = make_survey()
    survey.split = True
    survey.save()
    change_rules(survey=survey, rules=replace(Rules(), straight_line_min=10), reason="", by=None)
    survey.refresh_from_db()
    assert survey.rules["straight_line"] == {"effect": "mark", "percent": 95, "min_ratings": 10}
