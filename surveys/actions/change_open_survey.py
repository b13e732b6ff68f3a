"""Change what may still change once a survey was opened."""

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import User
from materiality.refusals import NotAllowed
from surveys.models import Notice, Survey
from surveys.queries.notice_texts import notice_texts

FIELDS = ("thanks_zh", "thanks_en", "drafts_kept_days", "recipients_kept_days")


@transaction.atomic
def change_open_survey(
    *,
    survey: Survey,
    thanks_zh: str,
    thanks_en: str,
    drafts_kept_days: int,
    recipients_kept_days: int,
    notice_zh: str | None = None,
    notice_en: str | None = None,
    by: User | None,
) -> Survey:
    """Replace the thanks and what is kept how long (days); another notice becomes its next version.

    Who consented before consented to the version before. `None` leaves the notice as it is. NotAllowed in a draft,
    and for another notice in an anonymous survey (which version somebody saw would tell early answers from late
    ones) or a closed one.
    """
    stored = Survey.objects.select_for_update().get(pk=survey.pk)
    if stored.state == Survey.State.DRAFT:
        raise NotAllowed(_("The survey is a draft: change the survey itself."))
    new = {name: value for name, value in locals().items() if name in FIELDS}
    old = {name: getattr(stored, name) for name in FIELDS}
    texts = notice_texts(stored)
    given = {"notice_zh": notice_zh, "notice_en": notice_en}
    wanted = {name: texts[name] if text is None else text for name, text in given.items()}
    if wanted != texts:
        _new_notice(stored, wanted, by)
        old |= texts | {"notice_version": stored.notice_version - 1}
        new |= wanted | {"notice_version": stored.notice_version}
    changed = [name for name in new if old[name] != new[name]]
    for name in set(changed) & set(FIELDS):
        setattr(stored, name, new[name])
    stored.save(update_fields=[*FIELDS, "notice_version"])
    before = {name: old[name] for name in changed}
    audit.record("change_open_survey", stored, by=by, before=before, after={name: new[name] for name in changed})
    return stored


def _new_notice(survey: Survey, texts: dict[str, str], by: User | None) -> None:
    if survey.anonymous:
        raise NotAllowed(
            _("The notice of an anonymous survey stays: its version would tell early answers from late ones.")
        )
    if survey.state != Survey.State.OPEN:
        raise NotAllowed(_("The survey is closed; nobody would read another notice."))
    survey.notice_version += 1
    Notice.objects.create(
        survey=survey,
        version=survey.notice_version,
        text_zh=texts["notice_zh"],
        text_en=texts["notice_en"],
        created_by=by,
    )
