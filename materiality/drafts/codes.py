"""Codes of editions and issues, and the texts of an issue."""

import re
from collections import Counter
from string import ascii_lowercase, ascii_uppercase
from types import SimpleNamespace

from django.utils import timezone
from django.utils.translation import gettext as _

from materiality.library_file.patterns import below, example_of, fits, part_of
from materiality.library_file.read import CODE, PRIMARY, SECONDARY, codes_are_built
from materiality.models import Category, Edition, Issue
from materiality.platform.bilingual import languages_of, suffix_of
from materiality.platform.refusals import NotAllowed

FIRST_CODE = "2026"
# Words that mean something else in the addresses below library/.
RESERVED = frozenset((
    "begin", "editions", "drafts", "errata", "compare", "proposals", "calendar", "mappings", "coverage", "translations",
    "indicators", "groups", "frameworks", "comments",
))  # fmt: skip


def next_edition_code(current: Edition | None) -> str:
    """The first free code after the current edition's: `2026` → `2026-2` → `2026-3`."""
    base, number = re.fullmatch(r"(.+?)(?:-(\d+))?", current.code if current else FIRST_CODE).groups()
    taken = set(Edition.objects.values_list("code", flat=True))
    code, following = (f"{base}-{number}" if number else base), int(number or 1)
    while code in taken:
        following += 1
        code = f"{base}-{following}"
    return code


def free_primary_code(category: Category, strict: bool = False) -> str:
    """As the category's primary issues are called, with the number after the highest ever used; NotAllowed where
    `strict` and only a person can say what the code is.
    """
    codes = Issue.objects.filter(category=category, parent=None).values_list("code", flat=True)
    heads = Counter(_NUMBERED.fullmatch(code).groups() for code in codes if _NUMBERED.fullmatch(code))
    forms = Counter()
    for (head, number), times in heads.items():
        forms[head, len(number)] += times
    letters = re.sub(r"[^A-Z]", "", category.code.upper())[:3].ljust(2, "X")
    head, width = min(forms, key=lambda form: (-forms[form], form)) if forms else (f"{letters}-", 2)
    return _in_pattern(head, width, part_of(category.edition.code_pattern, 1), letters, strict=strict)


def free_secondary_code(primary: Issue, strict: bool = False) -> str:
    """The code of the issue above and the number after the highest ever used below it; `strict` as above."""
    codes = Issue.objects.filter(parent__code=primary.code).values_list("code", flat=True)
    found = (re.fullmatch(rf"({re.escape(primary.code)}\D*)(\d+)", code) for code in codes)
    forms = Counter((match[1], len(match[2])) for match in found if match)
    head, width = min(forms, key=lambda form: (-forms[form], form)) if forms else (f"{primary.code}-", 2)
    pattern, level = primary.edition.code_pattern, primary.level + 1
    part, upper = part_of(pattern, level), part_of(pattern, level - 1)
    added, letters = below(part, upper), re.sub(r"[^A-Z]", "", primary.category.code.upper()).ljust(2, "X")
    return _in_pattern(head, width, added or part, letters, primary.code if added else "", strict)


def free_code(place: Issue | Category) -> str:
    """For a new issue there. NotAllowed as above."""
    found = free_secondary_code if isinstance(place, Issue) else free_primary_code
    return found(place, strict=True)


def proposed_code(place: Issue | Category) -> str:
    """The code that a new issue there takes; '' where none can be told."""
    try:
        return free_code(place)
    except NotAllowed:
        return ""


_NUMBERED = re.compile(r"(.*?)(\d+)")


def _in_pattern(head: str, width: int, part: str, letters: str, above: str = "", strict: bool = False) -> str:
    """The next code as the others are called, else as the pattern has it: `part` of what follows the code `above`.

    Where neither can be told, a code of no pattern, for issues that move; NotAllowed where `strict`.
    """
    if fits(f"{head}{1:0{width}}".removeprefix(above), part):
        return _next(head, width)
    usual, digits = re.fullmatch(r"(.*?)(9*)", part).groups()
    for sign, known in (("A", letters.upper()), ("a", letters.lower())):
        usual = re.sub(f"{sign}+", lambda run, known=known: known[: len(run[0])].ljust(len(run[0]), known[-1]), usual)
    if digits and fits(f"{usual}{1:0{len(digits)}}", part):
        return _next(f"{above}{usual}", len(digits))
    if lettered := _next_letter(above, part):
        return lettered
    if strict:
        raise NotAllowed(
            _("Write the code: the next one of the pattern %(pattern)s cannot be told.") % {"pattern": part}
        )
    return _next(head, width)


def _next_letter(above: str, part: str) -> str:
    """The first letter that no issue ever had there, where the pattern counts by one letter: E1a, E1b; else ''."""
    counted = re.fullmatch(r"([^Aa9]*)([Aa])", part)
    if not counted:
        return ""
    letters = ascii_uppercase if counted[2] == "A" else ascii_lowercase
    codes = [f"{above}{counted[1]}{letter}" for letter in letters]
    taken = set(Issue.objects.filter(code__in=codes).values_list("code", flat=True))
    return next((code for code in codes if code not in taken), "")


def check_code(code: str, edition: Edition, above: Issue | None) -> None:
    """NotAllowed where the code is ill-formed, or is or was another issue's.

    Where codes say where issues stand, as those of the default library do, it has to say so too.
    """
    if not CODE.fullmatch(code):
        raise NotAllowed(_("“%(code)s” is not a code like %(example)s.") % {"code": code, "example": "SOC-03"})
    rows = dict(edition.issues.values_list("code", "parent__code"))
    if edition.code_pattern:
        _check_pattern(code, edition.code_pattern, above)
    elif codes_are_built(rows.keys(), rows.values()):
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


def _check_pattern(code: str, pattern: str, above: Issue | None) -> None:
    level = above.level + 1 if above else 1
    part, upper = part_of(pattern, level), part_of(pattern, level - 1) if above else ""
    added = below(part, upper)
    # An issue that is there already may have a code of no pattern: what stands below begins with it all the same.
    if not (fits(code, part) or (above and added and fits(code.removeprefix(above.code), added))):
        told = {"code": code, "pattern": part, "example": example_of(part)}
        raise NotAllowed(_("“%(code)s” is not of the pattern %(pattern)s of this edition, as %(example)s is.") % told)
    if above and added and not (code.startswith(above.code) and fits(code.removeprefix(above.code), added)):
        raise NotAllowed(
            _("The code %(code)s does not begin with that of its primary issue, %(primary)s.")
            % {"code": code, "primary": above.code}
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
