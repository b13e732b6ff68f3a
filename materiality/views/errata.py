"""Correcting the spelling of an issue of the edition in force."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from materiality.actions.correct_erratum import correct_erratum
from materiality.forms.draft import ErratumForm
from materiality.issue_texts import FIELDS
from materiality.models import Edition, Issue
from materiality.permissions import can_edit_library, can_view, needs
from materiality.queries.errata import errata_of
from materiality.queries.issue_page import find_issue
from materiality.refusals import NotAllowed
from materiality.vetoes import CORRECT_ERRATUM, vetoes
from materiality.views.draft_pages import entered


@needs(can_view)
def errata(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    """What was corrected, and a form for those who may correct more."""
    issue = find_issue(edition, code)
    if issue is None:
        raise Http404
    form = ErratumForm(entered(request), issue=issue)
    if request.method == "POST" and (done := _corrected(request, issue, form)):
        return done
    in_force = issue.edition.state == Edition.State.PUBLISHED
    context = {
        "section": "library",
        "issue": issue,
        "form": form,
        "errata": errata_of(issue),
        "objections": vetoes(CORRECT_ERRATUM, issue.edition) if in_force else [],
        "may_correct": in_force and can_edit_library(request.user),
    }
    return render(request, "materiality/errata.html", context)


@needs(can_edit_library)
def _corrected(request: HttpRequest, issue: Issue, form: ErratumForm) -> HttpResponse | None:
    """Correct every text that differs and go on; None where something stands against it, which is in the form."""
    if not form.is_valid():
        return None
    values = form.cleaned_data
    changed = [name for name in FIELDS if values[name].strip() != getattr(issue, name)]
    if not changed:
        form.add_error(None, _("No text was changed."))
        return None
    try:
        with transaction.atomic():
            for place, name in enumerate(changed):
                version = values["version"] + place if values["version"] else None
                correct_erratum(
                    issue=issue,
                    field=name,
                    text=values[name],
                    reason=values["reason"],
                    by=request.user,
                    version=version,
                )
    except NotAllowed as refusal:
        form.add_error(None, refusal.reason)
        return None
    number = len(changed)
    messages.success(
        request, ngettext("The text is corrected.", "%(count)s texts are corrected.", number) % {"count": number}
    )
    return redirect("errata", issue.edition.code, issue.code)
