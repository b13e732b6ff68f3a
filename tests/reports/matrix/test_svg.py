"""The SVG itself: well-formed, safe to inline, the same every time."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from reports.matrix import PlottedCategory, Point, TierRule, draw_matrix, layout_matrix
from tests.reports.matrix.samples import CATEGORIES, TEXTS, sample, spread

SVG = "{http://www.w3.org/2000/svg}"
NASTY = "A <b> & \"c\" 'd' ]]> \x00\x0b{0}"


def draw(language: str = "en", n: int = 93, **options) -> str:
    points, rule = sample(spread(n, 1), language)
    return draw_matrix(points, rule, CATEGORIES[language], TEXTS[language], **options)


def groups(svg: str) -> list[ElementTree.Element]:
    return [g for g in ElementTree.fromstring(svg).iter(f"{SVG}g") if g.get("class") == "point"]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("options", [{}, {"interactive": True, "show_intervals": True}])
def test_svg_is_well_formed_and_stands_alone(language, options):
    root = ElementTree.fromstring(draw(language, **options))
    assert root.tag == f"{SVG}svg"
    assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"
    assert root[0].text == TEXTS[language].title
    ground = root.find(f"{SVG}rect")
    assert (ground.get("width"), ground.get("fill")) == (root.get("width"), "#ffffff")


def test_svg_holds_no_style_script_or_reference():
    svg = draw(interactive=True, show_intervals=True)
    assert re.findall(r"<style|<script|\sstyle=|href|url\(|\son\w+=", svg) == []


def test_svg_is_the_same_every_time():
    assert draw("zh") == draw("zh")


def test_svg_escapes_every_word():
    texts = replace(TEXTS["en"], title=NASTY, x_axis=NASTY, footnotes=(NASTY,), point=NASTY.replace("{0}", "{label}"))
    points = [Point(NASTY, NASTY, NASTY, 70, 80, NASTY)]
    root = ElementTree.fromstring(
        draw_matrix(points, TierRule(high=60), [PlottedCategory(NASTY, NASTY)], texts, interactive=True)
    )
    (group,) = (g for g in root.iter(f"{SVG}g") if g.get("class") == "point")
    assert group.get("data-code") == "A <b> & \"c\" 'd' ]]> {0}"
    assert root[0].text == "A <b> & \"c\" 'd' ]]> {0}"


def test_svg_groups_hold_all_of_a_point():
    found = groups(draw(interactive=True))
    assert len(found) == 93
    assert len({g.get("data-code") for g in found}) == 93
    assert {g.get("data-tier") for g in found} == {"high", "medium", "low"}
    for g in found:
        assert (g.get("tabindex"), g.get("role")) == ("0", "img")
        assert g.find(f"{SVG}title").text == g.get("aria-label")
        assert [c.get("class") for c in g if c.get("class") == "matrix-mark"] == ["matrix-mark"]
        assert len([c for c in g if c.tag == f"{SVG}text"]) == 1


def test_svg_names_a_point_with_its_figures():
    point = Point("S-1", "Privacy", "society", 71.26, 80, "high", 912)
    (group,) = groups(draw_matrix([point], TierRule(), CATEGORIES["en"], TEXTS["en"], interactive=True))
    assert group.get("aria-label") == "Privacy: society 80.0, operations 71.3, n = 912"


def test_svg_names_a_point_without_n():
    point = Point("S-1", "Privacy", "society", 71.26, 80, "high")
    (group,) = groups(draw_matrix([point], TierRule(), CATEGORIES["en"], TEXTS["en"], interactive=True))
    assert group.get("aria-label").endswith("n = –")


def test_svg_for_print_has_no_focus():
    assert "tabindex" not in draw()


def test_svg_states_cut_points_and_cut_axes():
    _, rule = sample(spread(93, 1), "en")
    words = [t.text for t in ElementTree.fromstring(draw()).iter(f"{SVG}text")]
    assert f"{rule.high:.1f}" in words
    assert f"{rule.low:.1f}" in words
    assert "Axes do not start at 0." in words


def test_svg_of_no_points_is_drawn():
    root = ElementTree.fromstring(draw_matrix([], TierRule(), CATEGORIES["en"], TEXTS["en"]))
    assert "No scores yet" in [t.text for t in root.iter(f"{SVG}text")]
    assert "Axes do not start at 0." not in [t.text for t in root.iter(f"{SVG}text")]


def test_svg_draws_every_interval_asked_for():
    svg = draw(n=20, show_intervals=True)
    assert svg.count('class="matrix-interval"') == 20
    assert 'class="matrix-interval"' not in draw(n=20)


def test_svg_ellipse_is_as_wide_and_high_as_the_intervals():
    point = Point("A", "A", "society", 60.0, 50.0, "high", 9, 56.0, 64.0, 47.0, 53.0, rho=0.6)
    bare = replace(point, x_low=None, x_high=None, y_low=None, y_high=None)
    points = [point, replace(bare, code="B", x=20.0, y=80.0), replace(bare, code="C", x=90.0, y=20.0)]
    layout = layout_matrix(points, TierRule(), CATEGORIES["en"], TEXTS["en"], show_intervals=True)
    ((code, corners),) = layout.intervals
    across, up = zip(*corners, strict=True)
    assert code == "A"
    assert max(across) - min(across) == pytest.approx(abs(layout.x_scale.px(64) - layout.x_scale.px(56)), rel=0.01)
    assert max(up) - min(up) == pytest.approx(abs(layout.y_scale.px(53) - layout.y_scale.px(47)), rel=0.01)
    right = corners[across.index(max(across))]
    assert right[1] == pytest.approx(layout.y_scale.px(50 + 0.6 * 3), abs=1.0)


def test_svg_cuts_are_sliders_on_a_page_only():
    svg = draw(interactive=True)
    assert svg.count('role="slider"') == 2 and 'data-cut="high"' in svg and "data-lam=" in svg
    assert 'role="slider"' not in draw()


def test_svg_draws_where_points_came_from_and_which_tiers_are_uncertain():
    points, rule = sample(spread(20, 1), "en")
    moved = [replace(point, x_from=point.x - 10, y_from=point.y, certainty=0.5) for point in points]
    moved[0] = replace(points[0], x_from=points[0].x, y_from=points[0].y, certainty=0.9)
    grey = [TierRule("priority", 0.5, rule.high - 1, rule.high + 1)]
    svg = draw_matrix(moved, rule, CATEGORIES["en"], TEXTS["en"], grey=grey)
    assert svg.count('class="matrix-move"') == 19
    assert svg.count('class="matrix-unsure"') == 19 and 'class="matrix-grey"' in svg
    assert 'class="matrix-unsure"' not in draw_matrix(moved, rule, CATEGORIES["en"], TEXTS["en"])
