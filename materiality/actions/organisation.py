"""The organisation: its name; and that a person has taken the tour."""

from collections.abc import Mapping

from django.db import transaction

from materiality.models import Organisation, User
from materiality.platform import audit


@transaction.atomic
def name_organisation(*, texts: Mapping[str, str], by: User | None) -> Organisation:
    """Say what the organisation is called: {"name_zh": …, "name_en": …}."""
    held = Organisation.objects.select_for_update().filter(pk=1).first() or Organisation(pk=1)
    with audit.audited("name_organisation", held, by=by, fields=texts):
        audit.write(held, texts)
    return held


def end_tour(*, by: User) -> None:
    """Never show the tour to this person again. No event: it says nothing of the assessment."""
    User.objects.filter(pk=by.pk).update(toured=True)
