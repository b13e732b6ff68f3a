"""Every action of a survey's fieldwork in turn: the audit trail stays sound, on each way through."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from surveys.actions.fieldwork import tend_all_surveys
from surveys.actions.invitations import (
    add_recipients,
    create_batch,
    erase_recipient,
    import_bounces,
    purge_recipients,
    void_batch,
)
from surveys.actions.mailings import send_due_mails, start_mailing, steer_mailing
from surveys.actions.paper import enter_sheet
from surveys.actions.plans import GroupAsked, build_survey, choose_issues, plan_groups, set_split
from surveys.actions.profile import (
    move_profile_question,
    remove_profile_question,
    save_profile_question,
)
from surveys.actions.responses import overrule_response, release_responses
from surveys.actions.screening import change_rules, screen_survey
from surveys.actions.surveys import change_open_survey, close_survey, open_survey, remove_survey
from surveys.invitations.recipients import RecipientRow
from surveys.models import Recipient, Response, Survey
from surveys.questionnaire.screening import Rules
from surveys.respond.answers import finish
from surveys.responses.fieldwork import count_fieldwork, keep_figures
from tests.factories.invitations import TEXTS
from tests.factories.paper import answers_to, make_sheets
from tests.factories.people import make_person
from tests.factories.responses import check_file, csv_file, row, store_file
from tests.factories.surveys import make_draft, make_survey_cycle
from tests.factories.trail import told_of

SINGLE = (("甲", "Alpha"), ("乙", "Beta"))


def built(anonymous: bool, person) -> Survey:
    """A survey on which everything has been set that can be set before it opens."""
    cycle = make_survey_cycle({"society": 4})
    told_of(cycle, cycle.edition)
    names = {"title_zh": "问卷", "title_en": "Survey", "notice_zh": "说明", "notice_en": "Notice"}
    survey = build_survey(cycle=cycle, values={"code": "walk", "anonymous": anonymous} | names, by=person)
    group = cycle.groups.first()
    plan_groups(survey=survey, plans={group.code: GroupAsked(True, True, 50)}, by=person)
    choose_issues(survey=survey, group=group, issues=None, by=person)
    split = {"split": True, "split_issues": 3, "core": [], "attention": True, "attention_value": 2}
    set_split(survey=survey, values=split, by=person)
    for code in ("age", "site", "gone"):
        values = {"code": code, "kind": "single", "text_zh": "问", "text_en": "Ask", "options": SINGLE}
        question = save_profile_question(survey=survey, values=values, by=person)
    move_profile_question(question=question, up=True, by=person)
    remove_profile_question(question=question, by=person)
    return survey


def invite(survey: Survey, person) -> None:
    """Batches, recipients, a mailing that is paused, resumed, sent in part and stopped, a bounce, an erasure."""
    group = survey.cycle.groups.first()
    void_batch(batch=create_batch(survey=survey, group=group, size=20, by=person), by=person, reason="Leaked.")
    rows = [RecipientRow(f"{name}@example.com", name, group.code, "en") for name in "abcd"]
    add_recipients(survey=survey, rows=rows, by=person)
    values = {"kind": "invitation", "per_minute": 60, **TEXTS}
    mailing = start_mailing(survey=survey, values=values, address="https://survey.example.com", by=person)
    for step in ("pause", "resume"):
        steer_mailing(mailing=mailing, step=step, by=person)
    send_due_mails(mailing_id=mailing.pk)
    import_bounces(survey=survey, addresses=["a@example.com"], by=person)
    erase_recipient(recipient=Recipient.objects.get(email="b@example.com"), by=person)


def answer(survey: Survey, person) -> None:
    """Online by links; on paper; from a file that is stored and one that waits to be confirmed."""
    batch = survey.batches.order_by("pk").first()
    for serial in range(12):
        ratings = bytes([1 + serial % 5, 2, 3, 4, 5, 1, 2, 3])
        draft = make_draft(survey, group=batch.group, batch=batch, serial=serial, ratings=ratings)
        finish(key=draft.key, language="en", now=draft.started_at + timedelta(minutes=1))
    make_draft(survey, group=batch.group, started_at=timezone.now() - timedelta(days=40), counted=True)
    for sheet in make_sheets(survey, 2):
        enter_sheet(sheet=sheet, entry=answers_to(sheet, 1), time=1, by=person)
        enter_sheet(sheet=sheet, entry=answers_to(sheet, 1), time=2, by=person)
    store_file(survey, csv_file(survey, row(survey, 4, 2), row(survey, 5, 3)))
    check_file(survey, csv_file(survey, row(survey, 3)))
    if survey.anonymous:
        release_responses(survey=survey)


def screen(survey: Survey, person) -> None:
    """A decision by hand, other rules, figures that are kept."""
    response = Response.objects.filter(survey=survey).first()
    overrule_response(response=response, overruled=Response.Overruled.EXCLUDE, reason="Twice.", by=person)
    change_rules(survey=survey, rules=Rules(straight_line_min=30), reason="Tried out.", by=person)
    screen_survey(survey=survey, by=person)
    keep_figures(survey, count_fieldwork(survey), timezone.now())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("anonymous", [True, False])
def test_fieldwork_from_building_to_sealing_leaves_a_sound_audit_trail(anonymous):
    person = make_person()
    survey = open_survey(survey=built(anonymous, person), by=person)
    invite(survey, person)
    answer(survey, person)
    screen(survey, person)
    change_open_survey(survey=survey, values={"thanks_zh": "谢谢", "recipients_kept_days": 60}, by=person)
    tend_all_surveys()
    close_survey(survey=survey, by=person)
    purge_recipients(survey=survey, by=person)
    tend_all_surveys(timezone.now() + timedelta(hours=2))
    survey.refresh_from_db()
    assert ((survey.sealed_at is not None), survey.drafts.count(), survey.recipients.count()) == (anonymous, 0, 0)
    call_command("verify_audit")


@pytest.mark.django_db
def test_draft_that_is_removed_with_its_batches_leaves_a_sound_audit_trail():
    person = make_person()
    survey = built(False, person)
    create_batch(survey=survey, group=survey.cycle.groups.first(), size=20, by=person)
    remove_survey(survey=survey, by=person)
    assert not Survey.objects.exists()
    call_command("verify_audit")
