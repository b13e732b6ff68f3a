"""Releases of anonymous surveys: each group by itself, ten or more, without what tells whose a response is."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import Count, Sum
from django.test import override_settings
from django.utils import timezone

from materiality.models import AuditEvent
from materiality.platform.keys import KeyMissing
from materiality.platform.refusals import NotAllowed
from surveys.actions.fieldwork import tend_all_surveys
from surveys.actions.paper import enter_sheet
from surveys.actions.responses import discard_damaged, give_up_answers, release_responses
from surveys.actions.surveys import close_survey
from surveys.invitations.used_links import used_serials
from surveys.models import AnonymousAnswer, AnonymousComment, Response, SealedDraft, Survey, Tally
from surveys.queries.fieldwork import damaged_answers
from surveys.questionnaire.screening import FLAG_BIT
from surveys.respond.drafts import number_begun, number_finished
from surveys.respond.keys import destroy_key_of
from tests.factories.anonymous import anonymous_survey, finish, stored_order
from tests.factories.invitations import make_batch
from tests.factories.paper import answers_to, make_sheets
from tests.factories.surveys import make_draft, make_open_survey, make_survey_cycle

pytestmark = pytest.mark.django_db
SPEEDING = FLAG_BIT["speeding"]


def test_release_waits_for_ten_of_a_group_and_then_takes_all_of_it():
    survey = anonymous_survey()
    users, employees = survey.cycle.groups.all()
    for number in range(9):
        finish(survey, number, group=users)
        finish(survey, 20 + number, group=employees)
    make_draft(survey)
    assert (release_responses(survey=survey), Response.objects.count()) == (0, 0)
    for number in range(9, 12):
        finish(survey, number, group=users)
    assert release_responses(survey=survey) == 12
    assert set(Response.objects.values_list("group__code", flat=True)) == {"users"}
    assert (number_begun(survey), number_finished(survey)) == (1, 9)
    assert len({bytes(ratings) for ratings in Response.objects.values_list("ratings", flat=True)}) == 12
    assert release_responses(survey=survey, everything=True) == 9


def test_released_responses_tell_neither_time_nor_order_nor_comment():
    survey = anonymous_survey()
    for number in range(20):
        finish(survey, number, comment=f"comment {number}" if number % 2 else "")
    release_responses(survey=survey)
    responses = list(Response.objects.all())
    told = ("started_at", "submitted_at", "comment", "token", "channel", "language", "notice_version", "attention")
    assert set(Response.objects.values_list(*told)) == {(None, None, "", "", "", "", None, None)}
    assert {(str(response.profile), response.seconds_per_item) for response in responses} == {("{}", None)}
    assert {response.id.version for response in responses} == {4}
    stored = [bytes(ratings)[0] - 1 + 5 * (bytes(ratings)[1] - 1) for ratings in stored_order("ratings")]
    # One order in 20! is the order of arrival.
    assert stored != list(range(20)) and sorted(stored) == list(range(20))
    assert set(AnonymousComment.objects.values_list("text", flat=True)) == {f"comment {n}" for n in range(1, 20, 2)}
    assert not AuditEvent.objects.exclude(action__in=["build_survey", "open_survey"]).exists()


def test_released_profile_answers_stand_apart_one_row_per_option():
    survey = anonymous_survey(profile={"site": ["north"], "roles": ["a", "b"], "note": []})
    for number in range(10):
        finish(survey, number, profile={"site": "north", "roles": ["a", "b"] if number else [], "note": ""})
    release_responses(survey=survey)
    answers = AnonymousAnswer.objects.values_list("question", "answer").annotate(n=Count("pk")).order_by("answer")
    assert list(answers) == [("roles", "a", 9), ("roles", "b", 9), ("site", "north", 10)]


def test_release_counts_what_it_drops_and_marks_links_as_used():
    survey = anonymous_survey()
    batch = make_batch(survey, size=50)
    for number in range(10):
        finish(
            survey, number, batch=batch, serial=3 * number, channel="batch", mode="large" if number < 4 else "normal"
        )
    assert list(used_serials(batch.pk)) == []
    release_responses(survey=survey)
    assert list(used_serials(batch.pk)) == list(range(0, 30, 3))
    shown = Tally.objects.exclude(measure__in=("day", "course"))
    counted = set(shown.values_list("measure", "group", "channel", "place", "number"))
    # Seven seconds for four questions, of which two were answered.
    assert counted == {
        ("submitted", "users", "batch", 0, 10), ("mode", "users", "large", 0, 4), ("mode", "users", "normal", 0, 6),
        ("seconds", "users", "", 17, 10),
    }  # fmt: skip


def test_counted_seconds_tell_nothing_of_how_much_was_left_out():
    """Who knows by the log of a proxy how long each took would else learn from 1.7 or 7.0 how many each answered."""
    survey = anonymous_survey()
    for number in range(10):
        finish(survey, number, ratings=bytes([1 + number % 5] + [3 * (number % 2)] * 3))
    release_responses(survey=survey)
    ratings = Response.objects.values_list("ratings", flat=True)
    assert {bytes(each)[1:] for each in ratings} == {bytes(3), bytes([3, 3, 3])}
    assert list(Tally.objects.filter(measure="seconds").values_list("place", "number")) == [(17, 10)]


@pytest.mark.parametrize(("online", "on_paper", "told"), [(10, 0, 10), (9, 1, 0), (1, 9, 0), (5, 5, 5), (6, 4, 0)])
def test_how_they_went_on_is_counted_where_neither_they_nor_those_on_paper_are_few(online, on_paper, told):
    """The sums over nine of ten rows are what the tenth lacks, and those of one are its own."""
    survey = anonymous_survey()
    for number in range(online):
        finish(survey, number)
    for sheet in make_sheets(survey, on_paper) if on_paper else []:
        entry = answers_to(sheet)
        for time in (1, 2):
            sheet = enter_sheet(sheet=sheet, entry=entry, time=time, by=None)
    assert release_responses(survey=survey) == online + on_paper
    counted = Tally.objects.filter(measure="course").aggregate(Sum("number"))["number__sum"] or 0
    assert counted == told * survey.items.count()


@pytest.mark.parametrize(
    ("fast", "slow", "released", "flagged", "unknown"),
    [(3, 10, 10, 0, 3), (3, 9, 0, 0, 3), (6, 5, 11, 6, 0), (8, 3, 0, 0, 8), (0, 3, 0, 0, 0), (5, 0, 0, 5, 0)],
)
def test_flag_of_time_stands_only_where_five_of_a_lot_share_it(fast, slow, released, flagged, unknown):
    survey, now = anonymous_survey(), timezone.now()
    for number in range(fast + slow):
        begun = now - timedelta(seconds=1 if number < fast else 60)
        finish(survey, number, started_at=begun, now=now)
    assert release_responses(survey=survey) == released
    release_responses(survey=survey, everything=True)
    assert survey.responses.count() == fast + slow
    assert survey.responses.filter(flags=SPEEDING).count() == flagged
    assert sum(Tally.objects.filter(measure="unknown").values_list("number", flat=True)) == unknown


def test_link_that_was_given_out_again_counts_once():
    survey = anonymous_survey()
    batch = make_batch(survey)
    finish(survey, 0, batch=batch, serial=3)
    batch.salt = b"s" * 32
    batch.save(update_fields=["salt"])
    finish(survey, 1, batch=batch, serial=3)
    release_responses(survey=survey, everything=True)
    assert (survey.responses.count(), SealedDraft.objects.count()) == (1, 0)


def test_damaged_answers_stay_and_are_told():
    survey = anonymous_survey()
    for number in range(11):
        finish(survey, number)
    row = SealedDraft.objects.first()
    SealedDraft.objects.filter(pk=row.pk).update(sealed=bytes(row.sealed)[:-1] + b"x")
    assert release_responses(survey=survey) == 10
    assert SealedDraft.objects.get().state == SealedDraft.State.UNREADABLE
    assert [(work.title, "1" in work.words) for work in damaged_answers()] == [(survey.code, True)]
    # A row that was put right is released after all; the other one no longer keeps the survey from its end.
    SealedDraft.objects.filter(pk=row.pk).update(sealed=row.sealed)
    finish(survey, 12)
    lost = SealedDraft.objects.exclude(pk=row.pk).get()
    SealedDraft.objects.filter(pk=lost.pk).update(sealed=b"x" * 40, state=SealedDraft.State.UNREADABLE)
    with pytest.raises(NotAllowed):
        discard_damaged(survey=survey, reason=" ", by=None)
    assert discard_damaged(survey=survey, reason="bad disk", by=None) == 1
    event = AuditEvent.objects.first()
    assert (event.after, event.reason) == ({"responses": 1, "opened": 1, "groups": {"users": 1}}, "bad disk")
    assert (release_responses(survey=survey, everything=True), SealedDraft.objects.count()) == (1, 0)
    with pytest.raises(NotAllowed):
        discard_damaged(survey=survey, reason="bad disk", by=None)


def test_release_of_a_survey_with_names_is_not_possible():
    survey = make_open_survey(make_survey_cycle({"society": 2}))
    with pytest.raises(Survey.DoesNotExist):
        release_responses(survey=survey, everything=True)


@pytest.mark.django_db(transaction=True)
def test_answers_whose_key_is_lost_are_given_up_after_the_closing_and_the_survey_is_finalised(tmp_path):
    survey = anonymous_survey()
    finish(survey, 1)
    make_draft(survey)
    with pytest.raises(NotAllowed, match="已截止"):
        give_up_answers(survey=survey, reason="lost", by=None)
    close_survey(survey=survey, by=None)
    with pytest.raises(NotAllowed, match="密钥仍在"):
        give_up_answers(survey=survey, reason="lost", by=None)
    destroy_key_of(survey)
    later = timezone.now() + timedelta(hours=1)
    tend_all_surveys(later)  # logs that the key is missing
    assert SealedDraft.objects.count() == 1
    with pytest.raises(NotAllowed, match="理由|原因"):
        give_up_answers(survey=survey, reason=" ", by=None)
    with override_settings(KEYS=tmp_path / "elsewhere"), pytest.raises(KeyMissing):
        give_up_answers(survey=survey, reason="lost", by=None)
    assert SealedDraft.objects.count() == 1
    call_command("give_up_answers", survey.code, "--reason", "lost with the disk", stdout=StringIO())
    event = AuditEvent.objects.first()
    assert (event.action, event.after) == ("give_up_answers", {"responses": 1, "begun": 0, "groups": {"users": 1}})
    assert event.reason == "lost with the disk" and SealedDraft.objects.count() == 0
    tend_all_surveys(later)
    assert Survey.objects.get().sealed_at
