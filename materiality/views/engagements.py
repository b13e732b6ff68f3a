"""Pages of the engagement records of a cycle."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from materiality.actions.remove_engagement import remove_engagement
from materiality.actions.save_engagement import save_engagement
from materiality.cycle_states import BEFORE_SIGN_OFF
from materiality.forms.stakeholders import AttachmentForm, EngagementForm
from materiality.models import Cycle, Engagement
from materiality.permissions import can_edit_cycle, needs
from materiality.queries.engagement_issues import choices_by_category
from materiality.queries.engagements import EngagementFilter, listed_engagements, touched_issues
from materiality.refusals import NotAllowed
from materiality.views.cycle_of import cycle_of

PER_PAGE = 50


def engagements(request: HttpRequest, code: str) -> HttpResponse:
    """The records, filtered by group, kind, issue and date."""
    cycle = cycle_of(code)
    wanted = EngagementFilter.from_query(request.GET)
    context = in_stakeholders(request, cycle) | {
        "wanted": wanted,
        "page": Paginator(listed_engagements(cycle, wanted), PER_PAGE).get_page(request.GET.get("page")),
        "groups": list(cycle.groups.all()),
        "kinds": Engagement.Kind.choices,
        "issues": touched_issues(cycle),
    }
    return render(request, "materiality/engagements.html", context)


def engagement(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One record with its issues and attachments."""
    return render(request, "materiality/engagement.html", engagement_page(request, engagement_of(code, pk)))


@needs(can_edit_cycle)
def new_engagement(request: HttpRequest, code: str) -> HttpResponse:
    """Record an engagement; `?group=` and `?issue=` are filled in."""
    return _edited(request, cycle_of(code), None)


@needs(can_edit_cycle)
def edit_engagement(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Change a record."""
    row = engagement_of(code, pk)
    return _edited(request, row.cycle, row)


@require_POST
@needs(can_edit_cycle)
def remove(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Remove a record with its attachments."""
    row = engagement_of(code, pk)
    try:
        remove_engagement(engagement=row, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
        return redirect("engagement", code, pk)
    messages.success(request, _("The record “%(title)s” is removed.") % {"title": row.title})
    return redirect("engagements", code)


def engagement_of(code: str, pk: int) -> Engagement:
    """The record with cycle and group; the page "not found" where the cycle has none of this key."""
    rows = Engagement.objects.select_related("cycle__edition", "group", "created_by")
    return get_object_or_404(rows, cycle__code=code, pk=pk)


def engagement_page(request: HttpRequest, row: Engagement, form: AttachmentForm | None = None) -> dict:
    """The context of a record's page; `form` is the form of an attachment that was refused."""
    return in_stakeholders(request, row.cycle) | {
        "engagement": row,
        "issues": list(row.issues.select_related("category").order_by("code")),
        "attachments": list(row.attachments.all()),
        "form": form or AttachmentForm(),
    }


def in_stakeholders(request: HttpRequest, cycle: Cycle) -> dict:
    """What every page of engagement records is given."""
    may_edit = can_edit_cycle(request.user) and cycle.state in BEFORE_SIGN_OFF
    return {"cycle": cycle, "step": "groups", "section": "cycles", "may_edit": may_edit}


def _edited(request: HttpRequest, cycle: Cycle, row: Engagement | None) -> HttpResponse:
    form = EngagementForm(
        request.POST or None, cycle=cycle, engagement=row, initial={} if row else _asked(request, cycle)
    )
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_engagement(cycle=cycle, values=form.values(), by=request.user, engagement=row)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("The record “%(title)s” is saved.") % {"title": saved.title})
            return redirect("engagement", cycle.code, saved.pk)
    context = in_stakeholders(request, cycle) | {"form": form, "engagement": row}
    context["categories"] = choices_by_category(form.fields["issues"].queryset, form.chosen())
    return render(request, "materiality/engagement_form.html", context)


def _asked(request: HttpRequest, cycle: Cycle) -> dict:
    """What the address fills in on a new record."""
    found = {}
    if group := request.GET.get("group"):
        found["group"] = cycle.groups.filter(code=group).first()
    if issue := request.GET.get("issue"):
        found["issues"] = list(cycle.edition.issues.filter(code=issue).values_list("pk", flat=True))
    return found
