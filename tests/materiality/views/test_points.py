"""Pages of the three lists of a group, and the table of all."""

import pytest

from materiality.models import StakeholderPoint
from tests.factories.cycles import make_cycle, move
from tests.factories.people import log_in
from tests.factories.stakeholders import make_point

pytestmark = pytest.mark.django_db
PAGE = "/cycles/spring/groups/media/points/"


@pytest.fixture
def group():
    return make_cycle(code="spring").groups.get(code="media")


def test_points_show_both_languages_and_what_is_missing(client, group):
    make_point(group, "Open data")
    StakeholderPoint.objects.create(group=group, kind="channel", order=1, text_en="Press days")
    log_in(client, "viewer")
    text = client.get(PAGE).content.decode()
    assert "中文 Open data" in text and "Chinese text missing" in text
    assert "/move/" not in text and "?add=" not in text


@pytest.mark.parametrize(("role", "status", "number"), [("viewer", 403, 0), ("analyst", 302, 1)])
def test_add_point_is_for_those_who_may(client, group, role, status, number):
    log_in(client, role)
    response = client.post(f"{PAGE}channel/add/", {"text_zh": "开放日", "text_en": ""})
    assert (response.status_code, group.points.filter(kind="channel", text_zh="开放日").count()) == (status, number)


def test_add_point_by_htmx_returns_the_list_alone(client, group):
    log_in(client)
    headers = {"HX-Request": "true"}
    response = client.post(f"{PAGE}channel/add/", {"text_en": "Press days"}, headers=headers)
    text = response.content.decode()
    assert response.status_code == 200 and text.startswith('<section class="points" id="list-channel"')
    assert "Press days" in text and "<html" not in text


def test_point_without_text_comes_back_with_the_reason(client, group):
    log_in(client)
    response = client.post(f"{PAGE}channel/add/", {"text_zh": " ", "text_en": ""})
    assert "at least one language" in response.content.decode()
    assert not group.points.exists()


def test_point_is_changed_in_its_place(client, group):
    point = make_point(group, "Open data")
    log_in(client)
    assert f'action="{PAGE}expectation/{point.pk}/"' in client.get(f"{PAGE}?edit={point.pk}").content.decode()
    response = client.post(f"{PAGE}expectation/{point.pk}/", {"text_zh": "", "text_en": "Figures"})
    point.refresh_from_db()
    assert (response.url, point.text_zh, point.text_en) == (f"{PAGE}#list-expectation", "", "Figures")


def test_points_are_moved_and_removed(client, group):
    first, second = make_point(group, "one"), make_point(group, "two")
    log_in(client)
    client.post(f"{PAGE}{second.pk}/move/", {"direction": "up"})
    assert list(group.points.order_by("order")) == [second, first]
    client.post(f"{PAGE}{second.pk}/remove/")
    assert list(group.points.all()) == [first]


@pytest.mark.parametrize("path", ["1/move/", "1/remove/", "channel/add/"])
def test_points_change_by_post_alone(client, group, path):
    log_in(client)
    assert client.get(PAGE + path).status_code == 405


def test_point_of_another_group_or_kind_is_not_found(client, group):
    point = make_point(group.cycle.groups.get(code="users"))
    log_in(client)
    assert client.post(f"{PAGE}{point.pk}/remove/").status_code == 404
    assert client.post(f"{PAGE}wish/add/", {"text_en": "a"}).status_code == 404


def test_points_after_the_sign_off_offer_nothing_and_refuse_with_the_reason(client, group):
    point = make_point(group)
    move(group.cycle, "signed_off")
    log_in(client)
    assert 'method="post" action="/cycles/' not in client.get(f"{PAGE}?add=channel").content.decode()
    text = client.post(f"{PAGE}{point.pk}/remove/", follow=True).content.decode()
    assert "can no longer be changed" in text and group.points.exists()


def test_stakeholder_table_shows_the_active_language(client, group):
    make_point(group, "Open data")
    log_in(client, "viewer", language="zh-hans")
    text = client.get("/cycles/spring/stakeholders/").content.decode()
    assert "<li>中文 Open data</li>" in text and "期待与诉求" in text


@pytest.mark.parametrize("number", [1, 30])
def test_points_and_table_ask_few_queries(client, group, number, django_assert_max_num_queries):
    for place in range(number):
        make_point(group, f"text {place}")
    log_in(client)
    for address in (PAGE, "/cycles/spring/stakeholders/"):
        with django_assert_max_num_queries(15):
            client.get(address)
