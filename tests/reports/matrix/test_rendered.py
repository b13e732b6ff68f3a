"""In a real browser no label lies on a label, a mark or any other word."""

import pytest

from reports.matrix import draw_matrix
from tests.reports.matrix.samples import CATEGORIES, TEXTS, crowded, sample, spread

pytestmark = pytest.mark.browser

_OVERLAPS = """() => {
    const box = e => { const b = e.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom, e.textContent]; };
    const all = query => [...document.querySelectorAll(query)].map(box);
    const labels = all('text.matrix-label'), marks = all('.point .matrix-mark');
    const words = all('text:not(.matrix-label)'), slack = 0.5, found = [];
    const meet = (a, b) => a[0] < b[2] - slack && b[0] < a[2] - slack && a[1] < b[3] - slack && b[1] < a[3] - slack;
    labels.forEach((a, i) => {
        for (const b of [...labels.slice(i + 1), ...marks, ...words]) if (meet(a, b)) found.push([a, b]);
    });
    return {labels: labels.length, marks: marks.length, found};
}"""


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "scores", [spread(93, 1), spread(93, 4), crowded(93, 2)], ids=["spread", "spread-4", "crowded"]
)
def test_rendered_matrix_of_93_points_has_no_overlap(chromium, language, scores):
    points, rule = sample(scores, language)
    svg = draw_matrix(points, rule, CATEGORIES[language], TEXTS[language], interactive=True)
    page = chromium.new_page(viewport={"width": 1200, "height": 900})
    page.set_content(f"<!doctype html><meta charset='utf-8'><body>{svg}</body>")
    measured = page.evaluate(_OVERLAPS)
    page.close()
    assert measured == {"labels": 93, "marks": 93, "found": []}
