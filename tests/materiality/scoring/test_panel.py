"""The expert panel: its ratings, and how its scores are blended in."""

import pytest

from materiality.scoring.estimates import t_quantile
from materiality.scoring.method import Method
from materiality.scoring.panel import PanelScore, business_rating, impact_rating, panel_score
from materiality.scoring.run import Counts, run

from .responses import table


def assess(cube, method, parents, panel=None):
    return run(Counts.of(cube), method, parents, panel)


ANSWERS = table([("users", [(n % 5 + 1, n % 5 // 2 + 1), (4, 0)]) for n in range(10)])
PANEL = {
    "I-00": {"society": PanelScore(80, 9.0, 4), "business": PanelScore(40, 16.0, 4)},
    "I-01": {"business": PanelScore(70, None, 1)},
}


def test_blend_of_respondents_and_panel():
    plain = assess(ANSWERS.cube(), Method(), {}).issues[0]
    method = Method(panel_society=0.25, panel_business=0.5)
    result = assess(ANSWERS.cube(), method, {}, PANEL).issues[0]
    assert result.society == pytest.approx(0.75 * plain.society + 0.25 * 80, abs=1e-12)
    assert result.business == pytest.approx(0.5 * plain.business + 0.5 * 40, abs=1e-12)
    assert result.var_society == pytest.approx(0.5625 * plain.var_society + 0.0625 * 9, abs=1e-12)
    assert result.var_business == pytest.approx(0.25 * plain.var_business + 0.25 * 16, abs=1e-12)
    assert result.cov == pytest.approx(0.75 * 0.5 * plain.cov, abs=1e-12)
    assert plain.cov > 0
    assert (result.panel_society, result.panel_business) == ("blended", "blended")


def test_interval_of_a_blend_has_the_freedom_of_both():
    plain = assess(ANSWERS.cube(), Method(), {}).issues[0]
    result = assess(ANSWERS.cube(), Method(panel_society=0.5), {}, PANEL).issues[0]
    own, added = plain.var_society / 4, 9 / 4
    freedom = (own + added) ** 2 / (own**2 / 10 + added**2 / 3)  # ten ratings, two issues
    half = float(t_quantile(freedom)) * (own + added) ** 0.5
    assert result.society_low == pytest.approx(result.society - half, abs=1e-9)


def test_derived_primary_carries_the_variance_of_the_panel():
    parents = {"I-00": "P", "I-01": "P"}
    method = Method(panel_society=0.5)
    panel = {code: {"society": PanelScore(60, variance, 4)} for code, variance in (("I-00", 9.0), ("I-01", 25.0))}
    plain = assess(ANSWERS.cube(), Method(), parents).primary_issues[0]
    result = assess(ANSWERS.cube(), method, parents, panel).primary_issues[0]
    assert result.society == pytest.approx(plain.society / 2 + 30, abs=1e-12)
    assert result.var_society == pytest.approx(plain.var_society / 4 + (9 / 4 + 25 / 4) / 4, abs=1e-12)


def test_panel_without_share_changes_nothing():
    assert assess(ANSWERS.cube(), Method(), {}, PANEL).issues == assess(ANSWERS.cube(), Method(), {}).issues


def test_issue_without_panel_score_is_marked():
    method = Method(panel_society=0.5, panel_business=0.5)
    result = assess(ANSWERS.cube(), method, {}, PANEL).issues[1]
    assert (result.society, result.panel_society) == (75, "no_panel")
    assert (result.business, result.panel_business, result.tier) == (None, None, "unscored")


def test_panel_alone_of_one_person_has_no_interval():
    result = assess(ANSWERS.cube(), Method(panel_alone=True), {}, PANEL).issues[1]
    assert (result.society, result.business, result.priority) == (75, 70, 72.5)
    assert (result.panel_society, result.panel_business) == (None, "panel_alone")
    assert (result.var_business, result.business_low, result.var_priority, result.cov) == (None, None, None, 0)
    assert (result.rank, result.tier_certainty) == (1, None)


def test_panel_alone_of_several_has_their_interval():
    panel = {"I-01": {"business": PanelScore(70, 25.0, 6)}}
    result = assess(ANSWERS.cube(), Method(panel_alone=True), {}, panel).issues[1]
    assert result.var_business == 25
    assert result.business_low == pytest.approx(70 - 5 * float(t_quantile(5)), abs=1e-9)


def test_panel_off_the_scale_is_refused():
    with pytest.raises(ValueError, match="0–100"):
        assess(ANSWERS.cube(), Method(), {}, {"I-00": {"society": PanelScore(101, None, 1)}})


def test_panel_score():
    assert panel_score([3, 4, 5]) == PanelScore(75, pytest.approx(625 / 3), 3)
    assert panel_score([2.5]) == PanelScore(37.5, None, 1)


@pytest.mark.parametrize("ratings", [[], [0.5], [3, 5.5]])
def test_panel_ratings_off_the_scale_are_refused(ratings):
    with pytest.raises(ValueError, match="rating"):
        panel_score(ratings)


@pytest.mark.parametrize(
    ("criteria", "settings", "rating"),
    [
        ((2, 4, 5), {"negative": True}, 5),
        ((2, 4, 5), {"negative": False}, 4),
        ((2, 4, None), {"negative": False}, 4),
        ((2, 4, 5), {"negative": True, "likelihood": 3}, 3),
        ((2, 4, 5), {"negative": True, "likelihood": 3, "human_rights": True}, 5),
        ((2, 5, None), {"negative": False, "likelihood": 2, "human_rights": True}, 2),
        ((5, 5, 5), {"negative": True, "likelihood": 1}, 1),
    ],
)
def test_impact_rating(criteria, settings, rating):
    assert impact_rating(*criteria, **settings) == rating


def test_business_rating():
    assert business_rating(4, 3) == 2.5


@pytest.mark.parametrize("criteria", [(2, 4, None), (2, 6, 1)])
def test_impact_rating_of_missing_or_wrong_criteria_is_refused(criteria):
    with pytest.raises(ValueError, match="irremediability|1..5"):
        impact_rating(*criteria, negative=True)
