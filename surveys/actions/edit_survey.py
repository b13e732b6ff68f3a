"""Change a survey that is not open yet."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import User
from materiality.refusals import NotAllowed
from surveys.models import Survey

FIELDS = (
    *("title_zh", "title_en", "k", "opens_at", "closes_at", "zone", "anonymous", "several_per_browser"),
    *("introduction_zh", "introduction_en", "thanks_zh", "thanks_en"),
)


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
    by: User | None,
) -> Survey:
    """Replace everything but code, level and items. NotAllowed once the survey was opened, or for impossible times."""
    new = {name: value for name, value in locals().items() if name in FIELDS}
    stored = Survey.objects.select_for_update().get(pk=survey.pk)
    if stored.state != Survey.State.DRAFT:
        raise NotAllowed(_("The survey was opened, and is frozen since then."))
    if opens_at and closes_at and opens_at >= closes_at:
        raise NotAllowed(_("The survey would close before it opens."))
    changed = [name for name in FIELDS if getattr(stored, name) != new[name]]
    before = {name: getattr(stored, name) for name in changed}
    for name in changed:
        setattr(stored, name, new[name])
    stored.save(update_fields=changed)
    audit.record("edit_survey", stored, by=by, before=before, after={name: new[name] for name in changed})
    return stored
