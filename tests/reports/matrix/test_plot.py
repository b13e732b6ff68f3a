"""How much of an axis is shown."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.matrix.plot import Scale, TierRule, Zone, cuts, domain, em_width, halves, text_width, wrap, zones


@given(st.lists(st.floats(0, 100), min_size=1, max_size=40))
def test_domain_holds_all_scores_with_round_ticks(scores):
    low, high = domain(scores)
    assert low < min(scores) <= max(scores) < high
    ticks = Scale(low, high, 0, 1000).ticks()
    assert 3 <= len(ticks) <= 10
    assert all(low <= t <= high and 0 <= t <= 100 for t in ticks)
    assert len({b - a for a, b in zip(ticks, ticks[1:], strict=False)}) == 1


def test_domain_of_no_scores_is_whole():
    assert domain([]) == (0.0, 100.0)


def test_scale_is_cut_only_above_zero():
    assert Scale(*domain([55.0, 90.0]), 0, 1).is_cut
    assert not Scale(*domain([3.0, 90.0]), 0, 1).is_cut


def test_scale_of_y_runs_upwards():
    scale = Scale(50, 100, 1000, 0)
    assert (scale.px(50), scale.px(75), scale.px(100)) == (1000, 500, 0)


def test_em_width_of_chinese_is_one_per_character():
    assert em_width("隐私保护") == 4.0


def test_text_width_of_bold_is_wider():
    assert text_width("Privacy", 10, bold=True) > text_width("Privacy", 10) > 0


def test_halves_break_at_the_most_even_space():
    name = "Online Fraud and Financial Risk Prevention"
    assert halves(name) == ("Online Fraud and", "Financial Risk Prevention")


def test_halves_keep_latin_words_and_closing_marks_together():
    assert halves("生成AIGC") == ("生成", "AIGC")
    assert halves("治理（内控）") == ("治理", "（内控）")


def test_halves_of_chinese_rather_break_after_a_joint():
    assert halves("个人信息与数据安全保护") == ("个人信息与", "数据安全保护")


def test_halves_of_one_word_are_none():
    assert halves("Cybersecurity") is None


@given(st.text("ab 环境，（）-", min_size=1, max_size=60))
def test_wrap_loses_nothing_but_spaces(text):
    assert "".join("".join(wrap(text, 60, 10)).split()) == "".join(text.split())


def test_wrap_keeps_to_the_width():
    lines = wrap("Based on the valid responses of six groups of stakeholders", 120, 10)
    assert len(lines) > 1
    assert all(text_width(line, 10) <= 120 for line in lines)


SHOWN = (52.0, 91.0, 48.5, 93.0)
SCORES = st.floats(30, 110)


def tier_of(rule: TierRule, x: float, y: float) -> str:
    """The rule in words, as scoring.md has it."""
    if rule.kind == "either":
        society = rule.society is not None and y >= rule.society
        business = rule.business is not None and x >= rule.business
        return {(1, 1): "double", (1, 0): "impact", (0, 1): "financial", (0, 0): "neither"}[society, business]
    priority = rule.lam * y + (1 - rule.lam) * x
    if rule.high is not None and priority >= rule.high:
        return "high"
    return "low" if rule.low is not None and priority < rule.low else "medium"


def is_inside(zone: Zone, x: float, y: float) -> bool:
    inside = False
    for (ax, ay), (bx, by) in zip(zone.polygon, zone.polygon[1:] + zone.polygon[:1], strict=True):
        if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
            inside = not inside
    return inside


def assert_zones_match(rule: TierRule) -> None:
    found = zones(rule, SHOWN)
    lines = [(cut.start, cut.end) for cut in cuts(rule, SHOWN)]
    for x in np.linspace(52.011, 90.987, 23):
        for y in np.linspace(48.517, 92.971, 23):
            if any(_is_near(x, y, *line) for line in lines):
                continue
            assert [z.tier for z in found if is_inside(z, x, y)] == [tier_of(rule, x, y)], (x, y)


def _is_near(x: float, y: float, a: tuple[float, float], b: tuple[float, float]) -> bool:
    length = np.hypot(b[0] - a[0], b[1] - a[1])
    return length < 1e-6 or abs((b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0])) / length < 1e-4


@given(st.floats(0, 1), SCORES, SCORES)
@settings(max_examples=25, deadline=None)
def test_zones_match_priority_rule(lam, one, other):
    assert_zones_match(TierRule("priority", lam=lam, low=min(one, other), high=max(one, other)))


@given(SCORES, SCORES)
@settings(max_examples=15, deadline=None)
def test_zones_match_either_rule(society, business):
    assert_zones_match(TierRule("either", society=society, business=business))


@pytest.mark.parametrize(
    "rule",
    [
        TierRule("priority", lam=0.5, low=None, high=75.0),
        TierRule("priority", lam=0.5, low=65.0, high=None),
        TierRule("priority", lam=0.5),
        TierRule("priority", lam=1.0, low=60.0, high=75.0),
        TierRule("priority", lam=0.0, low=60.0, high=75.0),
        TierRule("priority", lam=0.5, low=70.0, high=70.0),
        TierRule("either", society=70.0),
        TierRule("either", business=70.0),
    ],
)
def test_zones_match_rule_with_missing_or_equal_cuts(rule):
    assert_zones_match(rule)


def test_zones_without_cuts_are_one():
    assert [z.tier for z in zones(TierRule("priority"), SHOWN)] == ["medium"]
    assert cuts(TierRule("priority"), SHOWN) == []


def test_cuts_of_society_alone_are_level():
    (high, low) = cuts(TierRule("priority", lam=1.0, low=60.0, high=75.0), SHOWN)
    assert (high.start, high.end) == ((52.0, 75.0), (91.0, 75.0))
    assert (low.start, low.end) == ((52.0, 60.0), (91.0, 60.0))


def test_zones_of_unknown_rule_are_refused():
    with pytest.raises(ValueError, match="unknown kind of rule: both"):
        zones(TierRule("both"), SHOWN)
