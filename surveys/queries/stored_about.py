"""Everything that is stored about one recipient, for the recipient to have."""

from typing import Any

from materiality.canonical import plain
from surveys.intake.columns import item_name
from surveys.models import Draft, Recipient, Response, Survey
from surveys.questionnaire.ratings import CELL_TEXT
from surveys.used_links import is_used


def stored_about(recipient: Recipient) -> dict[str, Any]:
    """JSON of the recipient: who they are, what they were sent, whether they have answered, and their answers.

    Of an anonymous survey no answers are in it: of finished ones nothing that is stored says which they are, and those
    in progress are for the respondent alone, who sees them by opening the link.
    """
    survey = recipient.survey
    link = {"batch_id": recipient.batch_id, "serial": recipient.serial}
    draft = Draft.objects.filter(survey=survey, **link).first()
    token = f"{recipient.batch_id}-{recipient.serial}"
    responses = [] if survey.anonymous else list(Response.objects.filter(survey=survey, token=token))
    return plain(
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
            "answers_begun": _draft(survey, draft) if draft else None,
            "answers": [_response(survey, response) for response in responses],
            "answers_cannot_be_found": survey.anonymous,
        }
    )  # fmt: skip


def _draft(survey: Survey, draft: Draft) -> dict[str, Any]:
    begun = {"started_at": draft.started_at, "saved_at": draft.saved_at, "language": draft.language}
    if survey.anonymous:
        return begun
    return begun | {
        "comment": draft.comment, "profile": draft.profile, "ratings": _ratings(survey, draft.ratings),
    }  # fmt: skip


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
