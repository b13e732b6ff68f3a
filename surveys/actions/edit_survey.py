"""Change a survey that is not open yet."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import User
from materiality.refusals import NotAllowed
from surveys.in_draft import locked_draft
from surveys.models import Notice, Survey
from surveys.queries.notice_texts import notice_texts

FIELDS = (
    *("title_zh", "title_en", "k", "opens_at", "closes_at", "zone", "anonymous", "several_per_browser"),
    *("introduction_zh", "introduction_en", "thanks_zh", "thanks_en", "question_zh", "question_en"),
    *("drafts_kept_days", "recipients_kept_days"),
)
NOTICE = ("notice_zh", "notice_en")


@transaction.atomic
def edit_survey(
    *,
    survey: Survey,
    title_zh: str,
    title_en: str,
    k: int,
    opens_at: datetime | None,
    closes_at: datetime | None,
    zone: str,
    anonymous: bool,
    several_per_browser: bool,
    introduction_zh: str,
    introduction_en: str,
    thanks_zh: str,
    thanks_en: str,
    question_zh: str,
    question_en: str,
    notice_zh: str,
    notice_en: str,
    drafts_kept_days: int,
    recipients_kept_days: int,
    by: User | None,
) -> Survey:
    """Replace dates, texts, the notice's first version and what is kept how long (days).

    Code, level, items, plans, profile questions and the split stay. NotAllowed once the survey was opened, or for
    impossible times.
    """
    new = {name: value for name, value in locals().items() if name in FIELDS + NOTICE}
    stored = locked_draft(survey)
    if opens_at and closes_at and opens_at >= closes_at:
        raise NotAllowed(_("The survey would close before it opens."))
    old = {name: getattr(stored, name) for name in FIELDS} | notice_texts(stored)
    changed = [name for name in new if old[name] != new[name]]
    for name in set(changed) - set(NOTICE):
        setattr(stored, name, new[name])
    stored.save(update_fields=[name for name in changed if name in FIELDS])
    if set(changed) & set(NOTICE):
        texts = {"text_zh": notice_zh, "text_en": notice_en, "created_by": by}
        Notice.objects.update_or_create(survey=stored, version=stored.notice_version, defaults=texts)
    before = {name: old[name] for name in changed}
    audit.record("edit_survey", stored, by=by, before=before, after={name: new[name] for name in changed})
    return stored
