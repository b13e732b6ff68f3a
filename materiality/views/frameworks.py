"""The page of frameworks: what is installed, and what can be."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from materiality.actions.library import install_framework
from materiality.models import Framework
from materiality.platform.pages import refusals
from materiality.platform.people import can_edit_library, can_view, needs
from materiality.queries.library import built_in_frameworks, installed_frameworks
from materiality.queries.mappings import label_of


@needs(can_view)
def frameworks(request: HttpRequest) -> HttpResponse:
    """Every framework with its days in force and its column; those that come with Yiti and are not installed."""
    installed = installed_frameworks()
    built_in = built_in_frameworks()
    rows = Framework.objects.select_related("successor").annotate(entries=Count("disclosures"))
    context = {
        "section": "library",
        "rows": [(row, label_of(row), (row.code, row.edition) in {each.key for each in built_in}) for row in rows],
        "others": [record for record in built_in if record.key not in installed],
        "may_edit": can_edit_library(request.user),
    }
    return render(request, "materiality/frameworks.html", context)


@require_POST
@needs(can_edit_library)
def framework_install(request: HttpRequest) -> HttpResponse:
    """Take in a framework that comes with the product."""
    named = {name: request.POST.get(name, "")[:20] for name in ("code", "edition")}
    with refusals(request):
        framework = install_framework(**named, by=request.user)
        messages.success(request, _("%(title)s is installed.") % {"title": framework.title})
    return redirect("frameworks")
