"""The page of the method: set, tried, kept as a run."""

import re
from datetime import date

import pytest

from materiality.models import AuditEvent, Cycle, Run
from materiality.queries.cycles import method_of
from tests.factories.cycles import make_cycle, move, small_library
from tests.factories.people import log_in
from tests.factories.scores import make_run
from tests.materiality.forms.test_method import FILLED

pytestmark = pytest.mark.django_db


@pytest.fixture
def cycle():
    return make_cycle(code="spring")


def stored() -> dict:
    return Cycle.objects.get(code="spring").method


@pytest.mark.parametrize(("role", "status", "least"), [("viewer", 403, 5), ("committee", 403, 5), ("analyst", 302, 9)])
def test_method_is_changed_by_those_who_may(client, cycle, role, status, least):
    log_in(client, role)
    assert client.post("/cycles/spring/method/", {**FILLED, "min_n": "9"}).status_code == status
    assert stored()["min_n"] == least


def test_method_is_seen_by_a_viewer_without_a_button(client, cycle):
    log_in(client, "viewer")
    text = client.get("/cycles/spring/method/").content.decode()
    assert ("300 journalists as much as 9,000 users" in text, "Save the method" in text) == (True, False)


def test_method_with_errors_says_so_at_the_field_in_the_readers_language(client, cycle):
    log_in(client, language="zh-hans")
    response = client.post("/cycles/spring/method/", {**FILLED, "lam": "140"})
    assert '<p class="error" id="id_lam_error">请输入 0 到 100 之间的数。</p>' in response.content.decode()
    assert stored()["lam"] == 0.5


def test_method_changed_after_a_run_is_marked(client, cycle):
    make_run(cycle)
    log_in(client)
    before = client.get("/cycles/spring/method/").content.decode()
    assert "Results have been seen: run 1 exists." in before
    client.post("/cycles/spring/method/", {**FILLED, "lam": "70"})
    after = client.get("/cycles/spring/method/").content.decode()
    assert "changed after run 1" in after
    assert "Share of society, λ 50% → 70%" in after


def test_method_posted_as_shown_changes_nothing(client, cycle):
    log_in(client)
    form = client.get("/cycles/spring/method/").context["form"]
    values = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    assert client.post("/cycles/spring/method/", values).status_code == 302
    assert method_of(Cycle.objects.get()) == method_of(cycle)


def test_method_in_review_stays(client, cycle):
    move(cycle, "in_review")
    log_in(client)
    response = client.post("/cycles/spring/method/", {**FILLED, "min_n": "9"})
    assert "in which this can no longer be changed" in response.content.decode()
    assert stored()["min_n"] == 5


def test_method_asks_few_queries(client, cycle, django_assert_max_num_queries):
    log_in(client)
    for least in range(6, 20):
        client.post("/cycles/spring/method/", {**FILLED, "min_n": str(least)})
    with django_assert_max_num_queries(15):
        client.get("/cycles/spring/method/")


def test_method_saved_with_weights_writes_them_to_the_groups_and_marks_them(client, cycle):
    make_run(cycle)
    log_in(client)
    client.post("/cycles/spring/method/", {**FILLED, "weight_users_society": "3", "weight_media_business": "0"})
    weights = method_of(Cycle.objects.get()).weights
    assert (weights["users"], weights["media"]) == ({"society": 3, "business": 1}, {"society": 1, "business": 0})
    events = AuditEvent.objects.filter(action="save_group")
    assert [event.after["after_run"] for event in events] == [1, 1]


def test_method_without_any_weight_is_refused(client, cycle):
    log_in(client)
    zero = {f"weight_{group.code}_society": "0" for group in cycle.groups.all()}
    text = client.post("/cycles/spring/method/", {**FILLED, **zero}).content.decode()
    assert "the weight 0 for “Impact on society”" in text
    assert method_of(Cycle.objects.get()) == method_of(cycle)


def tried(client, **changes) -> str:
    return client.post("/cycles/spring/method/try/", {**FILLED, **changes}, headers={"HX-Request": "true"})


def test_trying_shows_what_a_run_would_be_and_stores_nothing(client, cycle):
    make_run(cycle)
    log_in(client, "committee")
    response = tried(client, lam="100", weight_users_society="3")
    assert (Run.objects.count(), AuditEvent.objects.filter(action="set_method").exists()) == (1, False)
    found = response.context["trial"]
    assert "<html" not in response.content.decode()
    Cycle.objects.filter(pk=cycle.pk).update(method={**cycle.method, "lam": 1})
    cycle.groups.filter(code="users").update(weight_society=3)
    run = make_run(Cycle.objects.get())
    then = dict(Run.objects.get(number=1).scores.values_list("issue__code", "tier"))
    now = dict(run.scores.values_list("issue__code", "tier"))
    assert {move.code: (move.before, move.after) for move in found.moves} == {
        code: (then[code], now[code]) for code in then if then[code] != now[code]
    }
    assert found.moves and {dot.code for dot in found.dots if dot.moved} <= {move.code for move in found.moves}


def test_trying_the_method_in_force_moves_nothing(client, cycle):
    make_run(cycle)
    log_in(client)
    text = tried(client).content.decode()
    assert "0 issues change their tier." in text
    assert text.count("<circle") == 8 and text.count("<line") == 2


def test_trying_without_javascript_gives_the_whole_page(client, cycle):
    make_run(cycle)
    log_in(client)
    response = client.post("/cycles/spring/method/try/", {**FILLED, "lam": "0"})
    text = response.content.decode()
    assert "<html" in text and 'value="0"' in text
    assert response.context["trial"].method.lam == 0


def test_trying_what_cannot_be_used_says_so(client, cycle):
    make_run(cycle)
    log_in(client)
    text = tried(client, lam="140", q_high="80").content.decode()
    assert "A value cannot be used as it stands" in text
    assert "Enter a number from 0 to 100." in text


@pytest.mark.parametrize("rule", ["shares", "absolute"])
def test_trying_double_materiality_draws_both_thresholds(client, cycle, rule):
    make_run(cycle)
    log_in(client)
    values = {"rule": "either", "thresholds": rule, "threshold_society": "50", "threshold_business": "50"}
    text = tried(client, **values, q_society="20", q_business="20").content.decode()
    assert text.count("<line") == 2


def test_method_without_a_run_has_nothing_to_try(client, cycle):
    log_in(client)
    assert 'id="trial"' not in client.get("/cycles/spring/method/").content.decode()
    assert client.post("/cycles/spring/method/keep/", FILLED).status_code == 302
    assert not Run.objects.exists()


def test_what_was_tried_is_kept_as_a_run_with_its_reason_and_marked(client, cycle):
    make_run(cycle)
    log_in(client)
    sent = {**FILLED, "lam": "70", "weight_users_society": "2", "name": "Society first", "reason": "Asked by the board"}
    assert client.post("/cycles/spring/method/keep/", sent).status_code == 302
    first, kept = Run.objects.order_by("number")
    assert (kept.name, kept.reason, sorted(kept.late)) == ("Society first", "Asked by the board", ["lam", "weights"])
    assert (kept.method["lam"], kept.digest, bytes(kept.cube)) == (0.7, first.digest, bytes(first.cube))
    assert stored()["lam"] == 0.5
    for page in ("scores/", "scores/ENV-01-01/", "matrix/"):
        text = client.get(f"/cycles/spring/{page}").content.decode()
        assert "Kept as “Society first”: Asked by the board" in text
        assert "Changed after results had been seen: Weights of the groups, Share of society, λ." in text
    assert "Changed after results" not in client.get("/cycles/spring/scores/?run=1").content.decode()


def test_a_run_is_not_kept_without_name_and_reason_nor_by_a_viewer(client, cycle):
    make_run(cycle)
    log_in(client)
    text = client.post("/cycles/spring/method/keep/", {**FILLED, "name": "x"}).content.decode()
    assert "Give the run a name and say why it is kept." in text
    log_in(client, "viewer")
    assert client.post("/cycles/spring/method/keep/", {**FILLED, "name": "x", "reason": "y"}).status_code == 403
    assert Run.objects.count() == 1


OWN = {
    "name_axis_society_en": "Impact on people",
    "name_axis_society_zh": "对人的影响",
    "name_tier_high_en": "Top",
    "name_zone_high_en": "Act now",
}


def test_names_of_axes_tiers_and_zones_are_set_and_audited(client, cycle):
    log_in(client)
    client.post("/cycles/spring/method/", {**FILLED, **OWN})
    names = stored()["names"]
    assert names == {
        "axis": {"society": {"zh": "对人的影响", "en": "Impact on people"}},
        "tier": {"high": {"en": "Top"}},
        "zone": {"high": {"en": "Act now"}},
    }
    assert AuditEvent.objects.get(action="set_method").after["names"] == names
    page = client.get("/cycles/spring/method/").content.decode()
    assert 'value="Impact on people"' in page and "High: Top" in page
    client.post("/cycles/spring/method/", {**FILLED, **dict.fromkeys(OWN, "")})
    assert "names" not in stored()
    assert client.get("/cycles/spring/method/").status_code == 200


def test_name_that_is_too_long_is_refused_at_its_field(client, cycle):
    log_in(client)
    response = client.post("/cycles/spring/method/", {**FILLED, "name_tier_high_en": "x" * 61})
    assert 'id="id_name_tier_high_en_error"' in response.content.decode() and "names" not in stored()


@pytest.mark.parametrize(
    ("language", "top", "axis"), [("en", "Top", "Impact on people"), ("zh-hans", "高度重要", "对人的影响")]
)
def test_names_stand_on_the_pages_of_a_run_that_was_made_with_them(client, cycle, language, top, axis):
    log_in(client, language=language)
    client.post("/cycles/spring/method/", {**FILLED, **OWN})
    run = make_run(Cycle.objects.get(code="spring"))
    assert run.method["names"]
    code = run.scores.filter(tier="high").first().issue.code
    assert f">{top}<" in client.get("/cycles/spring/scores/").content.decode()
    why = client.get(f"/cycles/spring/scores/{code}/").content.decode()
    assert f">{axis}<" in why and f">{top}<" in why
    matrix = client.get("/cycles/spring/matrix/").content.decode()
    assert axis in matrix and ("Act now" in matrix) == (language == "en")
    # Another cycle has names of its own, or none.
    other = make_cycle(code="autumn")
    assert axis not in client.get(f"/cycles/{other.code}/method/").content.decode()


AXES = {
    "society": {"en": "Impact on people", "zh": "对人的影响"},
    "business": {"en": "Value at stake", "zh": "价值影响"},
}
PAGES = ("groups/", "method/", "scores/", "groups-compared/", "robustness/", "review/", "years/", "matrix/")
SAID_BY_DEFAULT = {"en": r"(?i)\b(society|business)\b", "zh-hans": "社会|经营"}


@pytest.mark.parametrize(("language", "rule"), [("en", "priority"), ("zh-hans", "priority"), ("en", "either")])
def test_no_page_of_results_calls_an_axis_by_its_usual_name_where_it_has_another(client, language, rule):
    small_library(codes=("environment", "social"))
    for code, year in (("before", 2025), ("spring", 2026)):
        cycle = make_cycle(code=code, period_start=date(year, 1, 1), period_end=date(year, 12, 31))
        cycle.groups.update(definition={})
        cycle.method |= {"names": {"axis": AXES}, "rule": rule, "thresholds": "shares"}
        cycle.save()
        make_run(cycle)
    log_in(client, language=language)
    found = {}
    for page in (*PAGES, *(f"scores/{code}/" for code in ("ENV-01", "SOC-01-01")), "groups/edit/employees/"):
        response = client.get(f"/cycles/spring/{page}", {"since": "before"} if page in ("years/", "matrix/") else {})
        text = response.content.decode()
        assert response.status_code == 200, page
        # The table in which names are given says what they are in place of.
        text = re.sub(r"<details class=\"fold names.*?</details>", "", text, flags=re.S)
        text = re.sub(r"<(?!\w+ [^>]*(title|aria-label|data-label|placeholder)=)[^>]*>|<script.*?</script>", "|", text)
        text = re.sub(
            r"\b(name|id|for|class|value|href|data-\w+|aria-describedby|aria-labelledby)=\"[^\"]*\"", "", text
        )
        if said := [
            text[max(each.start() - 60, 0) : each.end() + 30] for each in re.finditer(SAID_BY_DEFAULT[language], text)
        ]:
            found[page] = said
    assert found == {}
