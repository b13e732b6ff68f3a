"""Filling in texts of issues, categories, cycles, groups and stakeholder points."""

from io import StringIO

import pytest
from django.core.management import call_command

from materiality.actions.drafts import change_issue, undo_last_change
from materiality.actions.library import discard_draft
from materiality.actions.translations import save_translations, set_languages
from materiality.models import AuditEvent, Category, EditionChange, Issue, StakeholderPoint
from materiality.platform.refusals import Conflict, NotAllowed
from materiality.queries.translations import (
    TextFilters,
    Translation,
    lacking,
    stored_texts,
    translated_edition,
)
from tests.factories.cycles import make_cycle, move
from tests.factories.drafts import of, texts
from tests.factories.people import make_person
from tests.factories.texts import reword
from tests.factories.trail import told_of

pytestmark = pytest.mark.django_db


def wanted() -> dict:
    return {held.text.key: held.text for held in stored_texts(translated_edition())}


def listed() -> dict[str, str]:
    return {text.key: "; ".join(text.states) for text in lacking(translated_edition(), TextFilters())}


def filled(key: str, still_fits: bool = False, **texts: str) -> Translation:
    return Translation(key, texts, wanted()[key].seen, still_fits)


def test_save_translations_fills_every_kind_of_text_and_the_trail_is_sound(draft):
    cycle = make_cycle(title_en="")
    group = cycle.groups.first()
    point = StakeholderPoint.objects.create(group=group, kind="channel", text_en="Hotline", order=9)
    reword(Issue.objects.filter(edition=draft, code="SOC-01-01"), name_en="")
    reword(Category.objects.filter(edition=draft, code="society"), name_en="")
    keys = {
        "issue": f"issue/{draft.code}/SOC-01-01/name",
        "category": f"category/{draft.code}/society/name",
        "cycle": f"cycle/{cycle.code}/title",
        "point": f"point/{cycle.code}/{group.code}/{point.pk}/text",
    }
    assert listed() == {
        keys["category"]: "missing_en",
        keys["issue"]: "missing_en",
        keys["cycle"]: "missing_en",
        keys["point"]: "missing_zh",
    }
    english = [filled(keys[kind], en=f"The {kind}") for kind in ("issue", "category", "cycle")]
    assert save_translations(translations=[*english, filled(keys["point"], zh="热线")], by=make_person()) == 4
    assert listed() == {}
    cycle.refresh_from_db()
    assert (of(draft, "SOC-01-01").name_en, cycle.title_en) == ("The issue", "The cycle")
    events = AuditEvent.objects.filter(action="save_translations").order_by("pk")
    assert [event.object_type for event in events] == ["materiality.category", "materiality.issue"]


def test_save_translations_keeps_the_trail_sound_and_can_be_undone(draft):
    person, key = make_person(), f"issue/{draft.code}/SOC-01-01/definition"
    told_of(draft.based_on)
    change_issue(issue=of(draft, "SOC-01-01"), texts=texts(of(draft, "SOC-01-01"), definition_zh="新义"), by=person)
    version = of(draft, "SOC-01-01").version
    save_translations(translations=[filled(key, en="New meaning")], by=person)
    assert (of(draft, "SOC-01-01").definition_en, of(draft, "SOC-01-01").version) == ("New meaning", version + 1)
    undo_last_change(edition=draft, by=person)
    assert of(draft, "SOC-01-01").definition_en == ""
    call_command("verify_audit", stdout=StringIO(), stderr=StringIO())


def test_save_translations_of_an_older_half_that_still_fits(draft):
    key = f"issue/{draft.code}/SOC-01-01/name"
    change_issue(issue=of(draft, "SOC-01-01"), texts=texts(of(draft, "SOC-01-01"), name_zh="改名"), by=None)
    assert listed() == {key: "older_en"}
    assert save_translations(translations=[filled(key)], by=None) == 0
    assert save_translations(translations=[filled(key, still_fits=True)], by=None) == 1
    assert listed() == {}


def test_save_translations_overwrites_nothing_that_was_changed_meanwhile(draft):
    key = f"issue/{draft.code}/SOC-01-01/name"
    seen = filled(key, en="Mine")
    change_issue(issue=of(draft, "SOC-01-01"), texts=texts(of(draft, "SOC-01-01"), name_en="Theirs"), by=None)
    changes = EditionChange.objects.count()
    for translation in (seen, Translation("issue/none/SOC-01-01/name", {"en": "A"}, "")):
        with pytest.raises(Conflict):
            save_translations(
                translations=[filled(f"category/{draft.code}/society/name", en="X"), translation], by=None
            )
    assert of(draft, "SOC-01-01").name_en == "Theirs"
    assert (EditionChange.objects.count(), draft.categories.get(code="society").name_en) == (changes, "Society")


def test_save_translations_in_three_languages_leaves_what_was_not_looked_at(draft):
    set_languages(row=draft, languages=["zh", "en", "ko"], by=None)
    key, code = f"issue/{draft.code}/SOC-01-01/name", "SOC-01-01"
    assert listed()[key] == "missing_ko"
    save_translations(translations=[filled(key, ko="인권")], by=None)
    assert key not in listed()
    change_issue(issue=of(draft, code), texts=texts(of(draft, code), name_zh="改名"), by=None)
    assert listed()[key] == "older_en; older_ko"
    save_translations(translations=[filled(key, en="Renamed")], by=None)
    assert (of(draft, code).name_en, of(draft, code).name_ko, listed()[key]) == ("Renamed", "인권", "older_ko")
    save_translations(translations=[filled(key, still_fits=True)], by=None)
    assert key not in listed()


@pytest.mark.parametrize("text", ["", "  ", "x" * 201], ids=["empty", "blank", "long"])
def test_save_translations_refuses_no_text_and_a_long_name(draft, text):
    with pytest.raises(NotAllowed, match="SOC-01-01"):
        save_translations(translations=[filled(f"issue/{draft.code}/SOC-01-01/name", en=text)], by=None)


def test_save_translations_leaves_out_cycles_in_review_but_for_points(draft):
    cycle = move(make_cycle(), "in_review")
    StakeholderPoint.objects.create(group=cycle.groups.first(), kind="channel", text_en="Hotline", order=9)
    assert {key.split("/")[0] for key in wanted()} == {"category", "issue", "point"}
    move(cycle, "signed_off")
    assert {key.split("/")[0] for key in wanted()} == {"category", "issue"}


def test_save_translations_refuses_texts_of_a_published_edition(draft):
    edition = draft.based_on
    discard_draft(edition=draft, by=None)
    with pytest.raises(NotAllowed, match=edition.code):
        save_translations(translations=[filled(f"issue/{edition.code}/SOC-01-01/name", en="Other")], by=None)
