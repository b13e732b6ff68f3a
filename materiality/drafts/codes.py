"""Codes of editions and issues, and the texts of an issue."""

import re
from collections import Counter
from types import SimpleNamespace

from django.utils import timezone
from django.utils.translation import gettext as _

from materiality.library_file.read import CODE, PRIMARY, SECONDARY, codes_are_built
from materiality.models import Category, Edition, Issue
from materiality.platform.bilingual import languages_of, suffix_of
from materiality.platform.refusals import NotAllowed

FIRST_CODE = "2026"
# Words that mean something else in the addresses below library/.
RESERVED = frozenset(
    {
        "begin",
        "editions",
        "drafts",
        "errata",
        "compare",
        "proposals",
        "calendar",
        "mappings",
        "coverage",
        "translations",
    }
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


def free_primary_code(category: Category) -> str:
    """As the category's primary issues are called, with the number after the highest ever used."""
    codes = Issue.objects.filter(category=category, parent=None).values_list("code", flat=True)
    heads = Counter(_NUMBERED.fullmatch(code).groups() for code in codes if _NUMBERED.fullmatch(code))
    forms = Counter()
    for (head, number), times in heads.items():
        forms[head, len(number)] += times
    letters = re.sub(r"[^A-Z]", "", category.code.upper())[:3].ljust(2, "X")
    head, width = min(forms, key=lambda form: (-forms[form], form)) if forms else (f"{letters}-", 2)
    return _next(head, width)


def free_secondary_code(primary: Issue) -> str:
    """The code of the issue above and the number after the highest ever used below it."""
    codes = Issue.objects.filter(parent__code=primary.code).values_list("code", flat=True)
    found = (re.fullmatch(rf"({re.escape(primary.code)}\D*)(\d+)", code) for code in codes)
    forms = Counter((match[1], len(match[2])) for match in found if match)
    head, width = min(forms, key=lambda form: (-forms[form], form)) if forms else (f"{primary.code}-", 2)
    return _next(head, width)


_NUMBERED = re.compile(r"(.*?)(\d+)")


def check_code(code: str, edition: Edition, above: Issue | None) -> None:
    """NotAllowed where the code is ill-formed, or is or was another issue's.

    Where codes say where issues stand, as those of the default library do, it has to say so too.
    """
    if not CODE.fullmatch(code):
        raise NotAllowed(_("“%(code)s” is not a code like %(example)s.") % {"code": code, "example": "SOC-03"})
    rows = dict(edition.issues.values_list("code", "parent__code"))
    if codes_are_built(rows.keys(), rows.values()):
        shape, example = (SECONDARY, f"{above.code}-01") if above else (PRIMARY, "SOC-03")
        if (above is None or above.is_primary) and not shape.fullmatch(code):
            raise NotAllowed(_("“%(code)s” is not a code like %(example)s.") % {"code": code, "example": example})
        if above and not code.startswith(f"{above.code}-"):
            raise NotAllowed(
                _("The code %(code)s does not begin with that of its primary issue, %(primary)s.")
                % {"code": code, "primary": above.code}
            )
    held = Issue.objects.filter(code=code).select_related("edition").order_by("-edition__created_at").first()
    if held and held.edition_id == edition.pk:
        raise NotAllowed(_("There is already an issue with the code %(code)s: %(name)s.") % _named(held))
    if held:
        raise NotAllowed(
            _("The code %(code)s was “%(name)s” in edition %(edition)s. A code is not given to another issue.")
            % {**_named(held), "edition": held.edition}
        )


def _next(head: str, width: int) -> str:
    codes = Issue.objects.filter(code__startswith=head).values_list("code", flat=True)
    ends = [code.removeprefix(head) for code in codes]
    number = max((int(end) for end in ends if end.isascii() and end.isdigit()), default=0) + 1
    if len(str(number)) > max(width, 2):
        names = {"first": f"{head}{1:0{width}}", "last": f"{head}{number - 1}"}
        raise NotAllowed(_("All codes from %(first)s to %(last)s are used.") % names)
    return f"{head}{number:0{width}}"


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
