"""Codes of editions and issues, and the texts of an issue."""

import re
from collections import Counter
from types import SimpleNamespace

from django.utils import timezone
from django.utils.translation import gettext as _

from materiality.library_file.read import PRIMARY, SECONDARY
from materiality.models import Category, Edition, Issue
from materiality.platform.bilingual import languages_of, suffix_of
from materiality.platform.refusals import NotAllowed

FIRST_CODE = "2026"
# Words that mean something else in the addresses below library/.
RESERVED = frozenset(
    {"editions", "drafts", "errata", "compare", "proposals", "calendar", "mappings", "coverage", "translations"}
)


def next_edition_code(current: Edition | None) -> str:
    """The first free code after the current edition's: `2026` → `2026-2` → `2026-3`."""
    base, number = re.fullmatch(r"(.+?)(?:-(\d+))?", current.code if current else FIRST_CODE).groups()
    taken = set(Edition.objects.values_list("code", flat=True))
    code, following = (f"{base}-{number}" if number else base), int(number or 1)
    while code in taken:
        following += 1
        code = f"{base}-{following}"
    return code


_LAST = 99


def free_primary_code(category: Category) -> str:
    """The letters that the category's primary issues begin with, and the number after the highest ever used."""
    letters = _letters(category)
    return _next(f"{letters}-", 1)


def free_secondary_code(primary: Issue) -> str:
    """The primary issue's code and the number after the highest ever used below it."""
    return _next(f"{primary.code}-", 2)


def check_code(code: str, edition: Edition, primary: Issue | None) -> None:
    """NotAllowed where the code is ill-formed, stands below another primary issue, or is or was another issue's."""
    shape, example = (SECONDARY, f"{primary.code}-01") if primary else (PRIMARY, "SOC-03")
    if not shape.fullmatch(code):
        raise NotAllowed(_("“%(code)s” is not a code like %(example)s.") % {"code": code, "example": example})
    if primary and not code.startswith(f"{primary.code}-"):
        raise NotAllowed(
            _("The code %(code)s does not begin with that of its primary issue, %(primary)s.")
            % {"code": code, "primary": primary.code}
        )
    held = Issue.objects.filter(code=code).select_related("edition").order_by("-edition__created_at").first()
    if held and held.edition_id == edition.pk:
        raise NotAllowed(_("There is already an issue with the code %(code)s: %(name)s.") % _named(held))
    if held:
        raise NotAllowed(
            _("The code %(code)s was “%(name)s” in edition %(edition)s. A code is not given to another issue.")
            % {**_named(held), "edition": held.edition}
        )


def _letters(category: Category) -> str:
    codes = Issue.objects.filter(category=category, parent=None).values_list("code", flat=True)
    found = Counter(code.rpartition("-")[0] for code in codes if PRIMARY.fullmatch(code))
    if found:
        return min(found, key=lambda letters: (-found[letters], letters))
    return re.sub(r"[^A-Z]", "", category.code.upper())[:3].ljust(2, "X")


def _next(prefix: str, hyphens: int) -> str:
    codes = Issue.objects.filter(code__startswith=prefix).values_list("code", flat=True)
    ends = [code.removeprefix(prefix) for code in codes if code.count("-") == hyphens]
    number = max((int(end) for end in ends if end.isascii() and end.isdigit()), default=0) + 1
    if number > _LAST:
        raise NotAllowed(_("All codes from %(prefix)s01 to %(prefix)s99 are used.") % {"prefix": prefix})
    return f"{prefix}{number:02}"


def _named(issue: Issue) -> dict[str, str]:
    return {"code": issue.code, "name": issue.name}


TEXTS = ("name", "definition")
_LONGEST_NAME = Issue._meta.get_field("name").longest


class IssueTexts(SimpleNamespace):
    """Names and definitions by language (`name_zh`, `definition_ko`); one language may be missing in a draft."""

    def of(self, text: str) -> dict[str, str]:
        """The names, or the definitions: those that are not empty."""
        return {name: each for name, each in vars(self).items() if name.startswith(f"{text}_") and each}

    def cleaned(self) -> "IssueTexts":
        """Without space around the texts; NotAllowed where there is no name at all or one is too long."""
        texts = IssueTexts(**{name: text.strip() for name, text in vars(self).items()})
        if not texts.of("name"):
            raise NotAllowed(_("An issue needs a name in at least one language."))
        if max(map(len, texts.of("name").values())) > _LONGEST_NAME:
            raise NotAllowed(_("A name can have at most %(number)s characters.") % {"number": _LONGEST_NAME})
        return texts


def text_names(issue: Issue) -> list[str]:
    """`name_zh` and the like, in the languages of its edition and in any other in which it has a text."""
    more = {language for text in TEXTS for language in getattr(issue, text).texts}
    languages = dict.fromkeys([*languages_of(issue), *sorted(more)])
    return [f"{text}_{suffix_of(language)}" for text in TEXTS for language in languages]


def texts_of(issue: Issue) -> IssueTexts:
    return IssueTexts(**{name: getattr(issue, name) for name in text_names(issue)})


def set_texts(issue: Issue, texts: IssueTexts) -> dict[str, str]:
    """Put the texts into the issue (not yet saved) and mark those that differ as changed now; returns the old ones."""
    wanted = vars(texts)
    before = {name: getattr(issue, name) for name in wanted if getattr(issue, name) != wanted[name]}
    now = timezone.now().isoformat()
    for name in before:
        setattr(issue, name, wanted[name])
    issue.changed = {**issue.changed, **dict.fromkeys(before, now)}
    return before
