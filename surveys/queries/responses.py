"""The list of responses, comments, and what is stored about one respondent."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy

from materiality.models import Proposal
from materiality.platform.digests import json_value
from surveys.intake.columns import item_name
from surveys.invitations.used_links import is_used
from surveys.models import AnonymousComment, Recipient, Response, Survey
from surveys.questionnaire.ratings import CELL_TEXT
from surveys.questionnaire.screening import EXCLUDE, FLAG_BIT, FLAGS, INCLUDE, MARK, REJECT, Rules, flag_names
from surveys.respond.drafts import begun_by_link
from surveys.responses.screening import rules_in_force, shown_bits


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


def answers_with_proposals(survey: Survey, rows: Iterable[tuple[UUID, str]]) -> list[OpenAnswer]:
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
    if not re.fullmatch(r"[0-9a-f]{12}", reference):
        return None
    found = answer_rows(survey).filter(id__endswith=reference).first()
    return answers_with_proposals(survey, [found])[0] if found else None


def reference_of(key: UUID) -> str:
    """The last twelve digits of the key: random, whereas the first of a key made in order of arrival tell its time."""
    return key.hex[-12:]


def source_of(survey: Survey, reference: str) -> str:
    """How a proposal names the open answer that it was made of."""
    return f"{survey.code}/{reference}"


def _given() -> QuerySet[Response]:
    given = Response.objects.filter(survey__anonymous=False, consent=True, unfinished=False)
    return given.exclude(comment="")


STATES = {
    "valid": gettext_lazy("valid"),
    "invalid": gettext_lazy("submitted, not valid"),
    "unfinished": gettext_lazy("unfinished"),
    "overruled": gettext_lazy("decided by a person"),
}


@dataclass(frozen=True)
class ResponseFilter:
    """What the page was asked to show; empty means all."""

    group: str = ""
    flag: str = ""
    state: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "ResponseFilter":
        """From the URL; a flag or state that does not exist is left out."""
        flag, state = query.get("flag", ""), query.get("state", "")
        return cls(
            group=query.get("group", "")[:40],
            flag=flag if flag in FLAGS else "",
            state=state if state in STATES else "",
        )


class ResponseRow:
    """One response as the list shows it."""

    def __init__(self, response: Response, rules: Rules) -> None:
        self.response = response
        self.flags = flag_names(response.flags & int(rules.bits(REJECT, MARK)))
        self.valid = is_valid(response, rules)

    @property
    def short(self) -> str:
        """The end of the id: ids of one import begin alike."""
        return short_id(self.response)


def listed_responses(survey: Survey, wanted: ResponseFilter) -> QuerySet[Response]:
    """The survey's responses that pass the filter, in order of id, without their ratings and comments."""
    found = Response.objects.filter(survey=survey).order_by("id").select_related("group", "overruled_by")
    found = found.defer("ratings", "comment")
    if wanted.group:
        found = found.filter(group__cycle=survey.cycle_id, group__code=wanted.group)
    if wanted.flag:
        found = found.alias(bit=F("flags").bitand(FLAG_BIT[wanted.flag] & shown_bits(survey))).exclude(bit=0)
    if wanted.state:
        counting = Q(unfinished=False) & (Q(rejecting=0) | Q(overruled=INCLUDE)) & ~Q(overruled=EXCLUDE)
        condition = {
            "valid": counting,
            "invalid": ~counting & Q(unfinished=False),
            "unfinished": Q(unfinished=True),
            "overruled": Q(overruled__in=(INCLUDE, EXCLUDE)),
        }[wanted.state]
        found = found.alias(rejecting=F("flags").bitand(_rejecting(survey))).filter(condition)
    return found


def is_valid(response: Response, rules: Rules) -> bool:
    """Whether one response counts."""
    accepted = not response.flags & int(rules.bits(REJECT)) or response.overruled == INCLUDE
    return not response.unfinished and accepted and response.overruled != EXCLUDE


def short_id(response: Response) -> str:
    """The last eight characters of the id."""
    return response.pk.hex[-8:]


def _rejecting(survey: Survey) -> int:
    return int(rules_in_force(survey).bits(REJECT))


def stored_about(recipient: Recipient) -> dict[str, Any]:
    """JSON of the recipient: who they are, what they were sent, whether they have answered, and their answers.

    Of an anonymous survey no answers are in it: of finished ones nothing that is stored says which they are, and those
    in progress are for the respondent alone, who sees them by opening the link.
    """
    survey = recipient.survey
    link = {"batch_id": recipient.batch_id, "serial": recipient.serial}
    begun = begun_by_link(survey, **link)
    if begun and "ratings" in begun:
        begun["ratings"] = _ratings(survey, begun["ratings"])
    token = f"{recipient.batch_id}-{recipient.serial}"
    responses = [] if survey.anonymous else list(Response.objects.filter(survey=survey, token=token))
    return json_value(
        {
            "survey": {"code": survey.code, "title_zh": survey.title_zh, "title_en": survey.title_en},
            "recipient": {
                "email": recipient.email, "name": recipient.name, "group": recipient.group.code,
                "language": recipient.language, "state": recipient.state, "note": recipient.note,
                "added_at": recipient.created_at,
            },
            "link": {**link, "used": is_used(recipient.batch_id, recipient.serial)},
            "mails": [
                {"kind": each.mailing.kind, "state": each.state, "sent_at": each.sent_at, "problem": each.problem}
                for each in recipient.deliveries.select_related("mailing").order_by("pk")
            ],
            "answers_begun": begun,
            "answers": [_response(survey, response) for response in responses],
            "answers_cannot_be_found": survey.anonymous,
        }
    )  # fmt: skip


def _response(survey: Survey, response: Response) -> dict[str, Any]:
    return {
        "started_at": response.started_at, "submitted_at": response.submitted_at, "channel": response.channel,
        "language": response.language, "comment": response.comment, "profile": response.profile,
        "notice_version": response.notice_version,
        "ratings": _ratings(survey, response.ratings),
    }  # fmt: skip


def _ratings(survey: Survey, vector: bytes) -> dict[str, str]:
    """What was said to each question that was asked, as in exports; a skipped one is empty."""
    items = survey.items.order_by("position").values_list("issue__code", "dimension")
    cells = (CELL_TEXT[code] for code in bytes(vector))
    return {item_name(*item): cell or "" for item, cell in zip(items, cells, strict=True)}
