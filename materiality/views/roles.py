"""The page that shows which role may do what."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from materiality.models.person import Role
from materiality.permissions import PERMISSIONS, can_manage_people, can_view, needs


@needs(can_view)
def roles(request: HttpRequest) -> HttpResponse:
    """Every permission in words × every role."""
    rows = [(each.words, [(role.label, each.of_role(role)) for role in Role]) for each in PERMISSIONS]
    context = {
        "section": "people",
        "roles": list(Role),
        "rows": rows,
        "may_manage": can_manage_people(request.user),
        "may_do": [each.words for each in PERMISSIONS if each.predicate(request.user)],
    }
    return render(request, "materiality/roles.html", context)
