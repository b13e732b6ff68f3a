"""The codebook of an export: columns with their values, names for SPSS, rules, facts of the survey."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from django.db.models import Count
from django.utils.translation import gettext as _

from materiality.platform.audit import daily_anchor
from materiality.platform.bilingual import option_text, speaking, suffix_of
from materiality.platform.organisation import organisation_name
from materiality.platform.words import word_for
from materiality.queries.scores import SMALL_CELL, hidden_keys
from materiality.scoring.cube import DIMENSIONS, DONT_KNOW, NOT_ASKED, SKIPPED
from surveys.exports.selection import Selection, column_labels, extra_names, is_counted
from surveys.intake.columns import FIELDS, RANKING, item_name, profile_name
from surveys.models import AnonymousAnswer, Item, ProfileQuestion, Response, Survey
from surveys.models.instrument import page_head, plain_question, scale_words
from surveys.questionnaire.asking import QUESTION_KINDS
from surveys.questionnaire.ratings import OUTSIDE
from surveys.questionnaire.screening import FLAG_BIT
from surveys.responses.screening import flags_of_survey


def profile_columns(survey: Survey) -> list[str]:
    """With a label in each language of the survey."""
    return ["question", "option", *_in_each(survey, "label"), "number"]


def profile_rows(survey: Survey) -> list[list[str | int]]:
    """Counts of an anonymous survey's profile answers under these columns; those under 5 are hidden, and a second where
    one alone would be.

    Of short texts only how many there are; the texts themselves could name their writers.
    """
    rows = AnonymousAnswer.objects.filter(survey=survey).order_by().values_list("question", "answer")
    found = {(question, answer): number for question, answer, number in rows.annotate(number=Count("*"))}
    responses = Response.objects.filter(survey=survey, unfinished=False).count()
    return [row for question in survey.profile_questions.all() for row in _of_question(question, found, responses)]


def _of_question(question: ProfileQuestion, found: dict, responses: int) -> Iterator[list[str | int]]:
    if not QUESTION_KINDS[question.kind].has_options:
        number = sum(count for (code, _answer), count in found.items() if code == question.code)
        told = {"": lambda: _("answers given")}
        numbers = {"": number}
    else:
        told = {option["code"]: partial(option_text, option) for option in question.options}
        numbers = {option: found.get((question.code, option), 0) for option in told}
        if not QUESTION_KINDS[question.kind].several:
            # Whoever knows how many responded could find a lone hidden number by subtraction.
            numbers[""] = max(0, responses - sum(numbers.values()))
            told[""] = lambda: _("no answer")
    hidden = hidden_keys(numbers)
    for option, label in told.items():
        number = f"<{SMALL_CELL}" if option in hidden else numbers[option]
        yield [question.code, option, *_each(question.survey, label), number]


def _each(survey: Survey, told: Callable[..., object], *arguments: object) -> list[str]:
    """What `told(*arguments)` gives in each language of the survey."""
    found = []
    for language in survey.languages:
        with speaking(language, survey.languages):
            found.append(str(told(*arguments)))
    return found


def _in_each(survey: Survey, column: str) -> list[str]:
    return [f"{column}_{suffix_of(language)}" for language in survey.languages]


def fact_rows(selection: Selection) -> Iterator[list[str]]:
    """Rows of the codebook: name and label of a fact, its value in each language."""
    survey = selection.survey
    for name, value in _facts(selection, survey).items():
        values = _each(survey, value if callable(value) else lambda value=value: value)
        yield _row("fact", name, "", _each(survey, lambda name=name: _labels()[name]), values=values)


def _facts(selection: Selection, survey: Survey) -> dict[str, object]:
    """The value of each fact; a function where it depends on the language."""

    def moment(value) -> str:
        return value.astimezone(selection.zone).isoformat(" ", "minutes") if value else ""

    return {
        "organisation": organisation_name,
        "cycle": lambda: survey.cycle.title,
        "survey": survey.code,
        "title": lambda: survey.title,
        "edition": survey.cycle.edition.code,
        "scale": f"1–{survey.k}",
        "instrument": survey.instrument.version,
        "page_head": page_head,
        **{f"question_{dimension}": partial(plain_question, dimension) for dimension in DIMENSIONS},
        "items": len(selection.items),
        "split": "yes" if survey.split else "no",
        "anonymous": "yes" if survey.anonymous else "no",
        "zone": survey.zone,
        "opened": moment(survey.opened_at or survey.opens_at),
        "closes": moment(survey.closes_at),
        "groups": "; ".join(selection.groups) or "*",
        "responses": selection.responses().count(),
        "audit_anchor": daily_anchor(),
        "rules_version": survey.rules_version,
        "filled_fields": "; ".join(sorted(selection.leaving)),
    }


def _labels() -> dict[str, str]:
    return {
        "organisation": _("Organisation"),
        "cycle": _("Cycle"),
        "survey": _("Code of the survey"),
        "title": _("Survey"),
        "edition": _("Edition of the issue library"),
        "scale": _("Scale of the ratings"),
        "instrument": _("Version of the instrument"),
        "page_head": _("Head of every page"),
        "question_society": _("Question on society and the environment"),
        "question_business": _("Question on the business"),
        "items": _("Ratings asked for in the full questionnaire"),
        "split": _("Each respondent is asked a drawn part"),
        "anonymous": _("Anonymous survey"),
        "zone": _("Time zone"),
        "opened": _("Opened"),
        "closes": _("Closes"),
        "groups": _("Groups in this file (* = all)"),
        "responses": _("Responses in this file"),
        "audit_anchor": _("Anchor of the audit trail"),
        "rules_version": _("Version of the screening rules"),
        "filled_fields": _("Fields that are filled"),
    }


LONGEST_NAME = 64  # bytes
LONGEST_LABEL = 200  # bytes; SPSS takes 256, and a line of syntax no more than that
LONGEST_VALUE_LABEL = 120  # bytes
LONGEST_TEXT = 32_767  # bytes of a string variable
_RESERVED = {"all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"}
# A line of syntax that begins with one of these is taken for a command of its own.
_COMMANDS = {"begin", "comment", "data", "document", "end", "execute", "finish", "remark", "text", "title"}
_OTHER = re.compile(r"[^A-Za-z0-9_]+")
_BREAKS = re.compile(r"[\s\x00-\x1f\x7f\u2028\u2029]+")


def variable_names(wanted: Iterable[str]) -> list[str]:
    """One variable name per text: ASCII letters, digits and _, at most 64 bytes, distinct without regard to case."""
    names: list[str] = []
    taken: set[str] = set()
    for text in wanted:
        base = _OTHER.sub("_", text).strip("_") or "v"
        if not base[0].isalpha() or base.lower() in _RESERVED | _COMMANDS:
            base = f"v_{base}"
        name, number = base[:LONGEST_NAME].rstrip("_"), 2
        while name.lower() in taken:
            ending = f"_{number}"
            name, number = base[: LONGEST_NAME - len(ending)] + ending, number + 1
        taken.add(name.lower())
        names.append(name)
    return names


def one_line(text: str) -> str:
    """Text without line breaks and control characters: SPSS ends a case at a line break, quoted or not."""
    return _BREAKS.sub(" ", text).strip()


def shortened(text: str, most: int) -> str:
    """Text of at most `most` bytes in UTF-8; what was longer ends in …, never within a character."""
    encoded = text.encode()
    if len(encoded) <= most:
        return text
    return encoded[: most - 3].decode(errors="ignore") + "…"


def literal(text: str, most: int = LONGEST_LABEL) -> str:
    """A quoted string: one line, at most `most` bytes between the quotes, apostrophes doubled."""
    line = shortened(one_line(text), most)
    return "'" + shortened(line, max(3, most - line.count("'"))).replace("'", "''") + "'"


PROFILE, NAMED_PLACE = 15, 16  # places in a row of `Selection.rows(more=True)`


def profile_variables(selection: Selection, variable: type) -> Iterator:
    """One `variable` per question, or per option of a multiple choice; none in an anonymous survey."""
    for question in selection.questions:
        column = profile_name(question.code)
        if not QUESTION_KINDS[question.kind].has_options:
            yield variable(column, column, question.text, _text_of(question.code), "text")
        elif not QUESTION_KINDS[question.kind].several:
            place = {option["code"]: n for n, option in enumerate(question.options, start=1)}
            values = {place[option["code"]]: option_text(option) for option in question.options}
            yield variable(column, column, question.text, _choice_of(question.code, place), values=values)
        else:
            for option in question.options:
                label = f"{question.text} – {option_text(option)}"
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


NUMBER, TEXT, MOMENT = "number", "text", "moment"
# Codes of what is no rating; the scale ends at 10 at most.
NO_RATING = {SKIPPED: 97, DONT_KNOW: 98, NOT_ASKED: 99}
# A rating outside the plan counts nowhere: here it was not asked.
_CODES = [NO_RATING.get(code, 99 if OUTSIDE < code < DONT_KNOW else code) for code in range(256)]
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
Read = Callable[[tuple], object]


@dataclass(frozen=True)
class Variable:
    """One column of data.csv. `column` is the export's column that it comes from; `read` takes a row of
    `Selection.rows(more=True)` and gives a number, a text or None."""

    name: str
    column: str
    label: str
    read: Read
    kind: str = NUMBER
    decimals: int = 0
    values: Mapping[int, str] = field(default_factory=dict)
    missing: tuple[int, ...] = ()


def variables_of(selection: Selection) -> list[Variable]:
    """Every variable in the order of the file, labels in the active language."""
    found = [*_fields(selection), *_items(selection), *_screening(selection), *profile_variables(selection, Variable)]
    names = variable_names(variable.name for variable in found)
    return [replace(variable, name=name) for variable, name in zip(found, names, strict=True)]


def _fields(selection: Selection) -> Iterator[Variable]:
    groups = list(selection.survey.cycle.groups.all())
    place = {group.code: n for n, group in enumerate(groups, start=1)}
    zone, yes_no = selection.zone, {0: _("no"), 1: _("yes")}
    readers: dict[str, tuple[Read, str, Mapping]] = {
        "group": (lambda row: place[row[1]], NUMBER, {place[group.code]: group.name for group in groups}),
        "started_at": (lambda row: _moment(row[4], zone), MOMENT, {}),
        "submitted_at": (lambda row: _moment(row[5], zone), MOMENT, {}),
        "consent": (lambda row: int(row[6]), NUMBER, yes_no),
    }
    labels = column_labels()
    for at, name in enumerate(FIELDS):
        read, kind, values = readers.get(name, ((lambda row, at=at: row[at]), TEXT, {}))
        if name not in selection.leaving:
            read = _nothing
        yield Variable(name, name, labels[name], read, kind, values=values)


def _items(selection: Selection) -> Iterator[Variable]:
    values = {
        n: word for n, word in enumerate(scale_words(selection.survey.instrument, selection.survey.k), start=1) if word
    }
    values |= {97: _("no answer"), 98: _("don't know"), 99: _("not asked")}
    for at, item in enumerate(selection.items):
        label = f"{item.issue.name} – {word_for('dimension', item.dimension)}"
        name = item_name(item.issue.code, item.dimension)
        yield Variable(
            name, name, label, lambda row, at=at: _CODES[row[8][at]], values=values, missing=tuple(NO_RATING.values())
        )


def _screening(selection: Selection) -> Iterator[Variable]:
    labels, yes_no = column_labels(), {0: _("no"), 1: _("yes")}
    named = set(extra_names(replace(selection, full=True)))
    yield Variable("unfinished", "unfinished", labels["unfinished"], lambda row: int(row[9]), values=yes_no)
    yield Variable("valid", "valid", labels["valid"], lambda row: int(is_counted(selection, *row[9:12])), values=yes_no)
    for flag in flags_of_survey(selection.survey):
        bit, label = FLAG_BIT[flag], str(word_for("flag", flag))
        bit &= selection.shown
        yield Variable(f"flag_{flag}", "flags", label, lambda row, bit=bit: int(row[10] & bit > 0), values=yes_no)
    decided = {0: _("as the rules say"), 1: _("included by a person"), 2: _("excluded by a person")}
    yield Variable("overruled", "overruled", labels["overruled"], lambda row: row[11], values=decided)
    if "attention" in named:
        values = {97: _("no answer"), 98: _("don't know"), 99: _("not asked")}
        yield Variable("attention", "attention", labels["attention"], _attention, values=values, missing=(97, 98, 99))
    if RANKING in named:
        read = lambda row: ";".join(row[NAMED_PLACE]) or None  # noqa: E731
        yield Variable(RANKING, RANKING, labels[RANKING], read, TEXT)
    if "seconds_per_item" in named:
        yield Variable(
            "seconds_per_item", "seconds_per_item", labels["seconds_per_item"], lambda row: row[13], decimals=1
        )
        yield Variable("notice_version", "notice_version", labels["notice_version"], lambda row: row[14])


def _attention(row: tuple) -> int:
    return 99 if row[12] is None else NO_RATING.get(row[12], row[12])


def _nothing(row: tuple) -> None:
    return None


def _moment(moment: datetime | None, zone) -> str | None:
    if moment is None:
        return None
    local = moment.astimezone(zone)
    return f"{local.day:02}-{_MONTHS[local.month - 1]}-{local.year} {local:%H:%M:%S}"


MISSING = "empty = skipped; DK = don't know; NA = not asked"


def codebook_columns(survey: Survey) -> list[str]:
    """With label, category and values in each language of the survey."""
    label, category, values = (_in_each(survey, column) for column in ("label", "category", "values"))
    return ["part", "name", "spss_name", *label, "dimension", *category, *values, "missing"]


def codebook_rows(selection: Selection) -> Iterator[list[str]]:
    """Rows under these columns: facts, columns in the order of the file, flags, rules."""
    survey, spss = selection.survey, _spss_names(selection)
    yield from fact_rows(selection)
    for name in FIELDS:
        values = _each(survey, _field_values, survey, name)
        yield _row("column", name, spss.get(name, ""), _each(survey, _field_label, name), values=values)
    scale = _each(survey, _scale, survey)
    for item in selection.items:
        yield _item_row(survey, item, spss, scale)
    questions = {f"profile:{question.code}": question for question in selection.questions}
    for name in extra_names(selection):
        question = questions.get(name)
        labels = _each(survey, lambda asked: asked.text, question) if question else _each(survey, _field_label, name)
        values = _each(survey, _options, question) if question else ()
        yield _row("column", name, spss.get(name, ""), labels, values=values)
    for flag in flags_of_survey(survey):
        yield _row("flag", flag, f"flag_{flag}", _each(survey, word_for, "flag", flag))
    for flag, rule in selection.rules.to_json().items():
        told = "; ".join(f"{name} = {value}" for name, value in rule.items())
        labels = _each(survey, word_for, "flag", flag)
        yield _row("rule", flag, "", labels, values=[told] * len(labels))


def _item_row(survey: Survey, item: Item, spss: dict[str, str], scale: Sequence[str]) -> list[str]:
    name = item_name(item.issue.code, item.dimension)
    labels = _each(survey, lambda: item.issue.name)
    category = _each(survey, lambda: item.issue.category.name)
    return _row("column", name, spss.get(name, ""), labels, item.dimension, category, scale, MISSING)


def _row(
    part: str,
    name: str,
    spss: str,
    labels: Sequence[str],
    dimension: str = "",
    category: Sequence[str] = (),
    values: Sequence[str] = (),
    missing: str = "",
) -> list[str]:
    blank = [""] * len(labels)
    return [part, name, spss, *labels, dimension, *(category or blank), *(values or blank), missing]


def _scale(survey: Survey) -> str:
    words = scale_words(survey.instrument, survey.k)
    return "; ".join(f"{n} = {word}" if word else str(n) for n, word in enumerate(words, start=1))


def _options(question: ProfileQuestion) -> str:
    return "; ".join(f"{option['code']} = {option_text(option)}" for option in question.options)


def _field_values(survey: Survey, name: str) -> str:
    if name == "consent":
        return "yes; no"
    groups = survey.cycle.groups.all() if name == "group" else ()
    return "; ".join(f"{group.code} = {group.name or group.code}" for group in groups)


def _field_label(name: str) -> str:
    return column_labels()[name]


def _spss_names(selection: Selection) -> dict[str, str]:
    names: dict[str, list[str]] = {}
    for variable in variables_of(selection):
        names.setdefault(variable.column, []).append(variable.name)
    return {column: " ".join(own) for column, own in names.items()}
