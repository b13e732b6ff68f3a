"""The staff page on which the columns of a foreign file are confirmed or put right."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from materiality.permissions import can_edit_cycle, needs
from materiality.refusals import NotAllowed
from surveys.actions.match_import import match_import
from surveys.forms.import_match import MatchForm
from surveys.models import ResponseImport
from surveys.queries.import_match import match_page
from surveys.queries.listed_imports import stage_of
from surveys.recognising import asked_of
from surveys.views.score_request import follow
from surveys.views.survey_of import in_cycle


@needs(can_edit_cycle)
def import_match(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Show what each column is taken for; a POST confirms it and has the file checked."""
    imports = ResponseImport.objects.select_related("survey__cycle__edition", "job")
    imported = get_object_or_404(imports, pk=pk, survey__cycle__code=code)
    if not imported.match or stage_of(imported) not in ("match", "checked", "failed"):
        return redirect("response_import", code, pk)
    asked = asked_of(imported.survey)
    form = MatchForm(request.POST if request.method == "POST" else None, imported=imported, asked=asked)
    if request.method == "POST" and form.is_valid():
        try:
            confirmed = match_import(
                imported=imported, match=form.match(), save_as=form.cleaned_data["save_as"], by=request.user
            )
        except NotAllowed as refusal:
            messages.error(request, refusal.reason)
        else:
            return redirect(follow(confirmed.job, reverse("response_import", args=[code, pk])))
    page = match_page(imported, asked, form.written, form.wrong)
    context = in_cycle(
        imported.survey.cycle, "responses", survey=imported.survey, imported=imported, form=form, page=page,
        wrong=_("Some columns cannot be that: they are marked below.") if form.wrong else "",
    )  # fmt: skip
    return render(request, "surveys/import_match.html", context, status=422 if form.errors else 200)
