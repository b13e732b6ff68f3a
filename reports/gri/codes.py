"""Reads the disclosures of a cell into codes of one GRI edition, with every problem at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reports.gri.acceptance import Editions, Refused, accept_code, accept_standard
from reports.gri.catalogue import Catalogue
from reports.gri.crosswalk import CrosswalkRow
from reports.gri.nearest import nearest_to_text
from reports.gri.spelling import (
    CodeSpelling,
    RangeSpelling,
    SectorSpelling,
    StandardSpelling,
    read_spelling,
    split_cell,
)


@dataclass(frozen=True)
class CodeProblem:
    """One part of a cell that is not accepted.

    `code` is a key of `problems.CODE_PROBLEMS`; every suggestion is a spelling that can be read in the same edition.
    """

    value: str
    code: str
    params: Mapping[str, str]
    suggestions: tuple[str, ...] = ()

    def params_in(self, language: str) -> dict[str, str]:
        """Params for the template, titles in the language (`en` or `zh-hans`)."""
        suffix = "_en" if language.lower().startswith("en") else "_zh"
        titles = {name.removesuffix(suffix): text for name, text in self.params.items() if name.endswith(suffix)}
        return {**self.params, **titles, "value": self.value}


@dataclass(frozen=True)
class ParsedCodes:
    """Codes in the order written, each once; and the parts that could not be taken."""

    codes: list[str] = field(default_factory=list)
    problems: list[CodeProblem] = field(default_factory=list)


def parse_disclosures(
    text: str, catalogue: Catalogue, other: Catalogue, crosswalk: Iterable[CrosswalkRow] = ()
) -> ParsedCodes:
    """Codes of the catalogue's edition in a cell, in any accepted spelling (`formats.md`, outline).

    `other` is the other edition, for errors that name both meanings of a code; with `crosswalk`, a code of the other
    edition gets its counterparts as suggestions. A part is taken whole or not at all: of a bad range, nothing. Sector
    topics (`11.2.1`) are kept as they are, since no catalogue lists them.
    """
    editions = Editions(catalogue, other, tuple(crosswalk))
    codes: dict[str, None] = {}
    problems: list[CodeProblem] = []
    for part in split_cell(text):
        try:
            codes.update(dict.fromkeys(_read(part, editions)))
        except Refused as refused:
            problems.append(CodeProblem(part, refused.problem, refused.params, refused.suggestions))
    return ParsedCodes(list(codes), problems)


def _read(part: str, editions: Editions) -> tuple[str, ...]:
    match read_spelling(part):
        case SectorSpelling(code):
            return (code,)
        case CodeSpelling() as spelling:
            return (accept_code(spelling, editions),)
        case StandardSpelling() as spelling:
            return accept_standard(spelling, editions)
        case RangeSpelling(first, last):
            return _slice(first, last, editions)
    raise Refused("not_a_code", nearest_to_text(part, editions.catalogue))


def _slice(first: CodeSpelling, last: CodeSpelling, editions: Editions) -> tuple[str, ...]:
    if first.standard != last.standard:
        raise Refused("two_standards")
    start, end = accept_code(first, editions), accept_code(last, editions)
    if last.number < first.number:
        raise Refused("backwards")
    codes = editions.catalogue.standards[first.standard]
    return codes[codes.index(start) : codes.index(end) + 1]
