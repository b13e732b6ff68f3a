"""The codebook of an export: every column with its values, the screening rules, and the survey's facts."""

from collections.abc import Iterator

from django.utils import translation

from materiality.words import word_for
from surveys.exports.codebook_facts import fact_rows
from surveys.exports.extras import extra_names
from surveys.exports.field_labels import field_labels
from surveys.exports.selection import FIELDS, Selection
from surveys.exports.spss_variables import variables_of
from surveys.instrument import scale_words
from surveys.intake.columns import item_name
from surveys.models import Item
from surveys.questionnaire.rules import flags_asked

COLUMNS = (
    "part", "name", "spss_name", "label_zh", "label_en", "dimension", "category_zh", "category_en",
    "values_zh", "values_en", "missing",
)  # fmt: skip
MISSING = "empty = skipped; DK = don't know; NA = not asked"
LANGUAGES = ("zh-hans", "en")


def codebook_rows(selection: Selection) -> Iterator[list[str]]:
    """Rows under COLUMNS: facts, columns in the order of the file, flags, rules."""
    spss = _spss_names(selection)
    yield from fact_rows(selection)
    for name in FIELDS:
        yield _row("column", name, spss.get(name, ""), _both(_field_label, name), values=_field_values(selection, name))
    for item in selection.items:
        yield _item_row(selection, item, spss)
    questions = {f"profile:{question.code}": question for question in selection.questions}
    for name in extra_names(selection):
        question = questions.get(name)
        labels = (question.text_zh, question.text_en) if question else _both(_field_label, name)
        yield _row("column", name, spss.get(name, ""), labels, values=_options(question) if question else ("", ""))
    for flag in flags_asked(attention=selection.survey.attention):
        yield _row("flag", flag, f"flag_{flag}", _both(lambda flag: str(word_for("flag", flag)), flag))
    for flag, rule in selection.rules.to_json().items():
        told = "; ".join(f"{name} = {value}" for name, value in rule.items())
        label = _both(lambda flag: str(word_for("flag", flag)), flag)
        yield _row("rule", flag, "", label, values=(told, told))


def _item_row(selection: Selection, item: Item, spss: dict[str, str]) -> list[str]:
    name = item_name(item.issue.code, item.dimension)
    category = (item.issue.category.name_zh, item.issue.category.name_en)
    labels = (item.issue.name_zh or item.issue.name_en, item.issue.name_en or item.issue.name_zh)
    values = _both(_scale, selection.survey.k)
    return _row("column", name, spss.get(name, ""), labels, item.dimension, category, values, MISSING)


def _row(part, name, spss, labels, dimension="", category=("", ""), values=("", ""), missing="") -> list[str]:
    return [part, name, spss, *labels, dimension, *category, *values, missing]


def _both(text, *arguments) -> tuple[str, str]:
    """What `text(*arguments)` gives in Chinese and in English."""
    found = []
    for language in LANGUAGES:
        with translation.override(language):
            found.append(text(*arguments))
    return found[0], found[1]


def _scale(k: int) -> str:
    words = scale_words(k)
    return "; ".join(f"{n} = {word}" if word else str(n) for n, word in enumerate(words, start=1))


def _options(question) -> tuple[str, str]:
    return tuple(
        "; ".join(f"{option['code']} = {option[language] or option['code']}" for option in question.options)
        for language in ("zh", "en")
    )


def _field_values(selection: Selection, name: str) -> tuple[str, str]:
    if name == "consent":
        return ("yes; no", "yes; no")
    if name != "group":
        return ("", "")
    groups = list(selection.survey.cycle.groups.all())
    return tuple(
        "; ".join(f"{group.code} = {getattr(group, f'name_{language}') or group.code}" for group in groups)
        for language in ("zh", "en")
    )


def _field_label(name: str) -> str:
    return field_labels()[name]


def _spss_names(selection: Selection) -> dict[str, str]:
    names: dict[str, list[str]] = {}
    for variable in variables_of(selection):
        names.setdefault(variable.column, []).append(variable.name)
    return {column: " ".join(own) for column, own in names.items()}
