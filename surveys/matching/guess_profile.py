"""The columns of a survey's profile questions, by their wording or code and by their options."""

from collections.abc import Sequence

from surveys.matching.asked import Asked, Question
from surveys.matching.heads import Head
from surveys.matching.match import PROFILE, Target
from surveys.matching.sample import Answers
from surveys.matching.texts import squashed, word

TEXT, MULTIPLE = "text", "multiple"


def guess_profile(
    heads: Sequence[Head], answers: Sequence[Answers], free: Sequence[int], asked: Asked
) -> tuple[dict[int, Target], dict[str, dict[str, str]]]:
    """Targets by column, and value maps named `profile-<question>`: `word` of an option -> its code."""
    targets: dict[int, Target] = {}
    maps: dict[str, dict[str, str]] = {}
    for question in asked.questions:
        for column in free:
            if column in targets or answers[column].many and question.kind != TEXT:
                continue
            target = _target(heads[column], question)
            if target and (target.detail or question.code not in {each.code for each in targets.values()}):
                targets[column] = target
                maps[f"profile-{question.code}"] = option_words(question)
    return targets, maps


def option_words(question: Question) -> dict[str, str]:
    """Every spelling of the question's options -> the option's code."""
    return {word(name): code for code, zh, en in question.options for name in (code, zh, en) if name}


def _target(head: Head, question: Question) -> Target | None:
    names = {squashed(question.code), squashed(question.zh), squashed(question.en)} - {""}
    if squashed(head.text) in names or squashed(head.row) in names and not head.stem:
        return Target(PROFILE, question.code)
    if not head.stem or squashed(head.stem) not in names:
        text = squashed(head.text)
        inside = any(len(name) >= 4 and text.endswith(name) for name in names)
        return Target(PROFILE, question.code) if inside else None
    options = {squashed(name): code for code, *texts in question.options for name in (code, *texts)}
    option = options.get(squashed(head.row))
    return Target(PROFILE, question.code, option) if option else None
