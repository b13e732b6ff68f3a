"""Texts that lack a language or are older in one than in another: listed, filled in, exported."""

from collections.abc import Callable
from typing import NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy
from django.views.decorators.http import require_POST

from materiality.actions.translations import save_translations, set_languages
from materiality.formats.translations import translation_columns, translation_rows
from materiality.forms.fields import LanguagesForm
from materiality.models import Cycle, Edition
from materiality.platform.bilingual import LANGUAGES, html_language
from materiality.platform.lists import Chip, Head, Listing, orders_of
from materiality.platform.pages import PER_PAGE, download, onward, refusals, sent
from materiality.platform.people import can_edit_cycle, can_edit_library, can_view, needs
from materiality.platform.words import word_for
from materiality.queries.cycles import seen_cycles
from materiality.queries.translations import (
    KINDS,
    MISSING,
    OLDER,
    TextFilters,
    Translation,
    WantedText,
    lack_words,
    lacking,
    state_of,
    translated_edition,
    wanted_languages,
)
from materiality.tables.write import TYPES, table_bytes
from materiality.views.cycles import cycle_of, in_cycle


@needs(can_view)
def translations(request: HttpRequest) -> HttpResponse:
    """What is lacking, filtered by kind, state and `q`."""
    return _shown(request, {}, "")


@needs(can_edit_library)
def edition_languages(request: HttpRequest, edition: str) -> HttpResponse:
    """In which languages the texts of a draft are wanted."""
    row = get_object_or_404(Edition, code=edition, state=Edition.State.DRAFT)
    context = {"section": "library", "lead": _("Every name and definition of the draft is written in these.")}
    return languages_page(request, row, set_languages, reverse("draft", args=[edition]), context)


@needs(can_edit_cycle)
def cycle_languages(request: HttpRequest, code: str) -> HttpResponse:
    """In which languages the texts of a cycle are wanted."""
    row = cycle_of(code)
    lead = _("Texts of groups, lists and outline are written in these, and files come in any of them.")
    context = in_cycle(row, "overview") | {"lead": lead}
    return languages_page(request, row, set_languages, reverse("cycle", args=[code]), context)


def languages_page(
    request: HttpRequest, row: Edition | Cycle, store: Callable[..., None], back: str, context: dict
) -> HttpResponse:
    """A form of content languages; `store` takes row, languages and by."""
    form = LanguagesForm(request.POST or None, held=row.languages)
    if sent(request, form):
        with refusals(form):
            store(row=row, languages=form.cleaned_data["chosen"], by=request.user)
            return onward(request, _("Saved."), back)
    texts = {"heading": _("Languages of the texts"), "button": _("Save"), "cancel": back, "form": form}
    return render(request, "materiality/form.html", context | texts)


@require_POST
@needs(can_edit_library)
def translations_save(request: HttpRequest) -> HttpResponse:
    """Store what was written on a page of the list, all or nothing."""
    entered = _entered(request)
    refused: list[str] = []
    with refusals(refused):
        number = save_translations(translations=list(entered.values()), by=request.user)
        said = ngettext("%(number)s text is saved.", "%(number)s texts are saved.", number)
        query = request.GET.urlencode()
        words = said % {"number": number} if number else _("Nothing was changed.")
        return onward(request, words, reverse("translations") + (f"?{query}" if query else ""))
    return _shown(request, entered, *refused)


@needs(can_view)
def translation_export(request: HttpRequest, kind: str) -> HttpResponse:
    """The same texts, all pages, as CSV or XLSX, to be filled in and imported."""
    if kind not in TYPES:
        raise Http404
    edition, cycles = translated_edition(), seen_cycles(request.user)
    languages = wanted_languages(edition, cycles)
    rows = translation_rows(lacking(edition, _filters(request), cycles), languages)
    return download(table_bytes(kind, "translations", translation_columns(languages), rows), f"translations.{kind}")


def _filters(request: HttpRequest) -> TextFilters:
    return TextFilters(*(request.GET.get(name, "").strip()[:200] for name in ("kind", "state", "q")))


def _entered(request: HttpRequest) -> dict[str, Translation]:
    """Texts written on the page by key, in the languages that had a field."""
    found = {}
    for key in request.POST.getlist("key")[:PER_PAGE]:
        texts = {
            language: text for language in LANGUAGES if (text := request.POST.get(f"{language} {key}")) is not None
        }
        fits = request.POST.get(f"fits {key}") == "1"
        found[key] = Translation(key, texts, request.POST.get(f"seen {key}", ""), fits)
    return found


class Half(NamedTuple):
    """A text in one language, as it was entered, else as it is stored; `lacks` in words, "" where it lacks nothing."""

    language: str
    lang: str
    text: str
    lacks: str


def _halves(text: WantedText, entered: dict[str, Translation]) -> list[Half]:
    """In all languages, what others are written from first."""
    new = entered[text.key].texts if text.key in entered else {}
    halves = [
        Half(
            each,
            html_language(each),
            new.get(each, held),
            lack_words(text.lacks[each], each) if each in text.lacks else "",
        )
        for each, held in text.texts.items()
    ]
    return sorted(halves, key=lambda half: bool(half.lacks))


_ORDERS = (
    Head(gettext_lazy("as arranged"), "arranged"),
    Head(gettext_lazy("by what is lacking"), "lacks", lambda text: text.states),
    Head(gettext_lazy("shortest first"), "length", lambda text: sum(map(len, text.texts.values()))),
)


def _listed(request: HttpRequest, texts: list[WantedText], languages: list[str]) -> Listing:
    states = [(state_of(lack, each), lack_words(lack, each)) for lack in (MISSING, OLDER) for each in languages]
    return Listing(
        request,
        texts,
        heads=_ORDERS,
        chips=[
            Chip("kind", _("Kind"), [(kind, word_for("translated", kind)) for kind in KINDS], _("All kinds")),
            Chip("state", _("What is lacking"), states, _("Anything")),
            orders_of(_ORDERS),
        ],
        search=_("Search texts"),
        noun=ngettext_lazy("%(shown)s text", "%(shown)s texts", "number"),
        files=[(kind.upper(), reverse("translation_export", args=[kind])) for kind in ("xlsx", "csv")],
    )


def _shown(request: HttpRequest, entered: dict[str, Translation], refusal: str) -> HttpResponse:
    edition, cycles = translated_edition(), seen_cycles(request.user)
    texts = lacking(edition, _filters(request), cycles)
    listing = _listed(request, texts, wanted_languages(edition, cycles))
    context = {
        "section": "library",
        "edition": edition,
        "is_draft": edition is not None and edition.state == Edition.State.DRAFT,
        "listing": listing,
        "lines": [(text, _halves(text, entered)) for text in listing.page.object_list],
        "refusal": refusal,
        "may_edit": can_edit_library(request.user),
    }
    return render(request, "materiality/translations.html", context, status=422 if refusal else 200)
