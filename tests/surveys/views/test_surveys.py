"""Staff pages of surveys: list, one survey, form, opening, closing, preview."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from materiality.models import AuditEvent
from materiality.models.people import Role
from surveys.actions.profile import save_profile_question
from surveys.models import Draft, ItemText, Response, Survey, Tally
from surveys.questionnaire.asking import Plan
from surveys.questionnaire.screening import FLAG_BIT
from tests.factories.invitations import make_batch, make_mailing, make_recipient
from tests.factories.paper import make_question, make_sheets
from tests.factories.people import log_in
from tests.factories.responses import at, check_file, csv_file, make_response, row
from tests.factories.surveys import make_draft, make_open_survey, make_survey, make_survey_cycle

pytestmark = pytest.mark.django_db


def page(client, name, *args, query=""):
    response = client.get(reverse(name, args=args) + query)
    assert response.status_code == 200
    return response.content.decode()


def post(client, name, survey, data=None):
    return client.post(reverse(name, args=[survey.cycle.code, survey.code]), data or {})


def form_data(client, cycle, **changes):
    """What the page of a new survey is filled in with."""
    form = client.get(reverse("new_survey", args=[cycle.code])).context["form"]
    names = [name for name in form.fields if form[name].value() not in (None, False)]
    return {**{name: form[name].value() for name in names}, **changes}


def test_surveys_of_an_empty_cycle_say_what_to_do(staff):
    cycle = make_survey_cycle()
    response = staff.get(reverse("surveys", args=[cycle.code]))
    assert (response.status_code, response.url) == (302, reverse("new_survey", args=[cycle.code]))


@pytest.mark.parametrize("number", [1, 30])
def test_surveys_take_a_fixed_number_of_queries(staff, django_assert_max_num_queries, number):
    cycle = make_survey_cycle({"society": 2})
    for survey in [make_survey(cycle) for _ in range(number)]:
        make_response(survey)
    with django_assert_max_num_queries(13):
        text = page(staff, "surveys", cycle.code)
    assert text.count("?survey=") == number + 1  # and the one of the rail


def test_new_survey_starts_with_texts_made_from_the_issues(staff):
    cycle = make_survey_cycle({"environment": 3, "society": 14})
    form = staff.get(reverse("new_survey", args=[cycle.code])).context["form"]
    assert form["code"].value() == cycle.code
    assert "17 issues about Environment and Society" in form["introduction_en"].value()
    assert "范畴environment和范畴society方面的 17 个议题" in form["introduction_zh"].value()
    assert form["title_zh"].value() == "年度评估：利益相关方问卷"


def test_new_survey_is_made_in_its_zone(staff):
    cycle = make_survey_cycle()
    data = form_data(
        staff, cycle, code="spring", opens_at="2026-03-01T09:00", closes_at="2026-04-01T09:00", zone="Europe/Berlin"
    )
    response = staff.post(reverse("new_survey", args=[cycle.code]), data)
    assert response.status_code == 302
    survey = Survey.objects.get(code="spring")
    assert [survey.opens_at.isoformat(), survey.closes_at.isoformat()] == [
        "2026-03-01T08:00:00+00:00",
        "2026-04-01T07:00:00+00:00",
    ]
    assert (survey.state, survey.items.count()) == (Survey.State.DRAFT, 34)
    assert AuditEvent.objects.first().action == "build_survey"


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"code": "new"}, "code", "another meaning"),
        ({"code": "taken"}, "code", "already a survey"),
        ({"opens_at": "soon"}, "opens_at", "2026-01-05 09:00"),
        ({"opens_at": "2026-03-02T09:00", "closes_at": "2026-03-01T09:00"}, "closes_at", "before it opens"),
        ({"k": "7"}, "k", "uses 1–5"),
        ({"zone": "Mars/Base"}, "zone", "Mars/Base"),
        ({"title_en": ""}, "title_en", "required"),
    ],
)
def test_new_survey_that_cannot_be_says_why_and_makes_nothing(staff, changes, field, words):
    cycle = make_survey_cycle()
    make_survey(cycle, code="taken")
    response = staff.post(reverse("new_survey", args=[cycle.code]), form_data(staff, cycle, **changes))
    assert words in response.context["form"].errors[field][0]
    assert Survey.objects.count() == 1


def test_survey_shows_what_it_asks(staff, django_assert_max_num_queries):
    survey = make_open_survey(closes_at=timezone.now() + timedelta(days=30))
    with django_assert_max_num_queries(15):
        text = page(staff, "survey", survey.cycle.code, survey.code)
    assert "3 pages, about 2 minutes" in text
    assert f"http://testserver/s/{survey.code}/" in page(staff, "share_survey", survey.cycle.code, survey.code)
    assert all(f"Issue {issue.code}" in text for issue in {item.issue for item in survey.items.all()})


def test_survey_of_another_cycle_is_not_found(staff):
    survey, other = make_survey(), make_survey_cycle()
    assert staff.get(reverse("survey", args=[other.code, survey.code])).status_code == 404


def test_survey_opened_and_closed_by_buttons(staff):
    survey = make_survey()
    assert post(staff, "open_survey", survey).status_code == 302
    survey.refresh_from_db()
    assert (survey.state, ItemText.objects.filter(survey=survey).count()) == (Survey.State.OPEN, 34)
    post(staff, "close_survey", survey)
    survey.refresh_from_db()
    assert survey.state == Survey.State.CLOSED


def test_survey_that_cannot_open_says_why(staff):
    survey = make_survey(closes_at=timezone.now() - timedelta(days=1))
    response = staff.post(reverse("open_survey", args=[survey.cycle.code, survey.code]), follow=True)
    assert "closing time has passed" in response.content.decode()
    survey.refresh_from_db()
    assert survey.state == Survey.State.DRAFT


def test_closed_survey_says_that_nothing_came_in_only_where_nothing_is_on_its_way(staff):
    survey = make_open_survey(make_survey_cycle({"society": 2}))
    make_draft(survey)
    post(staff, "close_survey", survey)
    address = survey.cycle.code, survey.code
    assert "What was answered will be among the responses soon." in page(staff, "survey", *address)
    Draft.objects.all().delete()
    assert "It takes no more answers, and none came in." in page(staff, "survey", *address)


def test_survey_is_neither_opened_nor_closed_by_get(staff):
    survey = make_survey()
    for name in ("open_survey", "close_survey", "remove_survey"):
        assert staff.get(reverse(name, args=[survey.cycle.code, survey.code])).status_code == 405


def test_draft_is_changed_and_then_frozen(staff):
    survey = make_survey()
    url = reverse("edit_survey", args=[survey.cycle.code, survey.code])
    form = staff.get(reverse("survey", args=[survey.cycle.code, survey.code])).context["texts"]
    data = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    staff.post(url, {**data, "title_en": "Another", "anonymous": "on", "k": "7"})
    survey.refresh_from_db()
    assert (survey.title_en, survey.anonymous, survey.k) == ("Another", True, 7)
    event = AuditEvent.objects.first()
    assert (event.action, event.before["k"], event.after["k"]) == ("edit_survey", 5, 7)
    post(staff, "open_survey", survey)
    assert "Too late" in staff.post(url, {**data, "title_en": "Too late"}).content.decode()
    survey.refresh_from_db()
    assert survey.title_en == "Another"


def test_draft_is_removed_but_no_survey_that_was_opened(staff, survey):
    draft, opened = make_survey(), survey
    post(staff, "remove_survey", draft)
    post(staff, "remove_survey", opened)
    assert list(Survey.objects.all()) == [opened]
    assert AuditEvent.objects.first().action == "remove_survey"


def test_closing_is_moved_and_flags_follow(staff):
    survey = make_open_survey(opens_at=at("2026-01-01T00:00"), closes_at=timezone.now() + timedelta(days=30))
    outside = FLAG_BIT["out_of_window"]
    late = make_response(survey, submitted_at=survey.closes_at + timedelta(days=1), flags=outside | 1)
    early = make_response(survey, submitted_at=at("2025-12-31T23:59"), flags=outside)
    good = make_response(survey, submitted_at=survey.closes_at)
    response = post(staff, "change_window", survey, {"closes_at": "2190-01-01T00:00"})
    assert response.status_code == 302
    survey.refresh_from_db()
    assert survey.closes_at == at("2190-01-01T00:00")
    flags = [Response.objects.get(pk=each.pk).flags for each in (late, early, good)]
    assert flags == [1, outside, 0]
    assert AuditEvent.objects.first().after["flags_moved"] == 1


@pytest.mark.parametrize(("typed", "words"), [("2020-01-01T00:00", "has passed"), ("tomorrow", "2026-01-05 09:00")])
def test_closing_moved_to_a_wrong_time_is_refused(staff, typed, words, survey):
    response = post(staff, "change_window", survey, {"closes_at": typed})
    assert words in response.context["window"].errors["closes_at"][0]
    survey.refresh_from_db()
    assert survey.closes_at is None


CHANGING = ("open_survey", "close_survey", "remove_survey", "change_window")


def test_viewer_sees_surveys_but_changes_none(client):
    survey = make_survey()
    log_in(client, Role.VIEWER)
    for name in ("survey", "preview"):
        page(client, name, survey.cycle.code, survey.code)
    assert "Open the survey" not in page(client, "survey", survey.cycle.code, survey.code)
    assert [post(client, name, survey).status_code for name in CHANGING] == [403] * 4
    for name, args in (("new_survey", [survey.cycle.code]), ("edit_survey", [survey.cycle.code, survey.code])):
        assert client.get(reverse(name, args=args)).status_code == 403
    survey.refresh_from_db()
    assert survey.state == Survey.State.DRAFT


def test_stranger_is_sent_to_the_login(client):
    survey = make_survey()
    assert client.get(reverse("survey", args=[survey.cycle.code, survey.code])).url.startswith("/login/")


def address(survey, query=""):
    return reverse("preview", args=[survey.cycle.code, survey.code]) + query


def walk(client, survey, query=""):
    """Every page from the first to the thanks, by their buttons."""
    url, seen = address(survey, query), []
    while True:
        response = client.get(url)
        assert response.status_code == 200
        text = response.content.decode()
        seen.append(text)
        button = re.search(r'class="primary" name="go" value="(\w+)"', text)
        if not button:
            return seen
        url = client.post(url, {"go": button[1], "consent": "yes", "r0": "5", "comment": "hello"}).url


def headings(pages):
    return [name for text in pages for name in re.findall(r"<h2>(.*?)</h2>", text)]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("make", [make_survey, make_open_survey])
def test_preview_walks_through_every_page_and_stores_nothing(staff, make, language):
    survey = make(thanks_en="So long", thanks_zh="再会")
    seen = walk(staff, survey, f"?language={language}")
    names = {item.issue.name_en if language == "en" else item.issue.name_zh for item in survey.items.all()}
    assert sorted(headings(seen)) == sorted(names)
    assert ("So long" if language == "en" else "再会") in seen[-1]
    assert (Draft.objects.count(), Response.objects.count(), Tally.objects.count()) == (0, 0, 0)


def test_preview_as_a_group_asks_what_its_plan_says(staff):
    plans = {"users": Plan(business=False, left_out=("SOCIETY-01-01",))}
    survey = make_survey(make_survey_cycle({"society": 3}), plans=plans)
    users = "".join(walk(staff, survey, "?group=users"))
    employees = "".join(walk(staff, survey, "?group=employees"))
    assert sorted(set(re.findall(r'name="r(\d+)"', users))) == ["2", "4"]
    assert sorted(set(re.findall(r'name="r(\d+)"', employees))) == ["0", "1", "2", "3", "4", "5"]


def test_preview_offers_only_groups_that_are_asked_anything(staff):
    survey = make_survey(plans={"users": Plan(False, False)})
    text = staff.get(address(survey)).content.decode()
    assert 'value="employees"' in text
    assert 'value="users"' not in text


def test_preview_of_a_survey_that_asks_nobody_leads_back_and_says_so(staff):
    survey = make_survey(plans={name: Plan(False, False) for name in ("users", "employees")})
    response = staff.get(address(survey), follow=True)
    assert response.redirect_chain[0][0] == reverse("survey", args=[survey.cycle.code, survey.code])
    assert "No group is asked anything" in response.content.decode()


def test_preview_of_a_split_survey_draws_parts_with_the_core_in_them(staff):
    cycle = make_survey_cycle({"society": 30})
    cycle.groups.update(target=1000)
    survey = make_survey(cycle, split=True, split_issues=6, core=["SOCIETY-01-07"])
    parts = [set(headings(walk(staff, survey, f"?draw={draw}"))) for draw in range(6)]
    assert {len(part) for part in parts} == {6}
    assert all("Issue SOCIETY-01-07" in part for part in parts)
    assert len(set(map(frozenset, parts))) > 1
    assert set(headings(walk(staff, survey, "?draw=3"))) == parts[3]


def test_preview_shows_a_split_survey_in_full_and_a_full_one_split(staff):
    cycle = make_survey_cycle({"society": 30})
    cycle.groups.update(target=1000)
    split, full = make_survey(cycle, split=True, split_issues=6), make_survey(cycle)
    assert len(headings(walk(staff, split, "?kind=full"))) == 30
    assert len(headings(walk(staff, full, "?kind=split"))) == 12
    full.refresh_from_db()
    assert not full.split


def test_preview_shows_profile_and_attention_questions_and_the_notice(staff):
    survey = make_survey(attention=True, attention_value=4, notice_en="Write to our officer", question_en="What else?")
    values = {"code": "years", "kind": "single", "text_zh": "多久？", "text_en": "How long?"}
    values["options"] = (("短", "Short"), ("长", "Long"))
    save_profile_question(survey=survey, values=values, by=None)
    seen = walk(staff, survey)
    assert "Write to our officer" in seen[0]
    assert sum("please choose 4 here" in text for text in seen) == 1
    assert all(words in seen[-3] for words in ("How long?", "Short", "Long"))
    assert "What else?" in seen[-2]


def test_preview_switches_language_size_contrast_and_group(staff, survey):
    at = address(survey, "?page=1&language=en")
    kept = "page=1&group=users&kind=full"
    assert staff.post(at, {"language": "zh-hans"}).url == address(survey, f"?{kept}&language=zh-hans")
    assert staff.post(at, {"size": "large"}).url == address(survey, f"?{kept}&language=en&size=large")
    assert staff.post(at, {"contrast": "high"}).url.endswith("&contrast=high")
    assert "group=employees" in staff.post(address(survey), {"go": "start", "group": "employees"}).url
    assert (
        '<html lang="en" class="large high">'
        in staff.get(address(survey, "?size=large&contrast=high")).content.decode()
    )


@pytest.mark.parametrize(
    "query", ["?page=999", "?page=-1", "?page=x&group=nobody&kind=odd&draw=1e9&language=xx", "?draw=%D9%A3"]
)
def test_preview_of_an_address_that_makes_no_sense_shows_a_page_that_there_is(staff, query):
    assert staff.get(address(make_survey(), query)).status_code == 200


@pytest.mark.parametrize("number", [2, 34])
def test_preview_takes_a_fixed_number_of_queries(staff, django_assert_max_num_queries, number):
    survey = make_survey(make_survey_cycle({"society": number}))
    with django_assert_max_num_queries(15):
        staff.get(address(survey, "?page=1"))


NAV = re.compile(r'<nav class="rail".*?</nav>', re.DOTALL)
CURRENT = re.compile(r'aria-current="page">([^<]+) <')


def nav_of(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    found = NAV.search(response.content.decode())
    assert found, address
    return found.group()


def pages_of(survey):
    """(address, what is current) of every page of an open survey that holds a bit of everything."""
    batch = make_batch(survey, size=300)
    recipients = [make_recipient(batch, serial=n, email=f"p{n}@example.com") for n in range(200)]
    for size in (1, 20, 3_300_000, 7):
        make_batch(survey, size=size)
    make_question(survey)
    sheet = make_sheets(survey)[0]
    imported = check_file(survey, csv_file(survey, row(survey, *[3] * survey.items.count())))

    def at(name, *rest):
        return reverse(name, args=[survey.cycle.code, survey.code, *rest])

    return [
        *((at(name), "Questionnaire") for name in ("survey", "share_survey")),
        *((at(name), "Invitations") for name in ("invitations", "new_batch", "recipients", "new_recipients")),
        *((at(name), "Invitations") for name in ("bounces", "new_mailing")),
        (at("batch", batch.pk), "Invitations"),
        (at("recipient", recipients[0].pk), "Invitations"),
        (at("mailing", make_mailing(survey).pk), "Invitations"),
        (at("paper"), "Invitations"),
        (at("paper_entry", sheet.number), "Invitations"),
        (at("fieldwork"), "Progress"),
        *((at(name), "Responses") for name in ("response_list", "new_import")),
        (at("response", make_response(survey).pk), "Responses"),
        (reverse("responses", args=[survey.cycle.code]) + f"?survey={survey.code}", "Responses"),
        (reverse("response_import", args=[survey.cycle.code, imported.pk]), "Responses"),
        (at("screening"), "Screening"),
        (at("exports"), "Responses"),
    ]


def test_every_page_of_an_open_survey_names_itself_and_takes_few_queries(client, django_assert_max_num_queries):
    log_in(client)
    survey = make_open_survey(title_en="Survey of spring")
    for address, current in pages_of(survey):
        with django_assert_max_num_queries(15):
            found = nav_of(client, address)
        assert CURRENT.findall(found) == [current], address


def test_pages_that_build_a_draft_name_it_too(client):
    log_in(client)
    survey = make_survey(make_survey_cycle())
    for name in ("survey", "new_profile_question"):
        found = nav_of(client, reverse(name, args=[survey.cycle.code, survey.code]))
        assert CURRENT.findall(found) == ["Questionnaire"]


@pytest.mark.parametrize("role", Role.values)
def test_nothing_in_the_navigation_is_refused_to_whoever_sees_it(client, role, survey):
    log_in(client, role)
    found = nav_of(client, reverse("survey", args=[survey.cycle.code, survey.code]))
    answers = {
        link: client.get(link.replace("&amp;", "&")).status_code for link in re.findall(r'href="([^"]+)"', found)
    }
    assert set(answers.values()) == {200}, answers


@pytest.mark.parametrize("name", ["try_rules", "change_rules", "print_paper", "change_window"])
def test_address_of_a_form_that_came_back_leads_to_its_page_when_it_is_loaded_anew(client, name, survey):
    log_in(client)
    response = client.get(reverse(name, args=[survey.cycle.code, survey.code]), follow=True)
    assert (response.status_code, len(response.redirect_chain)) == (200, 1)
