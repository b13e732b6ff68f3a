"""Remove a profile question."""

from django.db import transaction

from materiality import audit
from materiality.models import User
from surveys.in_draft import locked_draft
from surveys.models import ProfileQuestion


@transaction.atomic
def remove_profile_question(*, question: ProfileQuestion, by: User | None) -> None:
    """Delete the question. NotAllowed once the survey was opened."""
    stored = locked_draft(question.survey)
    before = {name: getattr(question, name) for name in ("code", "kind", "text_zh", "text_en", "options")}
    question.delete()
    audit.record("remove_profile_question", stored, by=by, before=before)
