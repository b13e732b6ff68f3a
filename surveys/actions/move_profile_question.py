"""Change the order of profile questions."""

from django.db import transaction

from materiality import audit
from materiality.models import User
from surveys.in_draft import locked_draft
from surveys.models import ProfileQuestion


@transaction.atomic
def move_profile_question(*, question: ProfileQuestion, up: bool, by: User | None) -> list[str]:
    """Ask the question one place earlier or later; returns the codes in their new order.

    At the end of the list nothing moves. NotAllowed once the survey was opened.
    """
    stored = locked_draft(question.survey)
    rows = list(stored.profile_questions.all())
    before = [row.code for row in rows]
    place = before.index(question.code)
    other = place - 1 if up else place + 1
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
    for position, row in enumerate(rows, start=1):
        row.position = position
    ProfileQuestion.objects.bulk_update(rows, ["position"])
    after = [row.code for row in rows]
    audit.record("move_profile_question", stored, by=by, before={"order": before}, after={"order": after})
    return after
