"""Starting, publishing, correcting and discarding editions."""

import pytest
from django.urls import get_resolver
from django.utils import translation

from materiality.actions.drafts import change_issue, merge_issues
from materiality.actions.library import correct_erratum, discard_draft, publish_edition, start_edition_draft
from materiality.drafts.codes import RESERVED
from materiality.models import AuditEvent, Edition, Erratum, Issue, Lineage, Proposal
from materiality.platform.refusals import Conflict, NotAllowed, Unacknowledged
from materiality.queries.library import library_contents
from surveys.actions.surveys import close_survey
from tests.factories.cycles import make_cycle, small_library
from tests.factories.drafts import lineage_of, of, texts
from tests.factories.library import default_library, make_category, make_edition, make_issue
from tests.factories.surveys import make_open_survey

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def test_draft_of_the_default_library_is_a_whole_copy(django_assert_max_num_queries, library_rows):
    current = Edition.objects.get()
    with django_assert_max_num_queries(40):
        draft = start_edition_draft(by=None)
    assert library_contents(draft) == library_contents(current)
    assert (draft.code, draft.state, draft.based_on, draft.title_en) == (
        "2026-2", "draft", current, "Issue library 2026-2",
    )  # fmt: skip
    assert (draft.lineage.count(), lineage_of(draft)) == (116, set())
    assert AuditEvent.objects.filter(action="start_draft").count() == 1


def test_draft_of_a_draft_orders_issues_as_they_were(draft):
    draft.issues.filter(code="SOC-01-01").update(order=9)
    publish_edition(edition=draft, by=None)
    following = start_edition_draft(by=None)
    order = following.issues.filter(parent__code="SOC-01").order_by("order").values_list("code", "order")
    assert list(order) == [("SOC-01-02", 1), ("SOC-01-03", 2), ("SOC-01-04", 3), ("SOC-01-01", 4)]


def test_start_draft_refuses_a_second_one_and_bad_codes():
    small_library()
    taken = Edition.objects.get().code
    for code in (taken, "compare", "a b"):
        with pytest.raises(NotAllowed):
            start_edition_draft(values={"code": code}, by=None)
    start_edition_draft(values={"code": "autumn"}, by=None)
    with pytest.raises(NotAllowed, match="autumn"):
        start_edition_draft(by=None)


def test_start_draft_needs_an_edition_in_force():
    with pytest.raises(NotAllowed):
        start_edition_draft(by=None)


def test_published_draft_supersedes_the_edition_before(draft):
    before = draft.based_on
    published = publish_edition(edition=draft, by=None)
    before.refresh_from_db()
    assert (published.state, before.state) == ("published", "superseded")
    assert published.published_at is not None
    assert Edition.objects.filter(state="published").count() == 1
    event = AuditEvent.objects.get(action="publish_edition")
    assert event.before == {"state": "draft", "in_force": before.code}


def test_cycles_keep_the_edition_they_were_opened_on(draft):
    cycle = make_cycle()
    publish_edition(edition=draft, by=None)
    cycle.refresh_from_db()
    assert (cycle.edition, make_cycle().edition) == (draft.based_on, draft)


def test_publish_edition_is_refused_twice(draft):
    draft = publish_edition(edition=draft, by=None)
    with pytest.raises(NotAllowed):
        publish_edition(edition=draft, by=None)


def test_publish_edition_names_what_is_unfinished_until_it_is_acknowledged(draft):
    Proposal.objects.create(kind="new", name_zh="新议题", name_en="New issue")
    Proposal.objects.create(
        kind="new", name_en="Decided", state="deferred", decision_reason="Later", decided_at=draft.created_at
    )
    issue = of(draft, "SOC-01-01")
    change_issue(issue=issue, texts=texts(issue, name_en="", definition_zh="释义"), by=None)
    with pytest.raises(Unacknowledged) as refusal:
        publish_edition(edition=draft, by=None, acknowledged="  ")
    assert refusal.value.warnings == ["1 suggestion is not decided yet.", "1 issue lacks a translation."]
    assert Edition.objects.get(pk=draft.pk).state == "draft"
    publish_edition(edition=draft, by=None, acknowledged="The translator is ill.")
    event = AuditEvent.objects.get(action="publish_edition")
    assert (event.reason, event.after["acknowledged"]) == (
        "The translator is ill.",
        {"open_proposals": 1, "missing_translations": 1},
    )


def test_publish_edition_refuses_a_draft_of_an_older_edition_and_an_empty_one(draft):
    before = draft.based_on
    Edition.objects.filter(pk=before.pk).update(state="superseded")
    newer = make_edition("newer")
    make_issue(make_category(newer), "SOC-01")
    with pytest.raises(NotAllowed, match=newer.title):
        publish_edition(edition=draft, by=None)
    discard_draft(edition=draft, by=None)
    empty = start_edition_draft(by=None)
    assert empty.issues.count() == 1
    empty.issues.update(status="retired")
    with pytest.raises(NotAllowed, match="nothing could be rated"):
        publish_edition(edition=empty, by=None)


def test_publish_edition_completes_the_lineage_that_an_import_left_open(draft):
    held = of(draft, "SOC-01-04")
    columns = {"edition": draft, "category": held.category, "parent": held.parent, "name_zh": "新", "name_en": "New"}
    Issue.objects.create(code="SOC-01-09", **columns)
    of(draft, "SOC-01-01").delete()
    Issue.objects.filter(pk=held.pk).update(status="retired")
    publish_edition(edition=draft, by=None)
    assert lineage_of(draft) == {
        ("added", None, "SOC-01-09"),
        ("retired", "SOC-01-01", None),
        ("retired", "SOC-01-04", None),
    }
    assert_complete(draft)


def assert_complete(edition: Edition) -> None:
    """Every active issue has a row, and every issue of the edition before."""
    active = set(edition.issues.filter(status="active").values_list("pk", flat=True))
    assert active <= set(edition.lineage.values_list("target", flat=True))
    sources = set(edition.based_on.issues.values_list("pk", flat=True))
    assert sources == set(edition.lineage.exclude(source=None).values_list("source", flat=True))


def test_loaded_file_has_its_lineage():
    from tests.factories.editions import load_changed

    edition = load_changed(default_library())
    assert ("renamed", "ENV-01-01", "ENV-01-01") in lineage_of(edition)
    assert_complete(edition)


def test_discarded_draft_leaves_nothing_but_its_event(draft):
    current = draft.based_on
    merge_issues(into=of(draft, "SOC-01-01"), others=[of(draft, "SOC-01-02")], by=None, reason="Same")
    proposal = Proposal.objects.create(kind="new", edition=draft, name_en="New")
    discard_draft(edition=draft, by=None, reason="Begun too early")
    proposal.refresh_from_db()
    assert (list(Edition.objects.all()), proposal.edition) == ([current], None)
    assert (Issue.objects.count(), Lineage.objects.count()) == (10, 0)
    event = AuditEvent.objects.get(action="discard_draft")
    assert (event.before["changes"], event.reason) == (1, "Begun too early")
    with pytest.raises(NotAllowed):
        discard_draft(edition=draft, by=None)
    with pytest.raises(NotAllowed):
        discard_draft(edition=current, by=None)


def correct(issue: Issue, **changes) -> Erratum:
    return correct_erratum(
        **{"issue": issue, "field": "name_en", "text": "Correct", "reason": "Typo", "by": None} | changes
    )


def test_erratum_keeps_the_old_text():
    issue = of(small_library(), "SOC-01-01")
    old = issue.name_en
    erratum = correct(issue, version=1)
    issue.refresh_from_db()
    assert (erratum.old_text, erratum.new_text, erratum.reason) == (old, "Correct", "Typo")
    assert (issue.name_en, issue.version, set(issue.changed)) == ("Correct", 2, {"name_en"})
    event = AuditEvent.objects.get(action="correct_erratum")
    assert (event.before, event.after) == ({"name_en": old}, {"name_en": "Correct"})
    with pytest.raises(Conflict):
        correct(issue, text="Again", version=1)


@pytest.mark.parametrize(
    "changes", [{"reason": " "}, {"text": ""}, {"text": "Issue SOC-01-01"}, {"field": "code"}, {"text": "x" * 201}]
)
def test_erratum_refuses_no_reason_no_text_the_same_text_and_other_columns(changes):
    issue = of(small_library(), "SOC-01-01")
    with pytest.raises(NotAllowed):
        correct(issue, **changes)
    assert not Erratum.objects.exists()


def test_erratum_is_refused_while_a_survey_is_open():
    issue = of(small_library(), "SOC-01-01")
    survey = make_open_survey(make_cycle())
    with pytest.raises(NotAllowed, match=survey.title):
        correct(issue)
    close_survey(survey=survey, by=None)
    assert correct(issue).old_text == issue.name_en


def test_erratum_is_refused_in_drafts_and_superseded_editions(draft):
    old = of(draft.based_on, "SOC-01-01")
    with pytest.raises(NotAllowed):
        correct(of(draft, "SOC-01-01"))
    publish_edition(edition=draft, by=None)
    with pytest.raises(NotAllowed):
        correct(old)


def _routes(patterns, before: str = ""):
    for each in patterns:
        route = before + str(each.pattern)
        yield from _routes(each.url_patterns, route) if hasattr(each, "url_patterns") else [route]


def test_words_of_addresses_name_no_edition():
    words = {route.split("/")[1] for route in _routes(get_resolver().url_patterns) if route.startswith("library/")}
    assert {word for word in words if word and "<" not in word} - RESERVED == set()
