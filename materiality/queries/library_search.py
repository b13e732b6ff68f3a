"""What a person looks for in the library, and whether an issue is it."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from materiality.models import Issue
from materiality.queries.library_codes import IssueCodes

MAX_QUERY = 200


@dataclass(frozen=True)
class Search:
    """`q`: words that must all be found; `category`: a code; `framework`: a key such as `GRI-2016`; each "" for any."""

    q: str = ""
    category: str = ""
    framework: str = ""

    @cached_property
    def terms(self) -> tuple[str, ...]:
        """The words of `q`, folded so that capitals and full-width letters make no difference."""
        return tuple(unicodedata.normalize("NFKC", self.q[:MAX_QUERY]).casefold().split())

    @property
    def narrows(self) -> bool:
        return bool(self.terms or self.category or self.framework)

    def finds(self, issue: Issue, codes: IssueCodes) -> bool:
        """Every term is in the issue's code, names or definitions, or is a code that it maps to."""
        if not self.in_framework(issue, codes):
            return False
        texts, mapped = _texts(issue), list(self._mapped(issue, codes))
        return all(_in_texts(term, issue, texts) or any(_is_code(term, code) for code in mapped) for term in self.terms)

    def finds_by_text(self, issue: Issue, codes: IssueCodes) -> bool:
        """The terms are in the issue's own code, names or definitions."""
        return all(_in_texts(term, issue, _texts(issue)) for term in self.terms)

    def in_framework(self, issue: Issue, codes: IssueCodes) -> bool:
        """The issue maps to the framework edition asked for, or none is."""
        return not self.framework or any(column.key == self.framework for column in codes.codes.get(issue.pk, ()))

    def _mapped(self, issue: Issue, codes: IssueCodes) -> Iterator[str]:
        """Codes, exchange topics' titles and framework names that count for the issue, folded."""
        for column, held in codes.codes.get(issue.pk, {}).items():
            if self.framework in ("", column.key):
                yield column.framework.casefold()
                yield from (code.casefold() for code in held)
                yield from (text.casefold() for text in codes.of(issue.pk, column))


def _texts(issue: Issue) -> str:
    return "\n".join((issue.name_zh, issue.name_en, issue.definition_zh, issue.definition_en)).casefold()


def _in_texts(term: str, issue: Issue, texts: str) -> bool:
    return term in texts or issue.code.casefold().startswith(term)


def _is_code(term: str, code: str) -> bool:
    """`305` finds 305-1 and `e1` finds E1.2, but `305-1` does not find 305-10."""
    return code == term or code.startswith((f"{term}-", f"{term}."))
