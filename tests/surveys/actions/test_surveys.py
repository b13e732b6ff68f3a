import re
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from materiality.models import AuditEvent, Group, Issue
from materiality.platform.refusals import NotAllowed
from surveys.actions.surveys import close_survey, open_survey, opening_warnings
from surveys.models import Assignments, GroupPlan, ItemText, Notice, Survey
from surveys.queries.plans import planned_groups, survey_issues
from surveys.questionnaire.asking import Plan
from tests.factories.surveys import make_open_survey, make_survey, make_survey_cycle
from tests.factories.texts import reword
from tests.factories.thaw import thawed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def test_open_survey_freezes_every_issue_in_both_languages():
    survey = make_open_survey(make_survey_cycle({"society": 3}), k=4)
    assert (survey.state, survey.opened_at is not None) == ("open", True)
    assert ItemText.objects.filter(survey=survey).count() == 6
    html = ItemText.objects.get(survey=survey, language="en", issue__code="SOCIETY-01-02").html
    assert re.findall(r'name="r(\d+)" value="(\w)"', html) == [
        *[("2", value) for value in "1234d"],
        *[("3", value) for value in "1234d"],
    ]
    assert "Definition 2" in html
    assert AuditEvent.objects.filter(action="open_survey").count() == 1


def test_open_survey_keeps_the_wording_when_the_library_changes_later():
    survey = make_open_survey(make_survey_cycle({"society": 1}))
    with thawed():
        reword(Issue.objects.all(), name_en="Something else")
    assert not ItemText.objects.filter(survey=survey, html__contains="Something else").exists()


def test_open_survey_makes_texts_of_the_library_harmless():
    cycle = make_survey_cycle({"society": 1})
    with thawed():
        reword(Issue.objects.all(), name_en="<script>alert(1)</script>")
    survey = make_open_survey(cycle)
    assert not ItemText.objects.filter(survey=survey, html__contains="<script").exists()


def test_open_survey_without_groups_is_refused():
    with pytest.raises(NotAllowed, match="no stakeholder groups"):
        make_open_survey(make_survey_cycle(groups=()))


def test_open_survey_without_items_is_refused():
    survey = make_survey()
    survey.items.all().delete()
    with pytest.raises(NotAllowed, match="no items"):
        open_survey(survey=survey, by=None)


def test_open_survey_after_its_closing_time_is_refused():
    with pytest.raises(NotAllowed, match="closing time"):
        make_open_survey(closes_at=timezone.now() - timedelta(minutes=1))


def test_open_survey_twice_or_after_closing_is_refused(survey):
    with pytest.raises(NotAllowed):
        open_survey(survey=survey, by=None)
    close_survey(survey=survey, by=None)
    with pytest.raises(NotAllowed):
        open_survey(survey=survey, by=None)
    assert Survey.objects.get().state == "closed"


def test_close_survey_that_is_not_open_is_refused():
    with pytest.raises(NotAllowed):
        close_survey(survey=make_survey(), by=None)


def test_open_survey_fixes_the_parts_of_a_split_and_begins_to_count_them():
    cycle = make_survey_cycle({"society": 20}, groups=("users", "employees", "media", "silent"))
    Group.objects.filter(code="users").update(target=1000)
    plans = {
        "employees": Plan(left_out=("SOCIETY-01-01",), expected=10),
        "media": Plan(left_out=tuple(f"SOCIETY-01-{place:02}" for place in range(6, 21)), expected=1000),
        "silent": Plan(society=False, business=False),
    }
    survey = make_open_survey(cycle, split=True, split_issues=8, plans=plans)
    # 2 · 5 · 19 / (10 · 0.7) is more than the 19 issues that employees rate; media rate 5 in all.
    assert dict(GroupPlan.objects.filter(survey=survey).values_list("group__code", "issues_each")) == {
        "users": 8,
        "employees": 19,
        "media": 5,
        "silent": None,
    }
    assert {bytes(row.counts) for row in Assignments.objects.filter(survey=survey)} == {bytes(80)}
    assert Assignments.objects.filter(survey=survey).count() == 4


def test_open_survey_that_is_not_split_makes_no_parts(survey):
    assert (survey.plans.count(), survey.assignments.count()) == (0, 0)


def test_open_survey_fixes_the_first_notice():
    survey = make_survey(notice_en="As it was")
    before = Notice.objects.get(survey=survey).created_at
    open_survey(survey=survey, by=None)
    notice = Notice.objects.get(survey=survey)
    assert (notice.version, notice.text_en, notice.created_at > before) == (1, "As it was", True)


def test_open_survey_names_every_reason_against_it():
    survey = make_survey(
        make_survey_cycle({"society": 3}), plans={name: Plan(False, False) for name in ("users", "employees")}
    )
    survey.core, survey.split, survey.split_issues = ["SOCIETY-01-01", "SOCIETY-01-02"], True, 1
    survey.attention, survey.attention_value = True, 9
    survey.save()
    with pytest.raises(NotAllowed) as refusal:
        open_survey(survey=survey, by=None)
    for words in ("No group is asked anything", "core holds 2 issues", "asks for 9"):
        assert words in refusal.value.reason


def test_opening_warnings_name_silent_groups_and_issues_that_nobody_rates():
    codes = [f"SOCIETY-01-0{place}" for place in range(1, 8)]
    plans = {"users": Plan(society=False, business=False), "employees": Plan(business=False, left_out=(codes[0],))}
    survey = make_survey(make_survey_cycle({"society": 7}), plans=plans)
    assert [issue.code for issue in survey_issues(survey)] == codes
    assert opening_warnings(codes, planned_groups(survey, codes), survey) == [
        "Not asked anything, so they cannot answer: Users.",
        "Nobody rates the impact on society of 1 issue: SOCIETY-01-01.",
        f"Nobody rates the impact on the business of 7 issues: {', '.join(codes[:5])} and 2 more.",
    ]
