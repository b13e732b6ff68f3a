"""Word-level differences: examples in both languages, and that nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from materiality.lineage.lineage import Segment, text_difference

PIECES = st.lists(
    st.sampled_from(["隐私", "保护", "数据", "。", "，", " ", "AI ", "data", "privacy ", "é", "12", "\n", "𠮷"])
)


def told(old: str, new: str) -> str:
    """`kept [-removed-]{+added+}`."""
    marks = {"equal": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    return "".join(marks[part.kind].format(part.text) for part in text_difference(old, new))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("数据安全与隐私保护", "数据安全和个人隐私保护", "数据安全[-与-]{+和个人+}隐私保护"),
        ("公司保护用户信息。", "公司保护用户个人信息。", "公司保护用户{+个人+}信息。"),
        ("Data security", "Data protection", "Data [-security-]{+protection+}"),
        ("Protects user data.", "Protects the personal data of users.",
         "Protects [-user data-]{+the personal data of users+}."),
        ("an old grey law", "a new strict law", "[-an old grey-]{+a new strict+} law"),
        ("公司合法处理个人信息。", "公司说明算法如何决定。", "公司[-合法处理个人信息-]{+说明算法如何决定+}。"),
        ("公司依法保护用户的信息和隐私。", "企业依法保护用户的信息与隐私。",
         "[-公司-]{+企业+}依法保护用户的信息[-和-]{+与+}隐私。"),
        ("AI伦理", "AI治理", "AI[-伦-]{+治+}理"),
        ("使用AI模型", "使用AIGC模型", "使用[-AI-]{+AIGC+}模型"),
        ("", "新", "{+新+}"),
        ("旧", "", "[-旧-]"),
        ("一样", "一样", "一样"),
        ("", "", ""),
    ],
)  # fmt: skip
def test_text_difference_reads_as_people_would_mark_it(old, new, expected):
    assert told(old, new) == expected


@given(st.one_of(st.text(), PIECES.map("".join)), st.one_of(st.text(), PIECES.map("".join)))
def test_segments_give_both_texts_back(old, new):
    segments = text_difference(old, new)
    assert "".join(part.text for part in segments if part.kind != "added") == old
    assert "".join(part.text for part in segments if part.kind != "removed") == new
    assert all(part.text for part in segments)
    assert all(one.kind != other.kind for one, other in zip(segments, segments[1:], strict=False))


def test_long_texts_are_told_as_a_whole():
    old, new = "旧" * 3000, "新" * 3000
    assert text_difference(old, new) == (Segment("removed", old), Segment("added", new))
    assert text_difference(old, old) == (Segment("equal", old),)
