"""Writing, moving and removing the bullets of a stakeholder group."""

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from materiality.actions.stakeholders import move_point, remove_group, remove_point, save_point
from materiality.models import AuditEvent, StakeholderPoint
from materiality.platform.refusals import NotAllowed
from tests.factories.cycles import make_cycle, move
from tests.factories.people import make_person
from tests.factories.stakeholders import make_engagement, make_point

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def texts(group, kind="expectation") -> list[str]:
    return list(group.points.filter(kind=kind).order_by("order").values_list("text__en", flat=True))


def test_save_point_adds_at_the_end_of_its_own_list():
    group = make_cycle().groups.first()
    for text in ("one", "two"):
        make_point(group, text)
    make_point(group, "hotline", kind="channel")
    assert (texts(group), texts(group, "channel")) == (["one", "two"], ["hotline"])


def test_save_point_changes_and_records_only_what_changed():
    point, person = make_point(make_cycle().groups.first(), "old"), make_person()
    save_point(
        group=point.group, kind=point.kind, texts={"text_zh": point.text_zh, "text_en": " new "}, by=person, point=point
    )
    event = AuditEvent.objects.order_by("number").last()
    assert (event.before, event.after, event.person.name) == ({"text_en": "old"}, {"text_en": "new"}, str(person))


def test_save_point_with_nothing_new_writes_no_event():
    point = make_point(make_cycle().groups.first())
    number = AuditEvent.objects.count()
    texts = {"text_zh": point.text_zh, "text_en": point.text_en}
    save_point(group=point.group, kind=point.kind, texts=texts, by=None, point=point)
    assert AuditEvent.objects.count() == number


def test_save_point_refuses_two_empty_texts():
    with pytest.raises(NotAllowed, match="at least one language"):
        save_point(group=make_cycle().groups.first(), kind="channel", texts={"text_zh": " ", "text_en": ""}, by=None)


@pytest.mark.parametrize(("state", "may"), [("closed", True), ("in_review", True), ("signed_off", False)])
def test_points_change_until_the_sign_off(state, may):
    point = make_point(make_cycle().groups.first())
    make_point(point.group, "second")
    move(point.group.cycle, state)
    done = []
    for action in (
        lambda: save_point(group=point.group, kind="channel", texts={"text_zh": "", "text_en": "new"}, by=None),
        lambda: move_point(point=point, up=False, by=None),
        lambda: remove_point(point=point, by=None),
    ):
        try:
            action()
            done.append(True)
        except NotAllowed:
            done.append(False)
    assert done == [may] * 3


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=6))
def test_move_point_does_what_swapping_neighbours_in_a_list_does(moves):
    group = make_cycle().groups.first()
    StakeholderPoint.objects.filter(group=group).delete()
    held = [make_point(group, str(number)) for number in range(4)]
    expected = [point.text_en for point in held]
    for number, up in moves:
        place = expected.index(str(number))
        other = place - 1 if up else place + 1
        moved = move_point(point=StakeholderPoint.objects.get(pk=held[number].pk), up=up, by=None)
        assert moved == (0 <= other < 4)
        if moved:
            expected[place], expected[other] = expected[other], expected[place]
    assert texts(group) == expected


def test_remove_point_leaves_the_others_in_order():
    group = make_cycle().groups.first()
    first, _second, _third = (make_point(group, text) for text in ("one", "two", "three"))
    remove_point(point=first, by=None)
    make_point(group, "four")
    assert texts(group) == ["two", "three", "four"]
    assert AuditEvent.objects.get(action="remove_point").before["text_en"] == "one"


def test_remove_group_takes_its_points_along_and_says_so_in_the_trail():
    point = make_point(make_cycle().groups.get(code="media"), "Open data")
    remove_group(group=point.group, by=None)
    assert not StakeholderPoint.objects.filter(pk=point.pk).exists()
    assert [held["text_en"] for held in AuditEvent.objects.get(action="remove_group").before["points"]] == ["Open data"]


def test_remove_group_of_an_engagement_record_is_refused_with_the_reason():
    record = make_engagement(make_cycle())
    with pytest.raises(NotAllowed, match="Engagement records name"):
        remove_group(group=record.group, by=None)
