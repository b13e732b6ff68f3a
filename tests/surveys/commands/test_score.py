"""`score` writes scores.json from stored responses: every figure against the plain reference, key by key."""

import json
from dataclasses import replace
from io import StringIO
from statistics import fmean

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from materiality.models import Run
from materiality.queries.scores import without_rules
from materiality.scoring.cube import Cube
from materiality.scoring.method import Method
from surveys.models import Batch, ProfileQuestion, Response
from surveys.questionnaire.asking import Plan
from surveys.questionnaire.ratings import arrival_id
from surveys.questionnaire.screening import RULES
from tests.factories.responses import make_response
from tests.factories.surveys import make_open_survey, make_survey, make_survey_cycle
from tests.materiality.scoring.reference import Reference
from tests.materiality.scoring.responses import Answers
from tests.materiality.scoring.standing import leaves, parents, warnings

pytestmark = pytest.mark.django_db
DIMENSIONS = ("society", "business")


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


GROUPS = ("users", "media", "employees")
WHOLE = {group: Plan() for group in GROUPS}
LARGE = tuple(f"SOC-01-{n:02}" for n in range(1, 10))
SMALL = tuple(f"ECO-01-{n:02}" for n in range(1, 5))
INCOMPLETE = {
    "users": Plan(left_out=("SOC-01-01", "SOC-01-02")),
    "media": Plan(business=False, left_out=("SOC-01-07",)),
}
# Media rates what the others do not, and on business shares three issues with them.
APART = {
    "users": Plan(left_out=SMALL),
    "employees": Plan(left_out=SMALL),
    "media": Plan(left_out=LARGE, business=False),
}
METHODS = [
    {},
    {"estimator": "plain"},
    {"cuts": "absolute", "cut_low": 45, "cut_high": 55},
    {"rule": "either", "thresholds": "shares"},
    {"rule": "either", "threshold_society": 50, "threshold_business": 55},
    {"weights": {"users": {"society": 3, "business": 0.5}}, "lam": 0.3},
    {"weighting": "by_response", "all_groups": True},
    {"lam": 1, "q_high": 0.25, "q_low": 0.5, "seed": 9},
]


def answered(plans, number=90):
    """A survey with random responses, and the same as Answers in the order of their ids."""
    survey = make_survey(make_survey_cycle({"soc": 9, "eco": 4}, GROUPS), plans=plans)
    rng = np.random.default_rng(4)
    items = list(survey.items.order_by("position").values_list("issue__code", "dimension"))
    groups = list(survey.cycle.groups.all())
    level = rng.uniform(1.5, 4.5, len(items))
    rows = []
    for n in range(number):
        group = groups[n % 3]
        plan = plans.get(group.code, Plan())
        ratings = np.clip(np.rint(level + (n % 3) * 0.4 + rng.normal(0, 1, len(items))), 1, 5).astype(np.uint8)
        ratings[rng.random(len(items)) < 0.1] = 254
        for place, (code, dimension) in enumerate(items):
            if dimension not in plan.dimensions or code in plan.left_out:
                ratings[place] = 255
        rows.append(Response(id=arrival_id(), survey=survey, group=group, ratings=ratings.tobytes()))
    Response.objects.bulk_create(rows)
    stored = list(survey.responses.order_by("id").select_related("group"))
    codes = sorted({code for code, _dimension in items})
    columns = tuple((codes.index(code), DIMENSIONS.index(dimension)) for code, dimension in items)
    matrix = np.array([list(row.ratings) for row in stored], dtype=np.uint8)
    index = np.array([GROUPS.index(row.group.code) for row in stored])
    return survey, Answers(GROUPS, tuple(codes), 5, columns, index, matrix)


def scored(survey, tmp_path, method=None, *more):
    arguments = []
    if method is not None:
        (tmp_path / "method.json").write_text(json.dumps(method))
        arguments = ["--method", str(tmp_path / "method.json")]
    call_command(
        "score", survey.cycle.code, *arguments, "--json", str(tmp_path / "scores.json"), *more, stdout=StringIO()
    )
    return json.loads((tmp_path / "scores.json").read_text("utf-8"))


def near(value):
    return None if value is None else pytest.approx(value, abs=1e-7)


def agrees(issue, standing, at):
    """What follows from scores and their deviations, on any level."""
    ranks = standing.whole.ranks(standing.priority)
    for d, name in enumerate(DIMENSIONS):
        assert issue[name] == near(standing.score[d].get(at))
        assert issue[f"var_{name}"] == near(standing.var(at, d))
    assert (issue["priority"], issue["rank"]) == (near(standing.priority.get(at)), ranks.get(at))
    assert issue["var_priority"] == near(standing.var_priority(at))
    assert (issue["rank_low"], issue["rank_high"]) == standing.rank_ends.get(at, (None, None))
    certainty = standing.certainty[at]
    assert issue["tier"] == standing.tier[at]
    assert issue["tier_certainty"] == (None if certainty is None else pytest.approx(certainty, abs=1e-5))


@pytest.mark.parametrize(
    ("plans", "over"),
    [
        *(pytest.param(WHOLE, over, id=f"whole {over}") for over in METHODS),
        *(pytest.param(INCOMPLETE, over, id=f"incomplete {over}") for over in METHODS),
        *(pytest.param(APART, over, id=f"apart {over}") for over in METHODS[:5]),
    ],
)
def test_score_agrees_with_the_reference(plans, over, tmp_path):
    survey, answers = answered(plans)
    agrees_throughout(scored(survey, tmp_path, over, "--all-cells"), answers, over)


def agrees_throughout(found, answers, over, clustered=None, one_cluster=()):
    """Every figure of the file is that of the reference."""
    method = Method.from_dict({key: value for key, value in found["method"].items() if key != "scoring"})
    expected = Reference(answers, method, clustered or {})
    lowest = leaves(expected)
    assert found["method"]["scoring"] == 2 and all(
        found["method"][key] == over[key] for key in over if key != "weights"
    )
    assert [each["code"] for each in found["issues"]] == list(answers.issues)
    for i, issue in enumerate(found["issues"]):
        agrees(issue, lowest, i)
        for d, name in enumerate(DIMENSIONS):
            assert issue[f"plain_{name}"] == near(expected.plain[d].get(i))
            assert [issue[f"{name}_low"], issue[f"{name}_high"]] == [near(end) for end in expected.interval(i, d)]
            assert issue["base"][name] == dict(zip(("asked", "counted"), expected.base(i, d), strict=True))
            assert issue["disagreement"][name] == near(expected.disagreement(i, d))
            for group in GROUPS:
                ratings = expected.ratings(group, i, d)
                mean = fmean(ratings) if ratings else None
                score = mean and 25 * (mean - 1)
                assert issue["groups"][group][name] == {"n": len(ratings), "mean": near(mean), "score": near(score)}
        assert issue["cov"] == near(expected.cov(i))
        apart = [
            name
            for d, name in enumerate(DIMENSIONS)
            if method.estimator == "comparable" and any(i in part[1] for part in expected.components(d)[1:])
        ]
        assert issue["not_comparable"] == apart
    children = {
        code: [i for i, each in enumerate(answers.issues) if each.startswith(f"{code}-")]
        for code in ("ECO-01", "SOC-01")
    }
    upper = parents(expected, children)
    for issue in found["primary_issues"]:
        agrees(issue, upper, issue["code"])
        assert [issue[f"derived_{name}"] for name in DIMENSIONS] == [issue[name] for name in DIMENSIONS]
    for cuts, level in ((found["cuts"], lowest), (found["cuts"]["primary"]["1"], upper)):
        assert {name: cuts[name] for name in level.cuts} == {name: near(value) for name, value in level.cuts.items()}
    for d, name in enumerate(DIMENSIONS):
        assert {g: b[name] for g, b in found["habits"].items() if name in b} == {
            g: near(float(b[0])) for g, b in expected.fits[d][1].items()
        }
    assert found["variance_share"] == {g: near(share) for g, share in expected.variance_share().items()}
    r, corrected, off = expected.halo()
    assert found["halo"] == {"r": near(r), "r_corrected": near(corrected), "off_diagonal": off}
    said = [
        {key: near(value) if isinstance(value, float) else value for key, value in each.items()}
        for each in warnings(expected, one_cluster)
    ]
    assert found["warnings"] == said


@pytest.mark.parametrize("cluster", ["channel", "batch", "profile:plant"])
@pytest.mark.parametrize("over", [METHODS[0], METHODS[2], METHODS[4]])
def test_score_by_cluster_agrees_with_the_reference(cluster, over, tmp_path):
    survey, answers = answered(INCOMPLETE)
    batches = [Batch.objects.create(survey=survey, group=survey.cycle.groups.first(), size=99) for _n in range(7)]
    rows = list(survey.responses.order_by("id").select_related("group"))
    keys = {}
    for n, row in enumerate(rows):
        # Users come in seven clusters, some of them in none; media in one; employees in two.
        place = {"users": n % 7, "media": 0, "employees": n % 2}[row.group.code]
        alone = row.group.code == "users" and n % 30 == 0
        if alone:
            row.token, row.profile = "another-7", {}
        else:
            row.channel, row.token, row.profile = f"c{place}", f"{batches[place].pk}-{n}", {"plant": f"厂{place}"}
        key = {"channel": row.channel, "batch": row.token.partition("-")[0], "profile:plant": f"厂{place}"}[cluster]
        keys.setdefault(row.group.code, []).append(str(row.pk) if alone else key)
    type(rows[0]).objects.bulk_update(rows, ["channel", "token", "profile"])
    ProfileQuestion.objects.create(survey=survey, position=1, code="plant", kind="text", text_zh="厂", text_en="Plant")
    call_command("declare_cluster", survey.code, cluster, stdout=StringIO())
    number = {code: {key: n for n, key in enumerate(sorted(set(own)))} for code, own in keys.items()}
    clustered = {code: [number[code][key] for key in own] for code, own in keys.items() if code != "media"}
    found = scored(survey, tmp_path, over, "--all-cells")
    agrees_throughout(found, answers, over, clustered, [(survey.code, "media")])
    assert Run.objects.get().clustered == ["employees", "users"]
    call_command("recompute", survey.cycle.code, stdout=StringIO())


@pytest.mark.parametrize(
    ("anonymous", "cluster", "said"),
    [
        (True, "batch", "only be taken together by channel"),
        (False, "profile:nothing", "there is no such profile question"),
        (False, "profile:many", "choose several answers"),
        (False, "weather", "there is no such profile question"),
    ],
)
def test_cluster_that_cannot_be_is_refused(anonymous, cluster, said):
    survey = make_survey(make_survey_cycle({"soc": 2}, GROUPS), anonymous=anonymous)
    ProfileQuestion.objects.create(
        survey=survey, position=1, code="many", kind="multiple", text_zh="多", text_en="Many"
    )
    with pytest.raises(CommandError, match=said):
        call_command("declare_cluster", survey.code, cluster)


def test_cluster_of_an_anonymous_survey_is_named_before_it_opens():
    survey = make_open_survey(make_survey_cycle({"soc": 2}, GROUPS), anonymous=True)
    with pytest.raises(CommandError, match="before it opens"):
        call_command("declare_cluster", survey.code, "channel")


def test_score_writes_the_keys_of_the_format(tmp_path):
    survey, _answers = answered(INCOMPLETE)
    found = scored(survey, tmp_path)
    assert list(found) == [
        *("cycle", "run", "method", "responses", "cuts", "habits", "variance_share", "halo", "warnings"),
        *("issues", "primary_issues"),
    ]
    assert set(found["cuts"]) == {"low", "high", "society", "business", "primary"}
    assert set(found["cuts"]["primary"]) == {"1"}
    parent = found["primary_issues"][1]
    assert (parent["level"], parent["groups"], parent["derived_society"]) == (1, {}, parent["society"])
    assert not {"base", "plain_society", "disagreement", "not_comparable"} & set(parent)
    assert found["issues"][4]["base"] == {
        "society": {"asked": 2, "counted": 2},
        "business": {"asked": 1, "counted": 1},
    }


def test_score_with_a_low_minimum_hides_what_would_undo_small_cells(tmp_path):
    survey, _answers = answered(WHOLE, 12)
    hidden = scored(survey, tmp_path, {"min_n": 2})
    shown = scored(survey, tmp_path, {"min_n": 2}, "--all-cells")
    assert (hidden["habits"], hidden["issues"][0]["disagreement"]) == (None, {"society": None, "business": None})
    assert set(shown["habits"]) == set(GROUPS) and None not in shown["issues"][0]["disagreement"].values()


def test_score_counts_a_planned_group_without_answers_as_asked(tmp_path):
    survey, _answers = answered(WHOLE)
    survey.responses.filter(group__code="media").delete()
    found = scored(survey, tmp_path)
    assert found["issues"][0]["base"]["society"] == {"asked": 3, "counted": 2}
    assert {"code": "no_responses", "group": "media"} in found["warnings"]


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"colour": 1, "min_n": 1}, ["colour: This parameter is not known.", "min_n: Enter a number of 2 or more."]),
        ({"weights": {"martians": {"society": 1}}}, ["martians"]),
        ({"weights": {group: {"society": 0} for group in GROUPS}}, ["the weight 0 for “Impact on society”"]),
        ({"weights": {"users": {"society": -1}}}, ["A weight cannot be below 0."]),
        ({"cuts": "absolute", "cut_low": 60, "cut_high": 40}, ["must not lie below"]),
        ({"rule": "either", "thresholds": "absolute"}, ["threshold_society", "threshold_business"]),
        ({"lam": 2, "q_high": 1.5}, ["lam: Enter a number from 0 to 1.", "q_high: Enter a number from 0 to 1."]),
        ([], ["holds no JSON object"]),
    ],
)
def test_score_with_a_bad_method_file_names_every_problem(over, said, tmp_path):
    survey, _answers = answered(WHOLE, 15)
    with pytest.raises(CommandError) as refusal:
        scored(survey, tmp_path, over)
    assert [text for text in said if text not in str(refusal.value)] == []
    assert not Run.objects.exists()


def test_score_of_one_survey_leaves_the_others_out(tmp_path):
    survey, _answers = answered(WHOLE, 30)
    other = make_survey(survey.cycle)
    make_response(other)
    assert scored(survey, tmp_path)["responses"]["total"] == 31
    assert scored(survey, tmp_path, None, "--survey", survey.code)["responses"]["total"] == 30
    with pytest.raises(CommandError, match="has no survey nowhere"):
        scored(survey, tmp_path, None, "--survey", "nowhere")


def test_robustness_writes_scenarios_and_the_share_in_which_each_tier_holds(tmp_path):
    survey, _answers = answered(INCOMPLETE)
    tiers = {each["code"]: each["tier"] for each in scored(survey, tmp_path)["issues"]}
    call_command("robustness", survey.cycle.code, "--json", str(tmp_path / "r.json"), stdout=StringIO())
    found = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert {"without", "weight", "cut", "estimator", "pooled"} <= {each["kind"] for each in found["scenarios"]}
    changed = [change for each in found["scenarios"] for change in each["changed"]]
    assert all(tiers.get(each["code"], each["from"]) == each["from"] != each["to"] for each in changed)
    number = len(found["scenarios"])
    for code in tiers:
        left = sum(each["code"] == code for each in changed)
        assert found["held"][code] == pytest.approx(1 - left / number)
    with pytest.raises(CommandError, match="no run"):
        call_command("robustness", "nowhere")
    for command in ("robustness", "score"):
        with pytest.raises(CommandError, match="cannot be read or written: No such file"):
            call_command(command, survey.cycle.code, "--json", "/no/folder/r.json", stdout=StringIO())


def test_recompute_finds_every_figure_again_and_says_what_changed(tmp_path):
    survey, _answers = answered(INCOMPLETE)
    scored(survey, tmp_path)
    scored(survey, tmp_path, {"rule": "either", "thresholds": "shares"})
    said = StringIO()
    call_command("recompute", survey.cycle.code, stdout=said)
    assert said.getvalue() == "run 1: equal\nrun 2: equal\n"
    run = Run.objects.get(number=1)
    run.scores.filter(issue__code="SOC-01-03").update(society=1.0)
    survey.responses.first().delete()
    said = StringIO()
    with pytest.raises(CommandError, match="2 runs differ"):
        call_command("recompute", survey.cycle.code, stdout=said)
    first, second = said.getvalue().splitlines()
    assert first == "run 1: responses differ; counts differ; cube differ; SOC-01-03 society differs"
    assert second == "run 2: responses differ; counts differ; cube differ"


def test_compare_cycles_gives_changes_over_the_groups_of_both(tmp_path):
    first, _answers = answered(WHOLE)
    scored(first, tmp_path)
    second, _answers = answered({"media": Plan(business=False)})
    # Its issues have the same codes as those of the edition that the first cycle stands on.
    type(second.cycle).objects.filter(pk=second.cycle_id).update(edition=first.cycle.edition)
    scored(second, tmp_path)
    arguments = (first.cycle.code, second.cycle.code, "--json", str(tmp_path / "c.json"))
    call_command("compare_cycles", *arguments, stdout=StringIO())
    found = json.loads((tmp_path / "c.json").read_text("utf-8"))
    assert (found["entries"], found["exits"]) == ([], [])
    assert found["groups"] == {"society": sorted(GROUPS), "business": ["employees", "users"]}
    assert len(found["issues"]) == 15
    for each in found["issues"]:
        assert each["code_a"] == each["code_b"]
        assert each["society"]["low"] < each["society"]["change"] < each["society"]["high"]
    assert found["asked_otherwise"] is False
    run = first.cycle.runs.get()
    run.responses["instruments"] = dict.fromkeys(run.responses["instruments"], 1)
    run.save(update_fields=["responses"])
    said = StringIO()
    call_command("compare_cycles", *arguments, stdout=said)
    assert json.loads((tmp_path / "c.json").read_text("utf-8"))["asked_otherwise"] is True
    assert said.getvalue().splitlines()[-1] == "The two were asked in other words: a change can come from that alone."


def test_compare_cycles_of_editions_without_descent_is_refused(tmp_path):
    first, second = answered(WHOLE, 15)[0], answered(WHOLE, 15)[0]
    for survey in (first, second):
        scored(survey, tmp_path)
    with pytest.raises(CommandError, match="does not descend"):
        call_command("compare_cycles", first.cycle.code, second.cycle.code)


def test_run_keeps_what_each_rule_alone_keeps_out(tmp_path):
    survey, answers = answered(WHOLE)
    bit = {rule.code: rule.bit for rule in RULES}
    rows = list(survey.responses.order_by("id"))
    for row in rows[:7]:
        row.flags = bit["speeding"]
    rows[7].flags = bit["speeding"] | bit["incomplete"]
    rows[8].flags = bit["incomplete"]
    type(rows[0]).objects.bulk_update(rows[:9], ["flags"])
    found = scored(survey, tmp_path)
    run = Run.objects.get(number=found["run"])
    cube = Cube.from_bytes(bytes(run.cube))
    back = without_rules(run, cube)
    assert {rule: int(each.valid.sum()) for rule, each in back.items()} == {"speeding": 88, "incomplete": 82}
    assert found["responses"]["valid"] == 81
    kept = np.array([n not in (7, 8) for n in range(len(rows))])
    seven = replace(answers, group_index=answers.group_index[kept], ratings=answers.ratings[kept]).cube()
    assert np.array_equal(back["speeding"].aligned(seven.groups, seven.issues).counts, seven.counts)
    call_command("robustness", survey.cycle.code, "--json", str(tmp_path / "r.json"), stdout=StringIO())
    scenarios = json.loads((tmp_path / "r.json").read_text("utf-8"))["scenarios"]
    assert [each["what"] for each in scenarios if each["kind"] == "rule"] == [["incomplete"], ["speeding"]]
