"""Widths and line breaks."""

from hypothesis import given
from hypothesis import strategies as st

from reports.matrix.text_width import em_width, halves, text_width, wrap


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
