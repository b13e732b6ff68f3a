"""Template filters and tags of all pages: texts in two languages, figures, words, rights, steps."""

from collections.abc import Iterator
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from materiality.models import Cycle, Run
from materiality.platform import people
from materiality.platform.bilingual import (
    TextColumn,
    Texts,
    html_language,
    is_chinese,
    language_name,
    languages_of,
    shown,
    text_of,
)
from materiality.platform.lists import Link, Listing
from materiality.platform.words import grouped, plain_number, plain_percent, usual_word, word_for
from materiality.queries.cycles import IN_PERCENT, Frame, frame_of, run_behind, sees_scores
from materiality.queries.frameworks import StandardWarning
from materiality.queries.scores import marks_of

register = template.Library()


@register.inclusion_tag("materiality/run_behind.html", takes_context=True)
def say_run_behind(context: dict, cycle: Cycle, button: bool = True) -> dict:
    """What the newest run has not counted, with the button that computes again where the page has none."""
    may_edit = button and people.can_edit_cycle(context["user"]) if "user" in context else False
    return {"behind": run_behind(cycle), "cycle": cycle, "may_edit": may_edit, "csrf_token": context.get("csrf_token")}


@register.filter
def inlang(row: Any, field: str) -> str:
    """`{{ issue|inlang:"name" }}`: the text in the active language."""
    return text_of(row, field)


@register.filter
def spoken(row: Any) -> list[dict]:
    """The texts of a row language by language: `lang` for the page, `language`, `labels`, and each text by its name."""
    texts = [field for field in row._meta.concrete_fields if isinstance(field, Texts)]
    held = {field.name: getattr(row, field.name).texts for field in texts}
    more = sorted(language for each in held.values() for language in each)
    return [_in_language(texts, held, language) for language in dict.fromkeys([*languages_of(row), *more])]


@register.filter
def spoken_in(row: Any, language: str) -> dict:
    """The texts of a row in one language, as `spoken` has them."""
    texts = [field for field in row._meta.concrete_fields if isinstance(field, Texts)]
    return _in_language(texts, {field.name: getattr(row, field.name).texts for field in texts}, language)


def _in_language(texts: list[Texts], held: dict[str, dict], language: str) -> dict:
    labels = {field.name: field.label(language) for field in texts}
    told = {name: each.get(language, "") for name, each in held.items()}
    return {"lang": html_language(language), "language": language, "labels": labels, **told}


@register.filter
def spoken_fields(form: BaseForm, text: str) -> list[BoundField]:
    """The fields of one text, one for each language."""
    return [form[name] for name in form.spoken if name.startswith(f"{text}_")]


@register.filter
def score(value: float | None) -> str:
    """A score or priority on 0–100 with one decimal; a dash where there is none."""
    return "–" if value is None else f"{value:.1f}"


@register.filter("points")
def signed_points(value: float | str | None) -> str:
    """A difference on 0–100 with its sign and one decimal; a dash where there is none."""
    if value in (None, ""):
        return "–"
    return f"{value:+.1f}".replace("-", "−") if round(value, 1) else "0.0"


@register.simple_tag
def list_heads(listing: Listing) -> SafeString:
    """The row of the names of columns; most are links that sort by theirs."""
    cells = ((_head(link),) for link in listing.heads)
    return format_html('<tr data-sort="{}">{}</tr>', _("Sort by"), format_html_join("", "{}", cells))


def _head(link: Link) -> SafeString:
    if not link.words:
        return mark_safe("<td></td>")
    state = format_html(' aria-sort="{}"', link.state) if link.state else ""
    words = link.words
    if link.address:
        arrow = {"ascending": "▴", "descending": "▾"}.get(link.state)
        sign = format_html('<span aria-hidden="true"> {}</span>', arrow) if arrow else ""
        words = format_html('<a href="{}">{}{}</a>', link.address, words, sign)
    return format_html('<th scope="col" class="{}"{}>{}</th>', link.css, state, words)


@register.simple_tag
def run_marks(run: Run) -> SafeString:
    """What has to be said wherever the run's figures are shown."""
    marks = ((" warning" if mark.warns else "", mark.text) for mark in marks_of(run))
    return format_html_join("\n", '<p class="message{}">{}</p>', marks)


@register.filter
def plain(value: float | None) -> str:
    """A number as people write it, without superfluous digits; a dash where there is none."""
    return "–" if value is None else plain_number(value)


@register.filter
def percent(value: float | None) -> str:
    """A share 0–1 in whole per cent; a dash where there is none."""
    return "–" if value is None else f"{100 * value:.0f}%"


@register.filter
def count(value: int | None) -> str:
    """A count with thin grouping: 12,893."""
    return "–" if value is None else grouped(value)


@register.filter
def at(mapping: dict, key: Any) -> Any:
    """The value of a key in a mapping, None where it has none."""
    return mapping.get(key) if mapping else None


@register.filter
def rows(form: BaseForm, texts: str = "") -> list[list[BoundField]]:
    """Its fields line by line: a text's languages beside each other, and what the form calls `pairs`.

    `{{ form|rows:"name definition" }}`: these texts only.
    """
    fields, found, spoken = form.visible_fields(), [], getattr(form, "spoken", {})
    if texts:
        fields = [field for field in fields if field.name in spoken and spoken[field.name].field.name in texts.split()]
    for field in fields:
        before = found[-1][-1].name if found else ""
        beside = (before, field.name) in getattr(form, "pairs", ()) or _one_text(spoken, before, field.name)
        if beside and found:
            found[-1].append(field)
        else:
            found.append([field])
    return found


@register.filter
def note(row: list[BoundField]) -> str:
    """What the form has to say below a line of its fields: its `notes`, by the first field or the text."""
    form, name = row[0].form, row[0].name
    spoken = getattr(form, "spoken", {}).get(name)
    return getattr(form, "notes", {}).get(spoken.field.name if spoken else name, "")


def _one_text(spoken: dict[str, TextColumn], one: str, other: str) -> bool:
    return one in spoken and other in spoken and spoken[one].field == spoken[other].field


@register.filter
def allowed(person: people.Person, to: str) -> bool:
    """`{% if user|allowed:"see_audit" %}`: whether the predicate `can_see_audit` holds."""
    return getattr(people, f"can_{to}")(person)


@register.simple_tag
def sheet_url(page: str, kind: Any, cycle: Cycle | None = None, suffix: str = "") -> str:
    """`{% sheet_url "export" kind cycle "xlsx" %}`: the page `new`, `export` or `template` of a kind or its name."""
    name = kind if isinstance(kind, str) else kind.name
    belongs = [cycle.code] if cycle else []
    prefix = "cycle_sheet" if cycle else "sheet"
    return reverse(f"{prefix}_{page}", args=[*belongs, name, *([suffix] if suffix else [])])


@register.simple_tag
def gap() -> str:
    """What stands between two sentences: Chinese full stops bring their own room."""
    return "" if is_chinese() else " "


@register.simple_tag(takes_context=True)
def cycle_frame(context: template.Context, cycle: Cycle, key: str) -> Frame:
    """The frame around a page of the step `key`; `survey` of the page's context is the survey that it is about."""
    user, survey = context["user"], getattr(context.get("survey"), "code", "")

    def may(right: str) -> bool:
        return sees_scores(user, cycle) if right == "see_scores" else allowed(user, right)

    return frame_of(cycle, key, survey, context["request"].path, may)


@register.filter
def worded(name: str, about: str) -> str:
    """`{{ row.tier|worded:"tier" }}`: the word for a name in the active language."""
    return word_for(about, name)


@register.filter
def parameter_value(value: Any, name: str) -> str:
    """A value of the method's parameter `name` as people read it: shares in per cent, choices in words."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return f"{plain_percent(value)}%" if name in IN_PERCENT else plain_number(value)
    if isinstance(value, list):
        return ", ".join(word_for("tier", each) for each in value)
    if isinstance(value, dict):
        return "; ".join(f"{usual_word(about, each)}: {shown(texts)}" for about, each, texts in _names(value)) or "–"
    return word_for("choice", value)


def _names(names: dict) -> Iterator[tuple[str, str, dict[str, str]]]:
    for about, found in names.items():
        yield from ((about, name, texts) for name, texts in found.items())


@register.filter
def certainty(share: float | None) -> str:
    """A probability 0–1 in whole per cent that never claims to be certain: > 99%, < 1%."""
    if share is None:
        return "–"
    return "> 99%" if share > 0.99 else "< 1%" if share < 0.01 else f"{100 * share:.0f}%"


@register.filter
def newer_words(warning: StandardWarning) -> str:
    """Which standard applies in the place of which disclosures, from when on."""
    standard = warning.standard
    return _("GRI %(code)s: %(title)s %(year)s (from %(from)s) replaces %(codes)s.") % {
        "code": standard.standard_code,
        "title": standard.title,
        "year": standard.standard_year,
        "from": date_format(standard.effective_from),
        "codes": ", ".join(warning.codes),
    }


@register.filter
def languages(codes: list[str] | str) -> str:
    """Languages as each calls itself."""
    listed = [codes] if isinstance(codes, str) else codes
    return ", ".join(map(language_name, listed))
