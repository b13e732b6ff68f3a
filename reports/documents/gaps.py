"""What a file would lack: texts that are not there in its language, and letters that its font does not have."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from materiality.models import Issue, Run
from materiality.platform.bilingual import LANGUAGES, content_language, shown
from reports.documents.drawings import font_letters

MOST_NAMED = 8
DRAWN = ("pdf", "png", "svg")  # formats with the package's font


def gaps_in(inputs: Mapping[str, Any]) -> list[str]:
    """Sentences on what is missing for these frozen inputs; none where the file will be whole."""
    found, texts = [], list(_texts(inputs))
    if absent := [other for own, other in texts if not own and other]:
        found.append(
            ngettext(
                "%(count)s text is not there in this language and appears in another: %(texts)s",
                "%(count)s texts are not there in this language and appear in another: %(texts)s",
                len(absent),
            )
            % {"count": len(absent), "texts": _named(absent)}
        )
    letters = set("".join(own or other for own, other in texts)) if inputs["format"] in DRAWN else set()
    if unknown := sorted(letter for letter in letters if letter.isprintable() and ord(letter) not in font_letters()):
        found.append(_("The font has no such letters: %(letters)s") % {"letters": " ".join(unknown[:40])})
    return found


def _named(texts: list[str]) -> str:
    shown = list(dict.fromkeys(text.replace("\n", " ")[:40] for text in texts))
    return _("; ").join(shown[:MOST_NAMED]) + (" …" if len(shown) > MOST_NAMED else "")


def _texts(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each text in the language of the file, and what appears where it is empty."""
    language = content_language(inputs["language"])
    found = list(_named_texts(inputs))
    # An outline names its texts in Chinese without a language.
    found += [
        {"zh": row[name], "en": row[f"{name}_en"]}
        for row in inputs.get("outline", ())
        for name in ("chapter", "section")
    ]
    if "run" in inputs and "issues" not in inputs:
        found += [issue.name.texts for issue in _issues(inputs["run"])]
    yield from ((texts.get(language) or "", shown(texts, language)) for texts in found)


def _issues(run: int) -> list[Issue]:
    return list(Issue.objects.filter(edition=Run.objects.values("edition").get(pk=run)["edition"]))


def _named_texts(held: Any) -> Iterator[dict[str, str]]:
    """The texts of frozen inputs by language: those with a name in Chinese and in English (`frozen`)."""
    if isinstance(held, Mapping):
        for name, value in held.items():
            field = name.removesuffix("_zh")
            if field != name and isinstance(value, str) and f"{field}_en" in held:
                own = {key.removeprefix(f"{field}_"): text for key, text in held.items() if key.startswith(f"{field}_")}
                yield {key.replace("_", "-"): text for key, text in own.items() if key.replace("_", "-") in LANGUAGES}
            elif name != "outline":
                yield from _named_texts(value)
    elif isinstance(held, list | tuple):
        for each in held:
            yield from _named_texts(each)
