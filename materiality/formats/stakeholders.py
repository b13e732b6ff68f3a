"""Groups and stakeholder lists of a cycle: the formats `groups` and `stakeholders` (formats.md)."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from materiality.models import Cycle, Group, OwnGroup, StakeholderPoint
from materiality.models.library import library_languages
from materiality.models.stakeholders import GroupBase
from materiality.platform.bilingual import DEFAULT_LANGUAGES, suffix_of
from materiality.platform.refusals import NotAllowed
from materiality.platform.words import later_word_for
from materiality.queries.cycles import (
    BEFORE_REVIEW,
    BEFORE_SIGN_OFF,
    FIELDWORK,
    locked_cycle,
    method_of,
    problem_sentences,
)
from materiality.queries.stakeholders import shipped_groups
from materiality.tables.headers import Choices, SheetColumn, canonical, choice_words, model_columns, named
from materiality.tables.imports import StrictResource, sheet_file
from materiality.tables.problems import Problem
from materiality.tables.records import Records, Row
from materiality.tables.widgets import ChoiceWidget, NumberWidget, Scope, SheetRow, TextWidget, model_fields


def refuse_no_weight(cycle: Cycle) -> None:
    """NotAllowed where no group is left with a weight above 0 on one of the dimensions."""
    method = method_of(cycle)
    if not method.weights:
        raise NotAllowed(gettext("A cycle needs at least one group."))
    problems = [problem for problem in method.problems(list(method.weights)) if problem.field == "weights"]
    if problems:
        raise NotAllowed(problem_sentences(problems))


_WEIGHT = _("Any number from 0 up; only the proportions matter.")
SHEET_COLUMNS = model_columns(
    Group,
    {"code": "group"},
    # Files of before are headed so.
    code={"required": True, "also": ("Group code", "利益相关方编码", "利益相关方代码", "编码", "代码")},
    name={"note": _("At most 200 characters."), "width": 24},
    side={"note": _("internal or external; empty means external."), "choices": "sides"},
    weight_society={"note": _WEIGHT, "title": later_word_for("parameter", "weight_society")},
    weight_business={"note": _WEIGHT, "title": later_word_for("parameter", "weight_business")},
    target={"also": ("Target", "目标答卷数")},
)
GROUP_COLUMNS = tuple(column.name for column in SHEET_COLUMNS)


def spoken_of(scope: Scope | None) -> Sequence[str]:
    """The content languages of the cycle of a scope; the usual two without one."""
    return scope.cycle.languages if scope and scope.cycle else DEFAULT_LANGUAGES


class OwnGroupResource(StrictResource):
    """Groups of the organisation, from which a new cycle starts; a file adds and changes groups, it removes none."""

    sheet = "own_groups"
    columns = SHEET_COLUMNS
    written = tuple(name for name in GROUP_COLUMNS if name != "group")

    locals().update(model_fields(OwnGroup, SHEET_COLUMNS))

    class Meta:
        model = OwnGroup
        fields = GROUP_COLUMNS
        import_id_fields = ("group",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.speak(self.spoken())

    def spoken(self) -> Sequence[str]:
        return library_languages()

    def stored(self) -> Sequence[GroupBase]:
        return list(OwnGroup.objects.all())

    def make_lookups(self) -> dict[str, dict]:
        return {"sides": {str(value): value for value in GroupBase.Side.values}}

    def choices(self) -> Choices:
        return {"sides": choice_words(GroupBase.Side)}

    def blank(self, row: dict[str, str]) -> GroupBase:
        return OwnGroup()

    def before_store(self, instance: GroupBase, changes: dict[str, list[str]]) -> None:
        self.put_last(instance)


class GroupResource(OwnGroupResource):
    """Groups of the cycle of the scope."""

    sheet = "groups"

    class Meta:
        model = Group

    def spoken(self) -> Sequence[str]:
        return spoken_of(self.scope)

    def refuse(self, store: bool) -> None:
        with transaction.atomic():
            locked_cycle(self.scope.cycle, BEFORE_REVIEW)

    def stored(self) -> Sequence[GroupBase]:
        return list(self.scope.cycle.groups.all())

    def blank(self, row: dict[str, str]) -> GroupBase:
        return Group(cycle=self.scope.cycle)

    def check_rows(self, rows: Sequence[SheetRow]) -> Iterable[Problem]:
        if self.scope.cycle.state not in FIELDWORK:
            yield from (
                row.problem("no_new_group", "group") for row in rows if self.key_of(row.cells) not in self.by_key
            )

    def after_store(self, changed: Sequence[GroupBase]) -> None:
        refuse_no_weight(self.scope.cycle)


def add_named_groups(
    codes: Iterable[str], rows: Iterable[dict] = (), languages: Iterable[str] = DEFAULT_LANGUAGES
) -> list[OwnGroup]:
    """Add `rows` to the groups of the organisation, and what `codes` name that nobody knows yet; returns what is new.

    A group that is only named goes by its code until somebody names it.
    """
    held = {row.code for row in OwnGroup.objects.all()}
    shipped = {row["code"]: row for row in shipped_groups()}
    wanted = {row["code"]: row for row in rows}
    for code in codes:
        if code not in wanted:
            named = {f"name_{suffix_of(language)}": code for language in languages}
            wanted[code] = {"code": code, **named} | shipped.get(code, {})
    first = OwnGroup.objects.aggregate(last=Max("order"))["last"] or 0
    fresh = [row for code, row in wanted.items() if code not in held]
    return OwnGroup.objects.bulk_create(OwnGroup(**row | {"order": first + n}) for n, row in enumerate(fresh, start=1))


def groups_file(cycle: Cycle, kind: str) -> bytes:
    """The groups as a file of `kind` "csv" or "xlsx"."""
    return sheet_file(GroupResource(Scope(cycle=cycle)), kind)


POINT_COLUMNS = (
    SheetColumn("group", _("Group code"), _("The code of a group of the cycle."), required=True, choices="groups"),
    SheetColumn("kind", _("Kind"), _("expectation, channel or response."), required=True, choices="kinds"),
    SheetColumn("text_zh", _("Chinese text"), width=56),
    SheetColumn("text_en", _("English text"), width=56),
    SheetColumn(
        "order",
        _("Order"),
        _("The place in the list, from 1; with group and kind it names the row. Empty: at the end."),
        number=True,
        width=8,
    ),
    SheetColumn("frequency", _("Frequency"), StakeholderPoint._meta.get_field("frequency").help_text, width=20),
)


class StakeholderResource(StrictResource):
    """Bullets of the groups of the cycle of the scope; a file adds and changes bullets, it removes none."""

    sheet = "stakeholders"
    columns = POINT_COLUMNS
    written = ("text", "frequency")

    group = Field("group", "group", widget=ChoiceWidget("groups", "unknown_group"))
    kind = Field("kind", "kind", widget=ChoiceWidget("kinds", "unknown_kind"))
    text_zh = Field("text_zh", "text_zh", widget=TextWidget())
    text_en = Field("text_en", "text_en", widget=TextWidget())
    order = Field("order", "order", widget=NumberWidget(whole=True))
    frequency = Field("frequency", "frequency", widget=TextWidget(100))

    class Meta:
        model = StakeholderPoint
        fields = tuple(column.name for column in POINT_COLUMNS)
        import_id_fields = ("group", "kind", "order")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.speak(spoken_of(self.scope))
        spoken = (column.name for column in self.columns if not column.silent)
        self.texts = [name for name in spoken if name.startswith("text_")]

    def refuse(self, store: bool) -> None:
        with transaction.atomic():
            locked_cycle(self.scope.cycle, BEFORE_SIGN_OFF)

    def stored(self) -> Sequence[StakeholderPoint]:
        points = StakeholderPoint.objects.filter(group__cycle=self.scope.cycle).select_related("group")
        places = {str(kind): place for place, kind in enumerate(StakeholderPoint.Kind.values)}
        return sorted(points, key=lambda row: (row.group.order, row.group.code, places[row.kind], row.order))

    def make_lookups(self) -> dict[str, dict]:
        return {
            "groups": {group.code: group for group in self.scope.cycle.groups.all()},
            "kinds": {str(value): value for value in StakeholderPoint.Kind.values},
        }

    def choices(self) -> Choices:
        return {"groups": named(self.scope.cycle.groups.all()), "kinds": choice_words(StakeholderPoint.Kind)}

    def reshaped(self, table: Records) -> list[Records]:
        """A table as reports print it, one row per group and one column per kind, as one row per point."""
        return [_lengthened(table, self.languages)]

    def blank(self, row: dict[str, str]) -> StakeholderPoint:
        return StakeholderPoint()

    def prepared(self, rows: Sequence[SheetRow]) -> list[SheetRow]:
        """A row without a place is the stored one of the same texts, else it comes at the end of its list."""
        last: dict[tuple[str, ...], int] = defaultdict(int)
        known: dict[tuple[str, ...], str] = {}
        for (group, kind, order), point in self.by_key.items():
            last[group, kind] = max(last[group, kind], point.order)
            known[group, kind, *map(canonical, self.cells(point, self.texts).values())] = order
        for row in rows:
            order = row.cells.get("order", "")
            if order.isdecimal():
                last[self.key_of(row.cells)[:2]] = max(last[self.key_of(row.cells)[:2]], int(order))
        return [row if row.cells.get("order") else self._placed(row, last, known) for row in rows]

    def _placed(self, row: SheetRow, last: dict[tuple[str, ...], int], known: dict[tuple[str, ...], str]) -> SheetRow:
        names = self.key_of(row.cells)[:2]
        texts = (*names, *(canonical(row.cells.get(name, "")) for name in self.texts))
        if texts not in known:
            last[names] += 1
            known[texts] = str(last[names])
        return replace(row, cells={**row.cells, "order": known[texts]})

    def check_rows(self, rows: Sequence[SheetRow]) -> Iterable[Problem]:
        for row in rows:
            held = self.by_key.get(self.key_of(row.cells))
            texts = [row.cells.get(name, getattr(held, name, "")) for name in self.texts]
            if not any(texts) and (held is None or any(self.cells(held, self.texts).values())):
                yield row.problem("no_text", self.texts[0])


# Words with which reports head the columns of the wide table; folded.
_WIDE = {
    "group": ("group", "group code", "stakeholder", "stakeholders", "stakeholder group", "stakeholder groups")
    + ("利益相关方", "利益相关方类别", "利益相关方编码", "利益相关方代码", "相关方", "持份者", "利害关系人"),
    "expectation": ("expectation", "expectations", "expectations and concerns", "concerns", "topics of concern")
    + ("期待与诉求", "期望与诉求", "诉求与期望", "期望与要求", "诉求", "期望", "期待", "关注议题", "关注重点"),
    "channel": ("channel", "channels", "communication channels", "engagement channels", "engagement")
    + ("沟通渠道", "沟通方式", "沟通与参与方式", "沟通渠道与方式", "沟通机制", "参与方式", "渠道"),
    "response": ("response", "responses", "our response", "our responses", "actions", "measures")
    + ("相关回应", "回应", "回应方式", "回应措施", "我们的回应", "行动", "举措", "应对措施"),
    "frequency": ("frequency", "frequencies", "频率", "沟通频率", "频次", "沟通频次"),
}
_SPLIT = re.compile(r"[\n;；•●▪·■◆]+")
# Letters that tell a language, the surest first; the others are written in none of these.
_LETTERS = (
    (re.compile(r"[\u3040-\u30ff]"), ("ja",)),
    (re.compile(r"[\uac00-\ud7af]"), ("ko",)),
    (re.compile(r"[\u3400-\u9fff]"), ("zh", "zh-hant", "ja", "ko")),
)


def _lengthened(table: Records, languages: Sequence[str]) -> Records:
    named = {heading: _meant(heading) for heading in table.columns}
    kinds = [name for name in named.values() if name in StakeholderPoint.Kind.values]
    if "group" not in named.values() or not kinds or "kind" in map(canonical, table.columns):
        return table
    points, group = [], ""
    heads = ("group", "kind", *(f"text_{suffix_of(each)}" for each in languages), "order", "frequency")
    for row in table.rows:
        cells = {name: row.cells.get(heading, "") for heading, name in named.items() if name}
        group = cells["group"] or group
        points += [{**dict.fromkeys(heads, ""), "group": group, **point} for point in _points_in(cells, languages)]
    # A row of the file has several points, so these are counted by themselves, below the header.
    rows = [Row(number, point) for number, point in enumerate(points, start=2)]
    problems = [replace(each, column=named.get(each.column, "") or each.column) for each in table.problems]
    return replace(table, columns=heads, rows=tuple(rows), problems=tuple(problems))


def _meant(heading: str) -> str:
    plain = canonical(heading).casefold().replace("_", " ")
    return next((name for name, words in _WIDE.items() if plain in words), "")


def _points_in(cells: Mapping[str, str], languages: Sequence[str]) -> Iterator[dict[str, str]]:
    """Each point of a row; a frequency belongs to the channels, one by one where there are as many."""
    often = _pieces(cells.get("frequency", ""))
    for kind in StakeholderPoint.Kind.values:
        texts = _pieces(cells.get(kind, ""))
        for place, text in enumerate(texts):
            told = often[place] if len(often) == len(texts) else "; ".join(often)
            frequency = told if kind == StakeholderPoint.Kind.CHANNEL else ""
            column = f"text_{suffix_of(_language_of(text, languages))}"
            yield {"kind": kind, column: text, "frequency": frequency}


def _language_of(text: str, languages: Sequence[str]) -> str:
    """The language among these that a text is in, by its letters; the first where none shows."""
    for letters, written in _LETTERS:
        found = next((each for each in languages if each in written), "") if letters.search(text) else ""
        if found:
            return found
    plain = (each for each in languages if each not in _LETTERS[-1][1])
    return next(plain, languages[0])


def _pieces(cell: str) -> list[str]:
    return [part.strip(" \t-–—。") for part in _SPLIT.split(cell) if part.strip(" \t-–—。")]
