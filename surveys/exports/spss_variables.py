"""The variables of the SPSS export: names, labels, values, and how a row of responses fills them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.utils.translation import gettext as _

from materiality.scoring.codes import DONT_KNOW, NOT_ASKED, SKIPPED
from materiality.words import word_for
from surveys.exports.extras import extra_names, is_valid
from surveys.exports.field_labels import field_labels
from surveys.exports.selection import FIELDS, Selection
from surveys.exports.spss_names import variable_names
from surveys.exports.spss_profile import profile_variables
from surveys.instrument import scale_words
from surveys.intake.columns import item_name
from surveys.questionnaire.rules import FLAG_BIT, flags_asked

NUMBER, TEXT, MOMENT = "number", "text", "moment"
# Codes of what is no rating; the scale ends at 10 at most.
NO_RATING = {SKIPPED: 97, DONT_KNOW: 98, NOT_ASKED: 99}
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
    labels = field_labels()
    for at, name in enumerate(FIELDS):
        read, kind, values = readers.get(name, ((lambda row, at=at: row[at]), TEXT, {}))
        if name not in selection.leaving:
            read = _nothing
        yield Variable(name, name, labels[name], read, kind, values=values)


def _items(selection: Selection) -> Iterator[Variable]:
    codes = [NO_RATING.get(code, code) for code in range(256)]
    values = {n: word for n, word in enumerate(scale_words(selection.survey.k), start=1) if word}
    values |= {97: _("no answer"), 98: _("don't know"), 99: _("not asked")}
    for at, item in enumerate(selection.items):
        label = f"{item.issue.name} – {word_for('dimension', item.dimension)}"
        name = item_name(item.issue.code, item.dimension)
        yield Variable(
            name, name, label, lambda row, at=at: codes[row[8][at]], values=values, missing=tuple(NO_RATING.values())
        )


def _screening(selection: Selection) -> Iterator[Variable]:
    labels, yes_no = field_labels(), {0: _("no"), 1: _("yes")}
    named = set(extra_names(replace(selection, full=True)))
    yield Variable("unfinished", "unfinished", labels["unfinished"], lambda row: int(row[9]), values=yes_no)
    yield Variable("valid", "valid", labels["valid"], lambda row: int(is_valid(selection, *row[9:12])), values=yes_no)
    for flag in flags_asked(attention=selection.survey.attention):
        bit, label = FLAG_BIT[flag], str(word_for("flag", flag))
        bit &= selection.shown
        yield Variable(f"flag_{flag}", "flags", label, lambda row, bit=bit: int(row[10] & bit > 0), values=yes_no)
    decided = {0: _("as the rules say"), 1: _("included by a person"), 2: _("excluded by a person")}
    yield Variable("overruled", "overruled", labels["overruled"], lambda row: row[11], values=decided)
    if "attention" in named:
        values = {97: _("no answer"), 98: _("don't know"), 99: _("not asked")}
        yield Variable("attention", "attention", labels["attention"], _attention, values=values, missing=(97, 98, 99))
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
