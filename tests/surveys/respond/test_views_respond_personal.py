"""Personal links: nothing by following one, one draft from any device, and what a used link still does."""

from datetime import timedelta

import pytest
from django.utils import timezone

from surveys.actions.surveys import close_survey
from surveys.invitations.used_links import is_used, used_serials
from surveys.models import Assignments, Draft, Response, Survey, Tally
from surveys.models.invitations import new_salt
from surveys.questionnaire.asking import Plan
from surveys.respond.drafts import number_begun
from tests.factories.invitations import make_batch, token
from tests.factories.respondent import RespondentClient
from tests.factories.surveys import make_open_survey, make_survey_cycle

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey() -> Survey:
    return make_open_survey(make_survey_cycle({"society": 3}))


@pytest.fixture
def batch(survey):
    return make_batch(survey, survey.cycle.groups.get(code="employees"))


def path_of(batch, serial: int = 0) -> str:
    return f"i/{token(batch, serial)}/"


def begin(client: RespondentClient, path: str):
    return client.send(path, consent="yes", go="start")


def opened() -> dict[tuple[str, str], int]:
    return {(tally.group, tally.channel): tally.number for tally in Tally.objects.filter(measure="opened")}


def test_following_a_link_shows_the_first_page_and_begins_nothing(survey, batch):
    client = RespondentClient(survey)
    for _time in range(3):
        html = client.page(path_of(batch))
    assert client.head(client.base + path_of(batch)).status_code == 200
    assert "<b>Employees</b>" in html and 'name="group"' not in html
    assert Draft.objects.count() == 0 and not is_used(batch.pk, 0)
    assert opened() == {("employees", "batch"): 3}


def test_opening_the_open_link_is_counted_without_group(survey):
    client = RespondentClient(survey)
    client.page()
    client.head(client.base)
    assert opened() == {("", "link"): 1}


def test_first_page_in_another_language_or_size_is_no_further_opening(survey, batch):
    client = RespondentClient(survey)
    for shown in ({"language": "en"}, {"size": "large"}, {"contrast": "high"}):
        client.send(path_of(batch), **shown)
    client.page(path_of(batch))
    assert opened() == {("employees", "batch"): 1}


def test_link_begins_a_draft_of_its_group(survey, batch):
    client = RespondentClient(survey)
    response = begin(client, path_of(batch, 4))
    assert (response.status_code, response["Location"]) == (303, f"{client.base}1/")
    draft = Draft.objects.get()
    assert (draft.group.code, draft.channel, draft.batch_id, draft.serial) == ("employees", "batch", batch.pk, 4)
    assert Tally.objects.get(measure="started").number == 1


def test_posted_group_does_not_change_the_group_of_the_link(survey, batch):
    RespondentClient(survey).send(path_of(batch), group="users", consent="yes", go="start")
    assert Draft.objects.get().group.code == "employees"


def test_link_without_consent_begins_nothing(survey, batch):
    client = RespondentClient(survey)
    assert (client.send(path_of(batch), go="start").status_code, Draft.objects.count()) == (303, 0)
    assert "Without your consent" in client.page(path_of(batch))


def test_link_on_another_device_leads_to_the_same_answers(survey, batch):
    phone, desk = RespondentClient(survey), RespondentClient(survey)
    begin(phone, path_of(batch))
    first = phone.items("1/")[0]
    phone.send("1/", **{f"r{first}": "4", "go": "next"})
    assert "3 of 3 issues are still open" in desk.page(path_of(batch))
    assert desk.send(path_of(batch), go="resume")["Location"] == f"{desk.base}1/"
    assert desk.chosen("1/") == {first: "4"}
    assert Draft.objects.count() == 1


def test_link_opened_on_two_phones_before_either_begins_makes_one_draft(survey, batch):
    one, other = RespondentClient(survey), RespondentClient(survey)
    one.page(path_of(batch)), other.page(path_of(batch))
    begin(one, path_of(batch))
    assert begin(other, path_of(batch)).status_code == 303
    assert one.cookies["yiti_draft"].value == other.cookies["yiti_draft"].value
    assert Draft.objects.count() == 1


@pytest.mark.parametrize("anonymous", [False, True])
def test_used_link_explains_itself_and_takes_no_second_answers(anonymous):
    survey = make_open_survey(make_survey_cycle({"society": 3}), anonymous=anonymous)
    batch = make_batch(survey)
    client, again = RespondentClient(survey), RespondentClient(survey)
    begin(client, path_of(batch))
    client.send("end/", go="submit")
    html = again.page(path_of(batch))
    assert "Your answers are in" in html
    assert ("can be neither shown nor deleted" in " ".join(html.split())) is anonymous
    assert ("Delete my answers" in html) is not anonymous
    begin(again, path_of(batch))
    assert (Draft.objects.count(), number_begun(survey)) == (0, 0)
    # Of an anonymous survey the link is marked at the release, together with nine others.
    assert list(used_serials(batch.pk)) == ([] if anonymous else [0])


def test_answers_are_deleted_by_their_link_once_that_is_confirmed(survey, batch):
    for serial in (0, 1):
        client = RespondentClient(survey)
        begin(client, path_of(batch, serial))
        client.send("end/", comment=str(serial), go="submit")
    stranger = RespondentClient(survey)
    stranger.send(path_of(batch), go="erase")
    assert "Please tick that you are sure" in stranger.page(path_of(batch))
    assert Response.objects.count() == 2
    assert stranger.send(path_of(batch), go="erase", confirm="yes").status_code == 303
    assert [response.comment for response in Response.objects.all()] == ["1"]
    assert "no longer stored" in stranger.page(path_of(batch))


def test_nothing_is_deleted_by_link_in_an_anonymous_survey():
    survey = make_open_survey(make_survey_cycle({"society": 3}), anonymous=True)
    batch = make_batch(survey)
    client = RespondentClient(survey)
    begin(client, path_of(batch))
    client.send("end/", go="submit")
    close_survey(survey=survey, by=None)
    client.send(path_of(batch), go="erase", confirm="yes")
    assert Response.objects.count() == 1


def test_guessed_altered_and_void_links_are_not_found_and_say_no_more(survey, batch):
    good = token(batch)
    flipped = good[:-1] + ("a" if good[-1] != "a" else "b")
    client = RespondentClient(survey)
    other = make_open_survey(make_survey_cycle({"society": 1}))
    paths = [f"i/{text}/" for text in ("x", "a" * 24, flipped, good + "a", good[:-1], "%00", token(batch, 10))]
    found = [client.get(client.base + path) for path in paths]
    found.append(RespondentClient(other).get(f"/s/{other.code}/i/{good}/"))
    batch.salt = new_salt()
    batch.save()
    found.append(client.get(f"{client.base}i/{good}/"))
    assert [response.status_code for response in found] == [404] * len(found)
    bodies = {response.content.decode().split("<main")[1].split("<form")[0] for response in found}
    assert len(bodies) == 1 and "There is no survey at this address" in bodies.pop()


def test_link_of_a_closed_survey_tells_so_but_answers_begun_may_be_finished_in_the_grace(survey, batch):
    begun, late = RespondentClient(survey), RespondentClient(survey)
    begin(begun, path_of(batch))
    now = timezone.now()
    Draft.objects.update(started_at=now - timedelta(hours=1))
    close_survey(survey=survey, by=None, now=now - timedelta(minutes=14))
    assert "Go on with your answers" in begun.page(path_of(batch))
    assert "This survey is closed" in late.page(path_of(batch, 1))
    assert begun.send("end/", go="submit")["Location"] == f"{begun.base}thanks/"
    assert Response.objects.count() == 1


def test_display_is_switched_on_the_page_of_the_link(survey, batch):
    client = RespondentClient(survey)
    client.send(path_of(batch), language="zh-hans")
    client.send(path_of(batch), contrast="high")
    html = client.page(path_of(batch))
    assert '<html lang="zh-Hans" class=" high">' in html or '<html lang="zh-Hans" class="high">' in html
    assert Draft.objects.count() == 0


def test_log_lines_hold_no_token(survey, batch, caplog):
    text = token(batch)[:-1] + ("2" if token(batch)[-1] != "2" else "3")
    RespondentClient(survey).get(f"/s/{survey.code}/i/{text}/")
    RespondentClient(survey).post(f"/s/{survey.code}/i/{text}/", {"go": "start"})
    RespondentClient(survey).put(f"/s/{survey.code}/i/{text}/")
    # What is answered before Django is in no log; the filter of the console's handler, which every process has, works
    # on the record itself.
    lines = caplog.text
    assert lines.count(f"/s/{survey.code}/i/…/") == 2 and text not in lines


def test_split_survey_by_link_counts_the_part_once(django_assert_max_num_queries):
    plans = {"users": Plan(expected=10_000)}
    survey = make_open_survey(make_survey_cycle({"society": 20}), split=True, split_issues=12, plans=plans)
    batch = make_batch(survey)
    client = RespondentClient(survey)
    html = client.page(path_of(batch))
    posted = {"csrfmiddlewaretoken": html.split('csrfmiddlewaretoken" value="')[1].split('"')[0], "consent": "yes"}
    with django_assert_max_num_queries(12):
        client.post(client.base + path_of(batch), {**posted, "go": "start"})
    begin(RespondentClient(survey), path_of(batch))
    counts = memoryview(bytes(Assignments.objects.get(group=batch.group).counts)).cast("I").tolist()
    assert sum(counts) == 12
