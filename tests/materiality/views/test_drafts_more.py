"""Pages of a draft: its tree, every edit as a page and in place, conflicts, undo."""

import pytest

from materiality.models import EditionChange, Issue
from tests.factories.drafts import make_draft_edition, of, texts
from tests.factories.people import log_in

pytestmark = pytest.mark.django_db
WHY = {"reason": "Because"}
HTMX = {"HX-Request": "true"}


def address(draft, code: str = "", what: str = "") -> str:
    base = f"/library/drafts/{draft.code}/"
    return f"{base}{of(draft, code).pk}/{what}/" if code else f"{base}{what}"


def values(issue, **changes) -> dict:
    return {**vars(texts(issue)), "change": "reworded", "version": issue.version, "groups": [], **changes}


def edits(draft) -> dict[str, tuple[str, dict]]:
    """Every edit: address and what is sent."""
    issue, other = of(draft, "SOC-01-01"), of(draft, "SOC-01-02")
    part = {"part-TOTAL_FORMS": 2, "part-INITIAL_FORMS": 0, "part-0-name_en": "A", "part-1-name_en": "B"}
    new = {"name_en": "New", "name_zh": "新"}
    return {
        "add": (address(draft, what=f"add/?primary={issue.parent_id}"), new | WHY),
        "add primary": (address(draft, what="add/?category=society"), new | WHY),
        "change": (address(draft, "SOC-01-01", "change"), values(issue, name_en="X")),
        "move": (address(draft, "SOC-01-01", "move"), {"target": of(draft, "ENV-01").pk} | WHY),
        "move primary": (address(draft, "SOC-01", "move"), {"target": of(draft, "ENV-01").category_id} | WHY),
        "merge": (address(draft, "SOC-01-01", "merge"), {"others": [other.pk], "name_en": "X"} | WHY),
        "split": (address(draft, "SOC-01-01", "split"), part | WHY),
        "retire": (address(draft, "SOC-01-01", "retire"), WHY),
        "reorder": (address(draft, "SOC-01-02", "reorder") + "?to=up", {}),
    }


EDITS = ("add", "add primary", "change", "move", "move primary", "merge", "split", "retire", "reorder")


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize(("role", "status"), [("committee", 403), ("analyst", 302)])
def test_every_edit_works_as_a_page_for_those_who_may(client, draft, edit, role, status):
    log_in(client, role)
    url, sent = edits(draft)[edit]
    assert client.post(url, sent).status_code == status
    assert EditionChange.objects.count() == (status == 302)


@pytest.mark.parametrize("edit", EDITS)
def test_every_edit_works_in_place(client, draft, edit):
    log_in(client)
    url, sent = edits(draft)[edit]
    if edit != "reorder":
        form = client.get(url, headers=HTMX).content.decode()
        assert "<html" not in form and 'hx-target="closest .slot"' in form
    response = client.post(url, sent, headers=HTMX | {"HX-Current-URL": f"http://testserver{address(draft)}?q=SOC"})
    page = response.content.decode()
    assert (response.status_code, response["HX-Retarget"], "<html" in page) == (200, "#draft", False)
    assert page.startswith('<div id="draft">') and "Last change:" in page
    assert EditionChange.objects.count() == 1


@pytest.mark.parametrize("edit", [name for name in EDITS if name != "reorder"])
def test_form_with_nothing_in_it_comes_back(client, draft, edit):
    log_in(client)
    url, _sent = edits(draft)[edit]
    page = client.post(url, {"part-TOTAL_FORMS": 2, "part-INITIAL_FORMS": 0}).content.decode()
    assert 'class="error"' in page and not EditionChange.objects.exists()


def test_ticked_issues_of_a_merge_stay_ticked(client, draft):
    log_in(client)
    other = of(draft, "SOC-01-02")
    page = client.post(address(draft, "SOC-01-01", "merge"), {"others": [other.pk], "name_en": "X"}).content.decode()
    assert page.count(" checked>") == 1 and f'value="{other.pk}" checked>' in page


def test_second_of_two_people_sees_both_texts_and_can_save_after_all(client, draft):
    issue = of(draft, "SOC-01-01")
    url = address(draft, "SOC-01-01", "change")
    log_in(client)
    client.post(url, values(issue, name_en="First name"))
    page = client.post(url, values(issue, name_en="Second name", definition_zh="我的释义")).content.decode()
    assert "was changed meanwhile" in page and "<td>First name</td>" in page
    assert "<del>First</del><ins>Second</ins> name" in page
    assert 'value="Second name"' in page and "我的释义</textarea>" in page
    assert of(draft, "SOC-01-01").name_en == "First name"
    assert 'name="version" value="2"' in page
    client.post(url, values(issue, name_en="Second name", version=2))
    assert of(draft, "SOC-01-01").name_en == "Second name"


def test_text_for_an_issue_that_is_gone_is_not_lost(client, draft):
    issue = of(draft, "SOC-01-02")
    url, sent = address(draft, "SOC-01-02", "change"), values(issue, name_en="My name")
    log_in(client)
    client.post(address(draft, "SOC-01-01", "merge"), {"others": [issue.pk], "name_en": "X"} | WHY)
    page = client.post(url, sent).content.decode()
    assert "is no longer in the draft" in page and 'value="My name"' in page and "Save" not in page
    assert client.get(url).status_code == 302


def test_undo_puts_it_back_and_refuses_what_was_not_seen(client, draft):
    log_in(client)
    url, sent = edits(draft)["retire"]
    client.post(url, sent)
    seen = EditionChange.objects.get().pk
    client.post(address(draft, "SOC-01-02", "reorder") + "?to=down")
    page = client.post(address(draft, what="undo/"), {"change": seen}, follow=True).content.decode()
    assert "Another change was made meanwhile." in page
    for _time in range(2):
        client.post(address(draft, what="undo/"))
    assert Issue.objects.filter(edition=draft, status="retired").count() == 0
    assert "There is no change to undo." in client.post(address(draft, what="undo/"), follow=True).content.decode()


def test_reorder_at_the_end_changes_nothing(client, draft):
    log_in(client)
    client.post(address(draft, "SOC-01-04", "reorder") + "?to=down")
    assert not EditionChange.objects.exists()


def test_tree_counts_issues_against_the_edition_before(client, draft):
    log_in(client)
    client.post(*edits(draft)["retire"])
    client.post(*edits(draft)["add primary"])
    tree = client.get(address(draft)).context["tree"]
    assert [
        (row.row.code, row.primaries, row.secondaries, row.secondaries_before, row.signed) for row in tree.categories
    ] == [
        ("environment", 1, 4, 4, "±0"),
        ("society", 2, 3, 4, "±0"),
    ]


def test_tree_shows_only_what_changed_or_is_looked_for(client, draft):
    log_in(client)
    client.post(*edits(draft)["change"])
    queries = {"changed": {"changed": 1}, "word": {"q": "ENV-01-03"}, "category": {"category": "society"}}
    shown = {}
    for name, query in queries.items():
        branches = client.get(address(draft), query).context["listing"].page.object_list[0]
        shown[name] = [line.issue.code for branch in branches for line in branch.secondaries]
    assert shown == {
        "changed": ["SOC-01-01"],
        "word": ["ENV-01-03"],
        "category": ["SOC-01-01", "SOC-01-02", "SOC-01-03", "SOC-01-04"],
    }


@pytest.mark.parametrize("secondaries", [2, 70])
def test_tree_is_paged_at_a_fixed_number_of_queries(client, secondaries, django_assert_max_num_queries):
    draft = make_draft_edition(secondaries)
    log_in(client)
    with django_assert_max_num_queries(12):
        page = client.get(address(draft)).content.decode()
    assert page.count('<article class="line') == (6 if secondaries == 2 else 71)
    at = client.get(address(draft), {"at": "SOC-01-70"})
    assert at.context["listing"].page.number == (1 if secondaries == 2 else 2)


def test_published_edition_is_not_shown_as_a_draft(client, draft):
    log_in(client)
    assert client.get(address(draft.based_on)).url == "/library/editions/"
    page = client.post(address(draft.based_on, "SOC-01-01", "retire"), WHY).content.decode()
    assert "is published and can no longer be changed" in page


def test_viewer_reads_a_draft_without_buttons(client, draft):
    log_in(client, "viewer")
    page = client.get(address(draft)).content.decode()
    assert "SOC-01-01" in page and "/change/" not in page and "hx-post" not in page
