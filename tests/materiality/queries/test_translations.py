"""What each language of a text lacks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from materiality.queries.translations import MISSING, OLDER, TextFilters, fingerprint, lacking, lacks_of, tidy_text
from tests.factories.cycles import make_cycle

EARLY, LATE = "2026-01-01T00:00:00+00:00", "2026-03-01T08:00:00.5+08:00"


@pytest.mark.parametrize(
    ("texts", "changed", "lacks"),
    [
        ({"zh": "议题", "en": "Issue"}, {}, {}),
        ({"zh": "", "en": ""}, {}, {}),
        ({"zh": "议题", "en": " "}, {}, {"en": MISSING}),
        ({"zh": "", "en": "Issue"}, {}, {"zh": MISSING}),
        ({"zh": "议题", "en": "Issue"}, {"zh": LATE, "en": EARLY}, {"en": OLDER}),
        ({"zh": "议题", "en": "Issue"}, {"zh": EARLY, "en": LATE}, {"zh": OLDER}),
        ({"zh": "议题", "en": "Issue"}, {"en": EARLY}, {"zh": OLDER}),
        ({"zh": "议题", "en": "Issue"}, {"zh": LATE, "en": LATE}, {}),
        ({"zh": "", "en": "Issue"}, {"zh": LATE, "en": EARLY}, {"zh": MISSING}),
        ({"ko": "이슈"}, {"ko": LATE}, {}),
        ({"zh": "议题", "en": "Issue", "ko": ""}, {"zh": LATE, "en": EARLY}, {"ko": MISSING, "en": OLDER}),
        ({"zh": "议题", "en": "Issue", "ko": "이슈"}, {"en": LATE}, {"zh": OLDER, "ko": OLDER}),
    ],
)
def test_lacks_of_a_text(texts, changed, lacks):
    assert lacks_of(texts, changed) == lacks


def test_lacks_of_a_text_that_is_held_in_a_language_in_which_it_is_not_wanted():
    assert lacks_of({"ko": "", "ja": " "}, {}, is_held=True) == {"ko": MISSING, "ja": MISSING}
    assert lacks_of({"ko": "이슈"}, {}, is_held=True) == {}


@pytest.mark.django_db
def test_only_language_of_a_cycle_is_asked_for_where_a_shipped_group_has_others():
    cycle = make_cycle(languages=["ko"])
    wanted = {text.key: text for text in lacking(None, TextFilters())}
    text = wanted[f"group/{cycle.code}/users/name"]
    assert (dict(text.texts), text.states) == ({"ko": ""}, ["missing_ko"])
    assert str(cycle.groups.get(code="users").name) in text.where


def test_lacks_of_compares_times_across_zones():
    times = {"zh": "2026-03-01T08:00:00+08:00", "en": "2026-03-01T00:00:00+00:00"}
    assert lacks_of({"zh": "议题", "en": "Issue"}, times) == {}


TEXTS = st.dictionaries(st.sampled_from(["zh", "en", "ko"]), st.text(st.characters(exclude_characters="\0")))


@given(TEXTS, TEXTS)
def test_fingerprint_is_the_same_for_the_same_texts_only(texts, others):
    assert (fingerprint(texts) == fingerprint(others)) is (texts == others)


@given(st.text(), st.booleans())
def test_tidy_twice_is_tidy_once(text, is_long):
    once = tidy_text(text, is_long)
    assert tidy_text(once, is_long) == once
