"""Drawings are kept, and drawn again where the kept one is not whole."""

from reports.matrix import PlottedCategory, Point, Texts, TierRule
from reports.queries.matrix import drawn_matrix

GIVEN = (
    [Point("A", "Issue", "society", 40.0, 60.0, "medium", rank=1)],
    TierRule(low=20.0, high=70.0),
    [PlottedCategory("society", "Society")],
    Texts("across", "up"),
)


def kept(media):
    return sorted(path for path in media.rglob("*.svg"))


def test_drawing_is_kept_and_given_again(media):
    first = drawn_matrix(*GIVEN, size=500.0)
    path = kept(media)[0]
    path.write_text("<svg>from the store</svg>\n")
    assert first.startswith("<svg") and drawn_matrix(*GIVEN, size=500.0) == "<svg>from the store</svg>\n"


def test_drawing_cut_off_is_drawn_again(media):
    first = drawn_matrix(*GIVEN, size=500.0)
    kept(media)[0].write_text(first[:100])
    assert drawn_matrix(*GIVEN, size=500.0) == first == kept(media)[0].read_text()


def test_drawing_of_other_words_or_size_is_another(media):
    drawn_matrix(*GIVEN, size=500.0)
    drawn_matrix(*GIVEN, size=600.0)
    drawn_matrix(*GIVEN[:3], Texts("Breite", "up"), size=500.0)
    assert len(kept(media)) == 3
