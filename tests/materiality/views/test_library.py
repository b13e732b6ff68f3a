"""The library pages, in both languages, by search and in parts."""

import re

import pytest
from django.utils.html import escape

from materiality.models import Edition, Issue, Organisation, User
from materiality.templatetags.library import marked
from tests.factories.library import make_category, make_disclosure, make_edition, make_issue, map_issue

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst(client):
    user = User.objects.create(username="analyst", role="analyst")
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


def codes_in(response) -> list[str]:
    """Codes of the secondary issues shown, in their order."""
    return re.findall(r">([A-Z]+-\d\d-\d\d)</td>", re.sub("</?mark>", "", response.content.decode()))


def found(client, **query) -> list[str]:
    return codes_in(client.get("/library/", query))


def test_library_sends_strangers_to_the_login(client):
    response = client.get("/library/")
    assert (response.status_code, response.url) == (302, "/login/?next=/library/")


@pytest.mark.parametrize(("language", "other"), [("en", "zh"), ("zh-hans", "en")])
def test_library_shows_every_issue_in_both_languages(analyst, language, other, library_rows):
    edition = Edition.objects.get()
    analyst.cookies["django_language"] = language
    page = analyst.get("/library/").content.decode()
    shown = "en" if language == "en" else "zh"
    for issue in edition.issues.all():
        assert escape(getattr(issue, f"name_{shown}")) in page
        assert escape(getattr(issue, f"definition_{shown}")) in page
        assert escape(getattr(issue, f"name_{other}")) in page


def test_library_counts_categories_and_issues(analyst, library_rows):
    page = analyst.get("/library/").content.decode()
    counts = re.findall(r"(\d+) primary · (\d+) secondary", page)
    assert counts == [("5", "16"), ("8", "34"), ("6", "24"), ("4", "19")]
    assert "93 issues" in page
    assert len(re.findall('<details class="branch', page)) == 23
    assert len(found(analyst)) == 93


def test_library_is_folded_until_something_is_looked_for(analyst, library_rows):
    assert '<details class="branch" open' not in analyst.get("/library/").content.decode()
    for query in ({"q": "305-1"}, {"category": "society"}, {"framework": "SDG-2015"}, {"open": "all"}):
        assert '<details class="branch">' not in analyst.get("/library/", query).content.decode()


def mapped_to(code: str, **framework) -> list[str]:
    rows = Issue.objects.filter(disclosures__code=code, **framework)
    return sorted(set(rows.values_list("code", flat=True)))


def test_search_finds_disclosure_codes(analyst, library_rows):
    assert found(analyst, q="305-1") == mapped_to("305-1") == ["ENV-02-02"]
    assert found(analyst, q="GRI 307-1") == mapped_to("307-1")
    assert found(analyst, q="E1.2") == mapped_to("E1.2")
    assert set(found(analyst, q="305")) == {code for n in range(1, 8) for code in mapped_to(f"305-{n}")}


def test_search_by_framework_tells_editions_apart(analyst, library_rows):
    assert found(analyst, q="307-1", framework="GRI-2021") == []
    assert found(analyst, q="307-1", framework="GRI-2016") == mapped_to("307-1")
    hkex = Issue.objects.filter(disclosures__framework__code="HKEX").values_list("code", flat=True)
    assert set(found(analyst, framework="HKEX-2025")) == set(hkex)


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("Greenhouse Gas", ["ENV-02-02"]),
        ("温室气体减排", ["ENV-02-02"]),
        ("ｅｎｖ-02-02", ["ENV-02-02"]),
        ("ENV-03", ["ENV-03-01", "ENV-03-02", "ENV-03-03"]),
        ("能源与水资源", ["ENV-03-01", "ENV-03-02", "ENV-03-03"]),
        ("reuse and discharge", ["ENV-03-03"]),
        ("zzz", []),
    ],
)
def test_search_finds_names_definitions_and_codes(analyst, query, codes, library_rows):
    assert found(analyst, q=query) == codes


def test_category_filter_shows_its_issues(analyst, library_rows):
    codes = found(analyst, category="technology")
    assert len(codes) == 19 and {code[:3] for code in codes} == {"TEC"}


def test_search_without_result_says_what_to_do(analyst, library_rows):
    page = analyst.get("/library/", {"q": "<b>zzz"}).content.decode()
    assert "No issue was found." in page and "<b>zzz" not in page


def test_htmx_gets_the_results_alone(analyst, library_rows):
    response = analyst.get("/library/", {"q": "305-1"}, headers={"HX-Request": "true"})
    assert codes_in(response) == ["ENV-02-02"]
    assert b"<html" not in response.content and "HX-Request" in response["Vary"]


def test_library_of_another_edition_by_its_code(analyst, library_rows):
    draft = make_edition("next", Edition.State.DRAFT)
    category = make_category(draft)
    make_issue(category, "SOC-01-01", make_issue(category, "SOC-01"))
    assert found(analyst, edition="next") == ["SOC-01-01"]
    assert len(found(analyst, edition="no-such")) == 93
    assert 'href="?edition=next"' in analyst.get("/library/").content.decode()


@pytest.mark.parametrize("primaries", [1, 30, 51])
def test_library_is_paged_at_a_fixed_number_of_queries(analyst, primaries, django_assert_max_num_queries):
    category = make_category(make_edition())
    disclosure = make_disclosure("305-1")
    for number in range(primaries):
        issue = make_issue(category, f"SOC-{number:02}-01", make_issue(category, f"SOC-{number:02}"))
        map_issue(issue, disclosure)
    with django_assert_max_num_queries(7):
        response = analyst.get("/library/")
    assert len(codes_in(response)) == min(primaries, 50)
    assert len(found(analyst, page=2)) == (1 if primaries == 51 else primaries)


def test_default_library_page_is_a_few_queries(analyst, django_assert_max_num_queries, library_rows):
    with django_assert_max_num_queries(7):
        analyst.get("/library/")


def test_first_library_asks_the_name_of_the_organisation_in_a_language_that_was_added(analyst):
    sent = {"begin": "empty", "languages": ["en"], "more": "ko", "name_en": "Blue Sea"}
    page = analyst.post("/library/begin/", sent)
    assert page.status_code == 422 and 'name="name_ko"' in page.content.decode()
    assert not Edition.objects.exists()
    assert analyst.post("/library/begin/", {**sent, "name_ko": "푸른바다"}).status_code == 302
    assert Organisation.objects.get().name.texts == {"en": "Blue Sea", "ko": "푸른바다"}
    assert Edition.objects.get().languages == ["en", "ko"]


@pytest.mark.parametrize(
    ("begin", "leads", "state"), [("model", "/library/", "published"), ("empty", "/library/drafts/2026/", "draft")]
)
def test_empty_library_asks_what_it_begins_with(analyst, begin, leads, state):
    assert 'href="/library/begin/"' in analyst.get("/library/").content.decode()
    answer = analyst.post("/library/begin/", {"begin": begin, "languages": ["en"], "more": "ko"})
    edition = Edition.objects.get()
    assert (answer.url, edition.state) == (leads, state)
    if begin == "empty":
        assert edition.languages == ["en", "ko"]
        analyst.post("/library/drafts/2026/languages/", {"languages": ["zh"]})
        edition.refresh_from_db()
        assert edition.languages == ["zh"]
    User.objects.update(role="viewer")
    assert analyst.get("/library/begin/").status_code in (302, 403)


@pytest.mark.parametrize(("role", "links"), [("analyst", True), ("viewer", False)])
def test_library_leads_on_to_a_cycle(analyst, role, links, library_rows):
    User.objects.update(role=role)
    assert ('href="/cycles/new/"' in analyst.get("/library/").content.decode()) == links


def test_retired_issue_is_marked_and_not_counted(analyst):
    category = make_category(make_edition())
    make_issue(category, "SOC-01-01", make_issue(category, "SOC-01"), status="retired")
    page = analyst.get("/library/").content.decode()
    assert "Retired" in page and ">1 issue<" in page


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_issue_page_shows_all_of_an_issue(analyst, language, django_assert_max_num_queries, library_rows):
    edition = Edition.objects.get()
    analyst.cookies["django_language"] = language
    issue = edition.issues.get(code="ENV-01-01")
    with django_assert_max_num_queries(12):
        page = analyst.get("/library/2026/ENV-01-01/").content.decode()
    texts = [issue.name_zh, issue.name_en, issue.definition_zh, issue.definition_en]
    column = "title__en" if language == "en" else "title__zh"
    texts += issue.disclosures.values_list(column, flat=True)
    texts += issue.parent.secondaries.values_list("name__en" if language == "en" else "name__zh", flat=True)
    texts += ["Employees", "merged"] if language == "en" else ["员工", "并入"]
    assert [text for text in texts if escape(text) not in page] == []
    assert re.search(r'<span class="code">2-27</span>', page)


def test_issue_page_of_a_primary_lists_its_secondaries(analyst, library_rows):
    assert codes_in(analyst.get("/library/2026/ENV-01/")) == ["ENV-01-01", "ENV-01-02", "ENV-01-03"]


def test_issue_page_writes_the_year_of_a_code_with_two_meanings(analyst, library_rows):
    page = analyst.get("/library/2026/ENV-02-02/").content.decode()
    assert "102-5 (2025)" in page


def test_every_issue_page_opens(analyst, library_rows):
    edition = Edition.objects.get()
    statuses = {
        analyst.get(f"/library/2026/{code}/").status_code for code in edition.issues.values_list("code", flat=True)
    }
    assert statuses == {200}


def test_issue_that_is_not_there_is_not_found(analyst, library_rows):
    assert analyst.get("/library/2026/ENV-99/").status_code == 404
    assert analyst.get("/library/2025/ENV-01/").status_code == 404


def test_marked_escapes_what_it_marks():
    assert marked("a <b> & B", ("b",)) == "a &lt;<mark>b</mark>&gt; &amp; <mark>B</mark>"
    assert marked("a <b>", ()) == "a &lt;b&gt;"
