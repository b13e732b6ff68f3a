"""Where an issue of a draft comes from."""

from materiality.models import Issue


def origins(issue: Issue) -> list[Issue]:
    """Its ancestors in the edition before, in the order of their codes; none for an issue that was added."""
    return list(Issue.objects.filter(descendants__target=issue).select_related("edition").order_by("code"))
