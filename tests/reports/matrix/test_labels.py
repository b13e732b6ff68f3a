"""Every point gets its label, and nothing lies on anything else."""

import time
from dataclasses import replace
from math import dist

import numpy as np
import pytest

from reports.matrix import Point, TierRule, layout_matrix
from reports.matrix.native import native_labels
from reports.matrix.plot import Box
from tests.reports.matrix.samples import CATEGORIES, TEXTS, clump, crowded, sample, spread


def overlaps(one: list[Box], other: list[Box]) -> list[tuple[int, int]]:
    """Pairs of indexes whose boxes overlap."""
    a, b = (np.array([(x.x0, x.y0, x.x1, x.y1) for x in boxes]).reshape(-1, 1, 4) for boxes in (one, other))
    b = b.reshape(1, -1, 4)
    slack = 1e-3  # places are kept to single precision
    meet = (a[..., :2] < b[..., 2:] - slack).all(-1) & (b[..., :2] < a[..., 2:] - slack).all(-1)
    return [(int(i), int(j)) for i, j in np.argwhere(meet)]


def crosses(leader, box: Box) -> bool:
    (ax, ay), (bx, by) = leader
    t = np.linspace(0, 1, 200)
    xs, ys = ax + t * (bx - ax), ay + t * (by - ay)
    return bool(((xs > box.x0) & (xs < box.x1) & (ys > box.y0) & (ys < box.y1)).any())


def assert_clean(layout) -> None:
    labels = [label.text.box for label in layout.labels]
    assert [(i, j) for i, j in overlaps(labels, labels) if i < j] == []
    assert overlaps(labels, [m.box for m in layout.marks]) == []
    assert overlaps(labels, [t.box for t in layout.captions + layout.texts]) == []
    assert overlaps([t.box for t in layout.captions], [m.box for m in layout.marks]) == []
    assert all(layout.plot.holds(box) for box in labels)
    around = [t.box for t in layout.captions + layout.texts]
    assert [(i, j) for i, j in overlaps(around, around) if i < j] == []
    canvas = Box(0, 0, layout.width, layout.height)
    assert all(canvas.holds(box) for box in around)


def crossed(layout) -> int:
    """How many labels a leader of another goes through."""
    leaders = [(label.code, label.leader) for label in layout.labels if label.leader]
    return sum(
        crosses(leader, label.text.box) for code, leader in leaders for label in layout.labels if label.code != code
    )


def drawn(scores: np.ndarray, language: str, **options):
    points, rule = sample(scores, language)
    return layout_matrix(points, rule, CATEGORIES[language], TEXTS[language], **options)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_labels_of_93_spread_points_are_clean(language, seed):
    layout = drawn(spread(93, seed), language)
    assert_clean(layout)
    assert len(layout.labels) == 93
    assert sum(label.number is not None for label in layout.labels) <= 4
    assert crossed(layout) == 0


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("seed", [1, 2])
def test_labels_of_93_crowded_points_are_clean(language, seed):
    layout = drawn(crowded(93, seed), language)
    assert_clean(layout)
    assert len(layout.labels) == 93
    assert crossed(layout) == 0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_labels_of_a_clump_are_clean_and_keyed(language):
    layout = drawn(clump(93, 1), language)
    assert_clean(layout)
    assert len(layout.labels) == 93
    numbers = {label.text.lines[0] for label in layout.labels if label.number is not None}
    assert numbers == {t.lines[0] for t in layout.texts if t.kind == "key-number"}


def test_labels_of_equal_points_are_clean():
    layout = drawn(np.full((93, 2), 70.0), "zh")
    assert_clean(layout)
    assert len(layout.labels) == 93


def test_labels_of_more_points_than_can_be_led_stand_near_or_not_at_all():
    points, rule = sample(clump(93, 1), "en")
    points += [replace(point, code=f"{point.code}-2") for point in sample(clump(93, 2), "en")[0]]
    layout = layout_matrix(points, rule, CATEGORIES["en"], TEXTS["en"])
    assert_clean(layout)
    assert max(dist(*label.leader) for label in layout.labels if label.leader) < 40
    assert len(layout.labels) < 186 and TEXTS["en"].unlabelled in {t.lines[0] for t in layout.texts}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_labels_of_23_points_are_large_and_unbroken_by_numbers(language):
    layout = drawn(spread(23, 5), language)
    assert_clean(layout)
    assert len(layout.labels) == 23
    assert layout.label_size >= 11
    assert all(label.number is None for label in layout.labels)


def test_labels_of_duplicates_are_clean():
    scores = np.repeat(spread(20, 3), 2, axis=0)
    layout = drawn(scores, "en")
    assert_clean(layout)
    assert len(layout.labels) == 40
    assert TEXTS["en"].side_by_side in {t.lines[0] for t in layout.texts}


def test_labels_in_a_small_plot_with_either_rule_and_intervals_are_clean():
    points, _ = sample(spread(60, 2), "zh")
    rule = TierRule("either", society=72, business=74)
    layout = layout_matrix(points, rule, CATEGORIES["zh"], TEXTS["zh"], size=640, show_intervals=True)
    assert_clean(layout)
    assert len(layout.labels) == 60
    assert len(layout.intervals) == 60


def test_labels_of_one_point_stand_beside_it():
    layout = drawn(np.array([[70.0, 80.0]]), "en")
    assert_clean(layout)
    (label,), (mark,) = layout.labels, layout.marks
    assert label.leader is None
    assert abs(label.text.box.x0 - mark.box.x1) < 4


def test_labels_are_limited_to_the_codes_wanted():
    points, _ = sample(spread(30, 1), "en")
    codes = {points[3].code, points[7].code}
    assert {label.code for label in drawn(spread(30, 1), "en", label_codes=codes).labels} == codes
    assert drawn(spread(30, 1), "en", show_labels=False).labels == []


def test_labels_of_points_without_score_are_left_out():
    points = [Point("A", "A", "society", 70, 80, "high"), Point("B", "B", "society", None, 80, "unscored")]
    layout = layout_matrix(points, TierRule(high=70), CATEGORIES["en"], TEXTS["en"])
    assert [m.point.code for m in layout.marks] == ["A"]


def test_layout_of_no_points_says_so():
    layout = layout_matrix([], TierRule(high=60, low=40), CATEGORIES["en"], TEXTS["en"])
    assert_clean(layout)
    assert "No scores yet" in {t.lines[0] for t in layout.captions}
    assert (layout.x_scale.low, layout.x_scale.high) == (0, 100)


def test_layout_of_too_small_a_plot_is_refused():
    with pytest.raises(ValueError, match="at least 480 px"):
        drawn(spread(5, 1), "en", size=479)


def test_layout_of_93_points_is_fast():
    times = []
    for _ in range(4):
        start = time.process_time()
        drawn(spread(93, 2), "en")
        times.append(time.process_time() - start)
    assert min(times) < 0.2


def test_chart_of_an_office_program_shows_every_number():
    """Beside its mark, in it, or in the label of a mark in the same place."""
    points, rule = sample(crowded(92, 1), "en")
    labels = native_labels(points, rule, 536.0, 367.0, 8.0, 3.5, (60.0, 85.0, 60.0, 85.0))
    inside = [label for label in labels if label.side == "c"]
    shown = {number for label in labels if label.is_number for number in map(int, label.text.split("/"))}
    named = {label.number for label in labels if label.side and not label.is_number}
    assert inside and all(label.is_number for label in inside)
    assert {label.number for label in labels if label.side} <= shown | named
    silent = {label.number for label in labels if not label.side}
    texts = " ".join(label.text for label in labels)
    names = {label.number: point.label for label, point in zip(labels, points, strict=True)}
    assert all(number in shown or names[number] in texts for number in silent)
