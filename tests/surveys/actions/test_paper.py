"""Entering a sheet twice, and what becomes of it."""

import pytest
from django.utils import translation

from materiality.models import AuditEvent
from materiality.platform.refusals import NotAllowed
from materiality.scoring.cube import DONT_KNOW, NOT_ASKED, SKIPPED
from surveys.actions.paper import enter_sheet, store_sheet
from surveys.actions.responses import release_responses
from surveys.actions.surveys import close_survey
from surveys.models import PaperSheet, Response, SealedDraft, Tally
from surveys.paper.sheets import open_sheet
from surveys.questionnaire.screening import FLAG_BIT
from surveys.respond.keys import key_of
from surveys.respond.sealed import unseal_finished
from tests.factories.paper import answers_to, make_sheets
from tests.factories.people import make_person
from tests.factories.surveys import make_open_survey

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    """Sentences of refusals are read in English."""
    with translation.override("en"):
        yield


def enter(sheet, *entries, by=None):
    for time, entry in enumerate(entries, start=1):
        sheet = enter_sheet(sheet=sheet, entry=entry, time=time, by=by)
    return sheet


def test_two_equal_entries_are_stored_as_a_response(survey):
    (sheet,) = make_sheets(survey, language="en")
    entry = answers_to(sheet, 5, DONT_KNOW, SKIPPED, profile={"age": "a"}, comment="more")
    person = make_person()
    sheet = enter(sheet, entry, entry, by=person)
    response = Response.objects.get()
    assert (sheet.first_by, sheet.second_by, bytes(sheet.second)) == (person, person, entry.ratings)
    assert (response.channel, response.token, response.language) == ("paper", "paper-1", "en")
    assert (bytes(response.ratings), response.profile, response.comment) == (entry.ratings, {"age": "a"}, "more")
    assert (response.submitted_at, response.unfinished, response.flags, response.consent) == (None, False, 0, True)
    assert (sheet.state, response.notice_version) == ("stored", survey.notice_version)
    actions = list(AuditEvent.objects.order_by("number").values_list("action", flat=True))
    assert actions[-3:] == ["print_sheets", "enter_sheet", "store_sheet"]


def test_first_entry_waits_for_the_second(survey):
    (sheet,) = make_sheets(survey)
    sheet = enter(sheet, answers_to(sheet))
    assert (sheet.state, Response.objects.count(), bytes(sheet.second)) == ("entered", 0, b"")


def test_blank_sheet_entered_is_told_from_one_not_entered(survey):
    (sheet,) = make_sheets(survey)
    blank = answers_to(sheet, *[SKIPPED] * 34)
    enter(sheet, blank, blank)
    assert Response.objects.get().flags == FLAG_BIT["incomplete"]


def test_entries_that_differ_wait_to_be_compared(survey):
    (sheet,) = make_sheets(survey)
    sheet = enter(sheet, answers_to(sheet, 1), answers_to(sheet, 2))
    assert (sheet.state, Response.objects.count()) == ("differs", 0)
    store_sheet(sheet=sheet, entry=answers_to(sheet, 2), by=None)
    assert Response.objects.get().ratings[0] == 2


@pytest.mark.parametrize("time", [0, 1, 3])
def test_entry_that_comes_too_late_is_refused(time, survey):
    (sheet,) = make_sheets(survey)
    sheet = enter(sheet, answers_to(sheet, 1))
    with pytest.raises(NotAllowed, match="Somebody else"):
        enter_sheet(sheet=sheet, entry=answers_to(sheet, 2), time=time, by=None)
    assert PaperSheet.objects.get().state == "entered"


def test_stored_sheet_is_not_stored_again(survey):
    (sheet,) = make_sheets(survey)
    sheet = enter(sheet, answers_to(sheet), answers_to(sheet))
    with pytest.raises(NotAllowed, match="stored already"):
        store_sheet(sheet=sheet, entry=answers_to(sheet), by=None)
    assert Response.objects.count() == 1


def test_sheets_come_in_after_closing_where_the_survey_is_not_anonymous(survey):
    (sheet,) = make_sheets(survey)
    close_survey(survey=survey, by=None)
    enter(sheet, answers_to(sheet), answers_to(sheet))
    assert Response.objects.get().flags == 0


def test_anonymous_sheet_forgets_what_it_asked_and_what_was_typed():
    survey = make_open_survey(anonymous=True, split=True)
    (sheet,) = make_sheets(survey)
    entry = answers_to(sheet, profile={"age": "a"}, comment="more")
    sheet = enter(sheet, entry, entry)
    sheet.refresh_from_db()
    kept = [bytes(sheet.asked), bytes(sheet.first), bytes(sheet.second), sheet.first_profile, sheet.second_profile]
    assert (kept, sheet.first_comment, sheet.second_comment) == ([b"", b"", b"", {}, {}], "", "")
    ready = SealedDraft.objects.get()
    held = unseal_finished(key_of(survey), ready)
    assert (held.ratings, held.comment, held.profile, held.mode) == (entry.ratings, "more", {"age": "a"}, "paper")
    assert (Response.objects.count(), Tally.objects.count(), bytes(sheet.sealed)) == (0, 0, b"")
    release_responses(survey=survey, everything=True)
    counted = Tally.objects.values_list("measure", "group", "channel", "number")
    assert sorted(counted) == [("mode", "users", "paper", 1), ("submitted", "users", "paper", 1)]


def test_anonymous_sheet_is_sealed_until_it_is_stored():
    survey = make_open_survey(anonymous=True, split=True)
    (sheet,) = make_sheets(survey)
    entered = [bytes(PaperSheet.objects.get().sealed)]
    for time, comment in ((1, "one"), (2, "another")):
        enter_sheet(sheet=sheet, entry=answers_to(sheet, comment=comment), time=time, by=None)
        row = PaperSheet.objects.get()
        assert (bytes(row.asked), bytes(row.first), bytes(row.second), row.first_comment) == (b"", b"", b"", "")
        entered.append(bytes(row.sealed))
    # Whether and what was entered does not show in the length.
    assert len(set(entered)) == 3 and len({len(sealed) for sealed in entered}) == 1
    sheet = open_sheet(PaperSheet.objects.select_related("survey").get())
    assert (sheet.first_comment, sheet.second_comment, sheet.state) == ("one", "another", PaperSheet.State.DIFFERS)


def test_anonymous_sheet_after_closing_is_refused():
    survey = make_open_survey(anonymous=True)
    (sheet,) = make_sheets(survey)
    close_survey(survey=survey, by=None)
    with pytest.raises(NotAllowed, match="anonymous survey takes no more"):
        enter(sheet, answers_to(sheet))


def test_anonymous_sheet_whose_differences_are_decided_after_closing_is_refused():
    survey = make_open_survey(anonymous=True)
    (sheet,) = make_sheets(survey)
    sheet = enter(sheet, answers_to(sheet, 1), answers_to(sheet, 2))
    close_survey(survey=survey, by=None)
    with pytest.raises(NotAllowed, match="anonymous survey takes no more"):
        store_sheet(sheet=sheet, entry=answers_to(sheet, 2), by=None)
    assert SealedDraft.objects.count() == 0


def test_entry_of_a_split_sheet_holds_not_asked_elsewhere():
    (sheet,) = make_sheets(make_open_survey(split=True))
    enter(sheet, answers_to(sheet), answers_to(sheet))
    stored = Response.objects.get().ratings
    assert [code == NOT_ASKED for code in stored] == [code == NOT_ASKED for code in bytes(sheet.asked)]
