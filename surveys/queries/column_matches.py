"""Saved column matches: how often each was used, and what it says."""

from dataclasses import dataclass

from django.db.models import Count, IntegerField, Max, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from materiality.models import Issue
from materiality.templatetags.bilingual import inlang
from surveys.matching.match import ATTENTION, FIELD, IGNORED, ITEM, Match, Target
from surveys.matching.tools import NAMES
from surveys.models import ColumnMatch, ResponseImport
from surveys.queries.import_match import map_title
from surveys.queries.target_labels import field_labels


@dataclass(frozen=True)
class SaidColumn:
    """A column by its header and what it is taken for: `target` as people write it, with the issue's or field's name if
    it has one; '' where the column is not taken in.
    """

    header: str
    target: str
    name: str = ""


@dataclass(frozen=True)
class SaidMap:
    """What the answers of so many columns mean: (answer, meaning)."""

    title: str
    columns: int
    words: list[tuple[str, str]]


def listed_matches() -> QuerySet[ColumnMatch]:
    """All saved matches by name, without their columns; `used` files were uploaded with each, the last at `used_at`."""
    uses = ResponseImport.objects.filter(match_name=OuterRef("name")).order_by().values("match_name")
    number = uses.annotate(number=Count("pk")).values("number")
    last = uses.annotate(last=Max("created_at")).values("last")
    found = ColumnMatch.objects.select_related("created_by").defer("columns").order_by("name")
    return found.annotate(used=Subquery(number, output_field=IntegerField()), used_at=Subquery(last))


def tool_name(tool: str) -> str:
    """A tool as people call it, '' for none that is known."""
    return NAMES.get(tool, tool)


def said_columns(match: Match) -> list[SaidColumn]:
    """The columns in the order of the file, those that are not taken in last."""
    names = {ITEM: _issue_names(match), FIELD: field_labels()}
    said = [
        SaidColumn(
            column.header,
            "" if column.target.kind == IGNORED else column.target.text,
            names.get(column.target.kind, {}).get(column.target.code, ""),
        )
        for column in match.columns
    ]
    return sorted(said, key=lambda column: not column.target)


def said_maps(match: Match) -> list[SaidMap]:
    """What the answers mean, by the maps that a column uses."""
    maps = []
    for name, words in match.maps.items():
        columns = [column for column in match.columns if column.values == name]
        if columns:
            target = columns[0].target
            meant = [(answer, _meaning(target, value)) for answer, value in words.items()]
            maps.append(SaidMap(map_title(target), len(columns), meant))
    return maps


def date_order(match: Match) -> str:
    """How dates of the file are read, in words; '' where it makes no difference."""
    return {"dmy": _("Day first: 31/12/2026"), "mdy": _("Month first: 12/31/2026")}.get(match.dates, "")


def _meaning(target: Target, value: str) -> str:
    """A value of a map in words; codes of groups, options and levels stand for themselves."""
    if target.kind in (ITEM, ATTENTION):
        return {"DK": _("Don't know"), "": _("Skipped"), "NA": _("Not asked")}.get(value, value)
    if target.code == "comment" and target.kind == FIELD:
        return value or _("Skipped")
    if target.kind == FIELD:
        known = {"yes": _("yes"), "no": _("no"), "zh-hans": "中文", "en": "English", "": _("Unknown")}
        return known.get(value, value)
    return value


def _issue_names(match: Match) -> dict[str, str]:
    """Names of the issues by code as the newest edition that has them calls them."""
    codes = {code for code, _dimension in match.items()}
    issues = Issue.objects.filter(code__in=codes).exclude(edition__published_at=None)
    return {issue.code: inlang(issue, "name") for issue in issues.order_by("edition__published_at")}
