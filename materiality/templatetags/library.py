"""Template filters of the library: what was searched for, differences, tabs."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from html import escape
from urllib.parse import quote

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from materiality.lineage.lineage import TEXTS, IssueDifference, Segment
from materiality.models import Disclosure, Indicator
from materiality.platform.bilingual import html_language, is_chinese
from materiality.platform.people import can_see_responses
from materiality.queries.library import CatalogueColumn, ListedIssue

register = template.Library()
_TAGS = {"removed": "del", "added": "ins"}


@register.filter
def told_texts(row: IssueDifference) -> list[dict]:
    """Names and definitions (and `lang`) language by language, with what was removed and added marked."""
    marked_ones = {(text.field, text.language): segments(text.segments) for text in row.texts}
    languages = dict.fromkeys([*row.shown.name, *(language for _field, language in marked_ones)])
    return [
        {"lang": html_language(language)}
        | {
            name: marked_ones.get((name, language)) or escape(getattr(row.shown, name).get(language, ""))
            for name in TEXTS
        }
        for language in languages
    ]


@register.simple_tag
def own_wording(row: Disclosure) -> str:
    """Says of a title in the active language that it is ours, and no official one."""
    ours = ("zh" if is_chinese() else "en") in row.own_wording
    return format_html(' <span class="quiet">{}</span>', _("own wording")) if ours else ""


@register.filter
def latest_value(row: Indicator) -> tuple[str, float] | None:
    """Year and value of the newest that there is."""
    return max(row.values.items(), default=None)


@register.filter
def segments(parts: Iterable[Segment]) -> SafeString:
    """Removed pieces in <del>, added ones in <ins>."""
    return mark_safe("".join(_piece(part) for part in parts))


def _piece(part: Segment) -> str:
    tag = _TAGS.get(part.kind)
    return f"<{tag}>{escape(part.text)}</{tag}>" if tag else escape(part.text)


@register.filter
def marked(text: str, terms: Sequence[str]) -> SafeString:
    """The text with every term in <mark>; capitals make no difference."""
    return mark_safe(_marked(text, tuple(terms)))


def _marked(text: str, terms: tuple[str, ...]) -> str:
    if not terms:
        return escape(text)
    pieces = _pattern(terms).split(text)  # every second piece is a term, as the pattern is one group
    return "".join(
        f"<mark>{escape(piece)}</mark>" if place % 2 else escape(piece) for place, piece in enumerate(pieces)
    )


@register.simple_tag(takes_context=True)
def listed_issues(
    context: Context, lines: Sequence[ListedIssue], columns: Iterable[CatalogueColumn], terms: Sequence[str] = ()
) -> SafeString:
    """A table of issues in one piece: as loops of a template its rows took half of the page."""
    address = reverse("issue", args=[context["edition"].code, "-"]).removesuffix("-/")
    language, sought = context["other_languages"][0], tuple(terms)
    rows = mark_safe("".join(_issue_row(line, sought, address, language) for line in lines))
    named = format_html_join(
        "", '<th scope="col" class="codes codes-{}">{}</th>', ((column.framework, column.label) for column in columns)
    )
    heads = format_html('<th scope="col" class="tight">{}</th><th scope="col">{}</th>{}', _("Code"), _("Issue"), named)
    table = '<table class="issues"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>'
    return format_html(table, heads, rows) if lines else rows


def _issue_row(line: ListedIssue, terms: tuple[str, ...], address: str, language: str) -> str:
    row, said = line.row, partial(_marked, terms=terms)
    state = (
        f' <span class="state">{escape(row.get_status_display())}</span>' if row.status == row.Status.RETIRED else ""
    )
    return (
        f'<tr><td class="code">{said(row.code)}</td>'
        f'<th scope="row"><a href="{address}{quote(row.code)}/">{said(line.name)}</a>'
        f' <span class="other" lang="{language}">{said(line.other_name)}</span>{state}'
        f' <span class="definition">{said(line.definition)}</span></th>'
        + "".join(_code_cell(column, codes, terms) for column, codes in line.cells)
        + "</tr>"
    )


def _code_cell(column: CatalogueColumn, codes: Sequence[str], terms: tuple[str, ...]) -> str:
    shown = "".join(f"<span>{_marked(code, terms)}</span> " for code in codes)
    head = f'<td class="codes codes-{escape(column.framework)}" data-label="{escape(column.label)}">'
    return head + (shown or '<span class="none">–</span>') + "</td>"


@lru_cache(maxsize=64)
def _pattern(terms: tuple[str, ...]) -> re.Pattern:
    longest_first = sorted(terms, key=len, reverse=True)
    return re.compile("(" + "|".join(re.escape(term) for term in longest_first) + ")", re.IGNORECASE)


# (words, pages): a tab of the library and the pages that stand side by side below it, each (name, address, words).
_LIBRARY = (
    (
        gettext_lazy("Issues"),
        (
            ("issues", "library", gettext_lazy("Issues")),
            ("own_groups", "own_groups", gettext_lazy("Groups")),
            ("indicators", "indicators", gettext_lazy("Indicators")),
        ),
    ),
    (
        gettext_lazy("Editions"),
        (
            ("editions", "editions", gettext_lazy("Editions")),
            ("translations", "translations", gettext_lazy("Translations")),
            ("calendar", "review_calendar", gettext_lazy("Calendar")),
            ("sheets", "sheet_imports", gettext_lazy("Spreadsheets")),
        ),
    ),
    (
        gettext_lazy("Suggestions"),
        (
            ("proposals", "proposals", gettext_lazy("Suggestions")),
            ("comments", "comments", gettext_lazy("Open answers")),
        ),
    ),
    (
        gettext_lazy("Coverage"),
        (
            ("coverage", "coverage", gettext_lazy("Coverage")),
            ("frameworks", "frameworks", gettext_lazy("Frameworks")),
        ),
    ),
)


@register.inclusion_tag("materiality/tabs.html", takes_context=True)
def library_tabs(context: Context, current: str) -> dict:
    """The library's pages, and those beside this one; open answers for those who may see them."""
    hidden = () if can_see_responses(context["user"]) else ("comments",)
    tabs, below = [], []
    for words, pages in _LIBRARY:
        shown = [page for page in pages if page[0] not in hidden]
        own = current in [name for name, _url, _words in shown]
        tabs.append((reverse(shown[0][1]), words, own))
        if own and len(shown) > 1:
            below = [(reverse(url), label, name == current) for name, url, label in shown]
    return {"label": _("Library"), "tabs": tabs, "below": below}
