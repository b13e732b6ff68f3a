"""Members of staff."""

from django.db.models import Exists, OuterRef, QuerySet

from materiality.models import AuditPerson, User


def listed_people() -> QuerySet[User]:
    """All accounts, the active first, by name; `is_erased` where the name was erased."""
    erased = AuditPerson.objects.filter(user=OuterRef("pk"), name="")
    return User.objects.annotate(is_erased=Exists(erased)).order_by("-is_active", "first_name", "username")
