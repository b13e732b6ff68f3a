"""What a file would lack: texts that are not there in its language, and letters that its font does not have."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from materiality.models import Issue, Run
from materiality.platform.bilingual import is_chinese
from reports.documents.drawings import font_letters

MOST_NAMED = 8
DRAWN = ("pdf", "png", "svg")  # formats with the package's font


def gaps_in(inputs: Mapping[str, Any]) -> list[str]:
    """Sentences on what is missing for these frozen inputs; none where the file will be whole."""
    found, texts = [], list(_texts(inputs))
    if absent := [other for own, other in texts if not own and other]:
        found.append(
            ngettext(
                "%(count)s text is not there in this language and appears in the other: %(texts)s",
                "%(count)s texts are not there in this language and appear in the other: %(texts)s",
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
    """Each text in the language of the file and in the other."""
    own, other = ("_zh", "_en") if is_chinese(inputs["language"]) else ("_en", "_zh")
    yield from _pairs(inputs, own, other)
    # An outline names its texts in Chinese without a language.
    for row in inputs.get("outline", ()):
        for name in ("chapter", "section"):
            pair = (row[name], row[f"{name}_en"])
            yield pair if own == "_zh" else pair[::-1]
    if "run" in inputs and "issues" not in inputs:
        yield from ((getattr(issue, f"name{own}"), getattr(issue, f"name{other}")) for issue in _issues(inputs["run"]))


def _issues(run: int) -> list[Issue]:
    return list(Issue.objects.filter(edition=Run.objects.values("edition").get(pk=run)["edition"]))


def _pairs(held: Any, own: str, other: str) -> Iterator[tuple[str, str]]:
    if isinstance(held, Mapping):
        for name, value in held.items():
            if isinstance(value, str) and name.endswith(own) and name.removesuffix(own) + other in held:
                yield value, held[name.removesuffix(own) + other] or ""
            elif name != "outline":
                yield from _pairs(value, own, other)
    elif isinstance(held, list | tuple):
        for each in held:
            yield from _pairs(each, own, other)
