"""Whether a code or a standard, as written, means one thing in the edition in use; if not, why."""

from collections.abc import Iterable
from dataclasses import dataclass

from reports.gri.catalogue import Catalogue
from reports.gri.crosswalk import CrosswalkRow, propose
from reports.gri.nearest import nearest_codes, nearest_standards, spell_standard
from reports.gri.spelling import CodeSpelling, StandardSpelling

COUNTERPARTS = 5  # the most that are offered; GRI 2 as a whole would have fifty


class Refused(Exception):
    """A part of a cell is not accepted; `problem` is a key of `problems.CODE_PROBLEMS`."""

    def __init__(self, problem: str, suggestions: Iterable[str] = (), **params: object):
        super().__init__(problem)
        self.problem = problem
        self.suggestions = tuple(dict.fromkeys(suggestions))
        self.params = {name: str(value) for name, value in params.items()}


@dataclass(frozen=True)
class Editions:
    """The edition in use, the other one, and the way between them (may be empty)."""

    catalogue: Catalogue
    other: Catalogue
    crosswalk: tuple[CrosswalkRow, ...] = ()


@dataclass(frozen=True)
class _Meaning:
    """What a code or a standard stands for in one edition."""

    year: int
    title_zh: str
    title_en: str


@dataclass(frozen=True)
class _Subject:
    """A code or a standard as written: how to name it, how to write it so that it can be read, what else is near."""

    label: str
    spelled: str
    standard: str
    here: _Meaning | None
    there: _Meaning | None
    nearest: tuple[str, ...]
    unknown: str


def accept_code(spelling: CodeSpelling, editions: Editions) -> str:
    """The code in the catalogue's edition. Raises Refused."""
    code = f"{spelling.standard}-{spelling.number}"
    offered = _counterparts((code,), editions) or nearest_codes(spelling.standard, spelling.number, editions.catalogue)
    here, there = _code_meaning(code, editions.catalogue), _code_meaning(code, editions.other)
    spelled = editions.catalogue.spell(code)
    _accept(_Subject(code, spelled, spelling.standard, here, there, offered, "unknown_code"), spelling, editions)
    return code


def accept_standard(spelling: StandardSpelling, editions: Editions) -> tuple[str, ...]:
    """All codes of the standard in the catalogue's edition. Raises Refused."""
    standard, catalogue = spelling.standard, editions.catalogue
    replaced = editions.other.standards.get(standard, ())
    offered = _counterparts(replaced, editions) or nearest_standards(standard, catalogue)
    here, there = _standard_meaning(standard, catalogue), _standard_meaning(standard, editions.other)
    spelled = spell_standard(standard, catalogue) if here else ""
    label = f"GRI {standard}"
    _accept(_Subject(label, spelled, standard, here, there, offered, "unknown_standard"), spelling, editions)
    return catalogue.standards[standard]


def _accept(subject: _Subject, spelling: CodeSpelling | StandardSpelling, editions: Editions) -> None:
    year, here, there = spelling.year, subject.here, subject.there
    edition, other = editions.catalogue.edition, editions.other.edition
    if here is None or year not in (None, here.year):
        if there and year in (None, there.year):
            titles = {"title_zh": there.title_zh, "title_en": there.title_en}
            params = {"code": subject.label, "edition": edition, "other_edition": other, **titles}
            raise Refused("other_edition", subject.nearest, **params)
        if here is None:
            raise Refused(subject.unknown, subject.nearest, code=subject.label, edition=edition)
        params = {"standard": subject.standard, "edition": edition, "year": here.year, "given": year}
        raise Refused("wrong_year", (subject.spelled,), **params)
    if year is None and editions.catalogue.needs_year(subject.standard):
        raise _year_needed(subject, here, editions)
    if spelling.title and _folded(spelling.title) not in _known_titles(subject, editions):
        titles = {"title_zh": here.title_zh, "title_en": here.title_en}
        raise Refused("wrong_title", (subject.spelled,), code=subject.label, **titles)


def _year_needed(subject: _Subject, here: _Meaning, editions: Editions) -> Refused:
    old = subject.there or _standard_meaning(subject.standard, editions.other)
    return Refused(
        "year_needed" if subject.there else "year_needed_new",
        (subject.spelled,),
        code=subject.label,
        standard=subject.standard,
        spelling=subject.spelled,
        year=here.year,
        other_edition=editions.other.edition,
        title_zh=here.title_zh,
        title_en=here.title_en,
        old_title_zh=old.title_zh if old else "",
        old_title_en=old.title_en if old else "",
    )


def _code_meaning(code: str, catalogue: Catalogue) -> _Meaning | None:
    found = catalogue.get(code)
    return _Meaning(found.standard_year, found.title_zh, found.title_en) if found else None


def _standard_meaning(standard: str, catalogue: Catalogue) -> _Meaning | None:
    if standard not in catalogue.standards:
        return None
    found = catalogue[catalogue.standards[standard][0]]
    return _Meaning(found.standard_year, found.standard_title_zh, found.standard_title_en)


def _counterparts(codes: Iterable[str], editions: Editions) -> tuple[str, ...]:
    """Where the other edition's codes went, as spellings of this edition; none for codes that are here as well."""
    catalogue = editions.catalogue
    found = [p.to_code for code in codes for p in propose(code, editions.crosswalk, catalogue.edition)]
    return tuple(dict.fromkeys(catalogue.spell(code) for code in found if code in catalogue))[:COUNTERPARTS]


def _known_titles(subject: _Subject, editions: Editions) -> set[str]:
    """Wordings of both editions count, unless the number was given to another standard."""
    reused = any(c.needs_year(subject.standard) for c in (editions.catalogue, editions.other))
    meanings = [subject.here] if reused else [subject.here, subject.there]
    return {_folded(title) for meaning in meanings if meaning for title in (meaning.title_zh, meaning.title_en)}


def _folded(title: str) -> str:
    return "".join(letter for letter in title.casefold() if letter.isalnum())
