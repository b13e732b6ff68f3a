"""Variables of profile questions: a code per option, or a yes or no per option where several may be chosen."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from materiality.bilingual import is_chinese
from surveys.exports.selection import Selection
from surveys.intake.besides import profile_name
from surveys.models import ProfileQuestion

PROFILE = 15  # place in a row of `Selection.rows(more=True)`


def profile_variables(selection: Selection, variable: type) -> Iterator:
    """One `variable` per question, or per option of a multiple choice; none in an anonymous survey."""
    for question in selection.questions:
        column = profile_name(question.code)
        if question.kind == ProfileQuestion.Kind.TEXT:
            yield variable(column, column, question.text, _text_of(question.code), "text")
        elif question.kind == ProfileQuestion.Kind.SINGLE:
            place = {option["code"]: n for n, option in enumerate(question.options, start=1)}
            values = {place[option["code"]]: _words(option) for option in question.options}
            yield variable(column, column, question.text, _choice_of(question.code, place), values=values)
        else:
            for option in question.options:
                label = f"{question.text} – {_words(option)}"
                read = _whether(question.code, option["code"])
                name = f"{column}_{option['code']}"
                yield variable(name, column, label, read, values={0: _("no"), 1: _("yes")})


def _text_of(code: str):
    return lambda row: row[PROFILE].get(code) or None


def _choice_of(code: str, place: dict[str, int]):
    return lambda row: place.get(row[PROFILE].get(code))


def _whether(code: str, option: str):
    def read(row: tuple) -> int | None:
        answer = row[PROFILE].get(code)
        return None if answer is None else int(option in answer)

    return read


def _words(option: dict) -> str:
    first, second = ("zh", "en") if is_chinese() else ("en", "zh")
    return option[first] or option[second] or option["code"]
