"""Pages of engagement records and their files."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from materiality.actions.stakeholders import add_attachment
from materiality.models import Attachment, Engagement, StakeholderPoint
from tests.factories.cycles import make_cycle, move
from tests.factories.people import log_in
from tests.factories.scores import make_run
from tests.factories.stakeholders import PDF, make_engagement, make_point, stored_file

pytestmark = pytest.mark.django_db
LIST = "/cycles/spring/engagements/"


@pytest.fixture
def cycle():
    return make_cycle(code="spring")


def filled(cycle, **changes) -> dict:
    values = {"kind": "interview", "group": cycle.groups.first().pk, "date": "2026-02-03", "title_en": "Talk"}
    return {**values, **changes}


def titles(client, query: str) -> set[str]:
    return {record.title_en for record in client.get(LIST + query).context["listing"].page}


def test_engagements_say_what_to_do_where_there_are_none(client, cycle):
    log_in(client)
    assert "Nothing is recorded yet." in client.get(LIST).content.decode()


def test_engagements_are_filtered_by_group_kind_issue_and_date(client, cycle):
    users, media = cycle.groups.get(code="users"), cycle.groups.get(code="media")
    issue = cycle.edition.issues.get(code="ENV-01-01")
    make_engagement(cycle, title_en="A", group=users, issues=(issue,), date=date(2026, 1, 5))
    make_engagement(cycle, title_en="B", group=media, kind="hotline", date=date(2026, 2, 5))
    log_in(client, "viewer")
    wanted = {
        "": {"A", "B"}, "?group=users": {"A"}, "?kind=hotline": {"B"}, "?issue=ENV-01-01": {"A"},
        "?from=2026-02-01": {"B"}, "?to=2026-02-01": {"A"}, "?from=2026-02-31&kind=dance": {"A", "B"},
    }  # fmt: skip
    assert {query: titles(client, query) for query in wanted} == wanted


@pytest.mark.parametrize(("role", "status", "number"), [("viewer", 403, 0), ("analyst", 302, 1)])
def test_new_engagement_is_recorded_by_those_who_may(client, cycle, role, status, number):
    issues = [str(pk) for pk in cycle.edition.issues.values_list("pk", flat=True)[:2]]
    log_in(client, role)
    assert client.post(f"{LIST}new/", filled(cycle, issues=issues)).status_code == status
    assert Engagement.objects.filter(issues__in=issues).distinct().count() == number


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title_en": ""}, "Give the record a title"),
        ({"date": "2999-01-01"}, "The date lies ahead."),
        ({"participants": "-1"}, "greater than or equal to 0"),
        ({"issues": ["999999"]}, "not one of the available choices"),
    ],
)
def test_new_engagement_with_mistakes_comes_back(client, cycle, changes, words):
    log_in(client)
    assert words in client.post(f"{LIST}new/", filled(cycle, **changes)).content.decode()
    assert not Engagement.objects.exists()


def test_new_engagement_offers_issues_by_category_and_takes_one_from_the_address(client, cycle):
    log_in(client)
    text = client.get(f"{LIST}new/?issue=SOC-01-02&group=media").content.decode()
    chosen = cycle.edition.issues.get(code="SOC-01-02")
    assert f'value="{chosen.pk}" checked' in text
    assert text.count('name="issues"') == cycle.edition.issues.count()


def test_engagement_is_changed_and_keeps_its_issues_ticked(client, cycle):
    issue = cycle.edition.issues.get(code="ENV-01-01")
    record = make_engagement(cycle, issues=(issue,))
    log_in(client)
    assert f'value="{issue.pk}" checked' in client.get(f"{LIST}{record.pk}/edit/").content.decode()
    client.post(f"{LIST}{record.pk}/edit/", filled(cycle, title_en="Changed"))
    record.refresh_from_db()
    assert (record.title_en, record.issues.count()) == ("Changed", 0)


@pytest.mark.parametrize(("role", "status", "left"), [("viewer", 403, 1), ("analyst", 302, 0)])
def test_remove_engagement_is_for_those_who_may(client, cycle, role, status, left):
    record = make_engagement(cycle)
    log_in(client, role)
    assert client.post(f"{LIST}{record.pk}/remove/").status_code == status
    assert Engagement.objects.count() == left


def test_file_is_attached_and_comes_back_as_a_download(client, cycle):
    record = make_engagement(cycle)
    log_in(client)
    client.post(f"{LIST}{record.pk}/files/add/", {"file": SimpleUploadedFile("纪要.pdf", PDF)})
    file = Attachment.objects.get(engagement=record)
    response = client.get(f"{LIST}{record.pk}/files/{file.pk}/")
    assert b"".join(response.streaming_content) == PDF
    assert response.headers["Content-Disposition"].startswith("attachment; filename")
    assert (response.headers["X-Content-Type-Options"], response.headers["Content-Type"]) == (
        "nosniff", "application/pdf",
    )  # fmt: skip


def test_file_of_a_wrong_type_is_refused_with_the_reason(client, cycle):
    record = make_engagement(cycle)
    log_in(client)
    file = SimpleUploadedFile("a.pdf", b"<html><script>1</script>", content_type="application/pdf")
    response = client.post(f"{LIST}{record.pk}/files/add/", {"file": file})
    assert response.status_code == 422
    assert "This is a web page" in response.content.decode()
    assert not Attachment.objects.exists()


def test_files_change_by_those_who_may_and_only_in_their_record(client, cycle):
    record, other = make_engagement(cycle), make_engagement(cycle)
    file = add_attachment(engagement=record, path=stored_file(PDF), file_name="a.pdf", by=None)
    log_in(client, "viewer")
    addresses = [f"{LIST}{record.pk}/files/add/", f"{LIST}{record.pk}/files/{file.pk}/remove/"]
    assert [client.post(address).status_code for address in addresses] == [403, 403]
    assert client.get(f"{LIST}{other.pk}/files/{file.pk}/").status_code == 404
    log_in(client)
    assert client.post(addresses[1]).status_code == 302
    assert not Attachment.objects.exists()


def test_record_stands_on_the_pages_of_the_issues_it_touches(client, cycle):
    run = make_run(cycle)
    issue = run.scores.first().issue
    record = make_engagement(cycle, title_en="Talk about it", issues=(issue,))
    log_in(client, "analyst")
    for address in (f"/cycles/spring/scores/{issue.code}/", f"/library/{issue.edition.code}/{issue.code}/"):
        text = client.get(address).content.decode()
        assert f'href="{LIST}{record.pk}/">Talk about it</a>' in text


@pytest.mark.parametrize("number", [1, 30])
def test_engagement_pages_ask_few_queries(client, cycle, number, django_assert_max_num_queries):
    issues = tuple(cycle.edition.issues.all())
    records = [make_engagement(cycle, issues=issues) for _time in range(number)]
    log_in(client)
    record = records[0].pk
    for address in (LIST, f"{LIST}{record}/", f"{LIST}{record}/edit/", f"/library/{cycle.edition.code}/ENV-01-01/"):
        with django_assert_max_num_queries(15):
            assert client.get(address).status_code == 200


PAGE = "/cycles/spring/groups/media/points/"


@pytest.fixture
def group():
    return make_cycle(code="spring").groups.get(code="media")


def test_points_show_both_languages_and_what_is_missing(client, group):
    make_point(group, "Open data")
    StakeholderPoint.objects.create(group=group, kind="channel", order=1, text_en="Press days")
    log_in(client, "viewer")
    text = client.get(PAGE).content.decode()
    assert "中文 Open data" in text and "Chinese missing" in text
    assert "/move/" not in text and "?add=" not in text


@pytest.mark.parametrize(("role", "status", "number"), [("viewer", 403, 0), ("analyst", 302, 1)])
def test_add_point_is_for_those_who_may(client, group, role, status, number):
    log_in(client, role)
    response = client.post(f"{PAGE}channel/add/", {"text_zh": "开放日", "text_en": ""})
    assert (response.status_code, group.points.filter(kind="channel", text__zh="开放日").count()) == (status, number)


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


def test_new_record_asks_for_a_title_in_the_languages_of_the_cycle(client):
    make_cycle(code="own", languages=["ko"])
    log_in(client)
    page = client.get("/cycles/own/engagements/new/").content.decode()
    assert 'name="title_ko"' in page and 'name="title_zh"' not in page
