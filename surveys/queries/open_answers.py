"""What respondents wrote of their own accord, and what was made a proposal of it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from materiality.models import Proposal
from surveys.models import AnonymousComment, Response, Survey


@dataclass(frozen=True)
class OpenAnswer:
    """One open answer. `reference` finds it again; it says nothing of the person. `proposal`: what became of it."""

    survey: Survey
    reference: str
    text: str
    proposal: Proposal | None = None

    @property
    def source(self) -> str:
        return source_of(self.survey, self.reference)


def surveys_with_answers() -> list[Survey]:
    """Surveys in which somebody wrote something, newest first (one query)."""
    said = Q(pk__in=_given().values("survey")) | Q(pk__in=AnonymousComment.objects.values("survey"))
    return list(Survey.objects.filter(said).select_related("cycle"))


def answer_rows(survey: Survey) -> QuerySet:
    """(key, text) of the survey's open answers in order of keys: of those who agreed and finished.

    Keys of an anonymous survey are random, so their order says nothing.
    """
    if survey.anonymous:
        return AnonymousComment.objects.filter(survey=survey).order_by("id").values_list("id", "text")
    return _given().filter(survey=survey).order_by("id").values_list("id", "comment")


def open_answers(survey: Survey, rows: Iterable[tuple[UUID, str]]) -> list[OpenAnswer]:
    """The rows of a page with the proposals made of them (one query)."""
    rows = list(rows)
    sources = [source_of(survey, reference_of(key)) for key, _text in rows]
    made = Proposal.objects.filter(origin=Proposal.Origin.RESPONDENT, source__in=sources).order_by("-pk")
    known = {proposal.source: proposal for proposal in made}
    return [
        OpenAnswer(survey, reference_of(key), text, known.get(source))
        for (key, text), source in zip(rows, sources, strict=True)
    ]


def find_answer(survey: Survey, reference: str) -> OpenAnswer | None:
    """The open answer with this reference."""
    if not re.fullmatch(r"[0-9a-f]{12}", reference):
        return None
    found = answer_rows(survey).filter(id__endswith=reference).first()
    return open_answers(survey, [found])[0] if found else None


def reference_of(key: UUID) -> str:
    """The last twelve digits of the key: random, whereas the first of a key made in order of arrival tell its time."""
    return key.hex[-12:]


def source_of(survey: Survey, reference: str) -> str:
    """How a proposal names the open answer that it was made of."""
    return f"{survey.code}/{reference}"


def _given() -> QuerySet[Response]:
    given = Response.objects.filter(survey__anonymous=False, consent=True, unfinished=False)
    return given.exclude(comment="")
