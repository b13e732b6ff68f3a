"""Profile answers of an anonymous survey: counts per question and option, none that tells of fewer than five people."""

from dataclasses import dataclass

from django.db.models import Count

from materiality.queries.small_cells import SMALL_CELL, hidden_keys
from surveys.models import AnonymousAnswer, ProfileQuestion, Response, Survey

PROFILE_COLUMNS = ("question", "option", "label_zh", "label_en", "number")


@dataclass(frozen=True)
class ProfileCount:
    """How many chose an option of a profile question; `option` is '' for no answer, `number` None where hidden."""

    question: ProfileQuestion
    option: str
    label_zh: str
    label_en: str
    number: int | None


def profile_rows(survey: Survey) -> list[list[str | int]]:
    """The counts as rows under PROFILE_COLUMNS."""
    return [
        [line.question.code, line.option, line.label_zh, line.label_en, f"<{SMALL_CELL}"]
        if line.number is None
        else [line.question.code, line.option, line.label_zh, line.label_en, line.number]
        for line in profile_counts(survey)
    ]


def profile_counts(survey: Survey) -> list[ProfileCount]:
    """Counts of an anonymous survey's profile answers, those under 5 hidden, and a second where one alone would be.

    Of short texts only how many there are; the texts themselves could name their writers.
    """
    rows = AnonymousAnswer.objects.filter(survey=survey).order_by().values_list("question", "answer")
    found = {(question, answer): number for question, answer, number in rows.annotate(number=Count("*"))}
    responses = Response.objects.filter(survey=survey, unfinished=False).count()
    return [line for question in survey.profile_questions.all() for line in _of_question(question, found, responses)]


def _of_question(question: ProfileQuestion, found: dict, responses: int) -> list[ProfileCount]:
    if question.kind == ProfileQuestion.Kind.TEXT:
        number = sum(count for (code, _answer), count in found.items() if code == question.code)
        options = [{"code": "", "zh": "填写人数", "en": "answers given"}]
        numbers = {"": number}
    else:
        options = list(question.options)
        numbers = {option["code"]: found.get((question.code, option["code"]), 0) for option in options}
        if question.kind == ProfileQuestion.Kind.SINGLE:
            # Whoever knows how many responded could find a lone hidden number by subtraction.
            numbers[""] = max(0, responses - sum(numbers.values()))
            options.append({"code": "", "zh": "未回答", "en": "no answer"})
    hidden = hidden_keys(numbers)
    return [
        ProfileCount(
            question,
            option["code"],
            option["zh"],
            option["en"],
            None if option["code"] in hidden else numbers[option["code"]],
        )
        for option in options
    ]
