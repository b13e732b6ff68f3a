"""Pages of imports: upload, match, preview, confirm, discard, saved matches, template, errors."""

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.decorators.http import require_POST

from materiality.platform.lists import Chip, Head, Listing, chosen_in
from materiality.platform.pages import button, download, followed, onward, refusals, sent, stored, uploaded
from materiality.platform.people import can_edit_cycle, can_see_responses, needs
from materiality.tables.lists import listed
from materiality.views.cycles import in_cycle
from surveys.actions.imports import (
    KnownFile,
    confirm_import,
    delete_match,
    discard_import,
    look_again,
    match_import,
    rename_match,
    request_import,
    restore_import,
    withdraw_import,
)
from surveys.exports.exporting import WRITERS
from surveys.forms.matches import DeleteForm, LayoutForm, MatchForm, RenameForm
from surveys.forms.responses import UploadForm
from surveys.matching.match import Match
from surveys.models import ColumnMatch, ResponseImport, Survey
from surveys.queries.imports import file_preview, stage_of
from surveys.queries.matches import (
    SaidColumn,
    date_order_words,
    listed_matches,
    match_page,
    said_columns,
    said_maps,
    tool_name,
)
from surveys.responses.reading import UnknownMatch, asked_of, stored_match, unanswered
from surveys.views.surveys import survey_in_cycle

_MATCH_HEADS = (
    Head(gettext_lazy("Name of the match"), "name", "name"),
    Head(gettext_lazy("Tool"), "tool", "tool", said=lambda row: tool_name(row.tool)),
    Head(gettext_lazy("Files read"), "used", "used", "num", falling=True),
    Head(gettext_lazy("Last file"), "last", "used_at", falling=True),
    Head(gettext_lazy("Saved"), "saved", "created_at", falling=True),
    Head(gettext_lazy("By"), "by", "created_by__first_name", said="created_by"),
)


@needs(can_see_responses)
def column_matches(request: HttpRequest) -> HttpResponse:
    """What is saved of how files of other tools are read."""
    noun = ngettext_lazy("%(shown)s column match", "%(shown)s column matches", "number")
    listing = Listing(request, listed_matches(), heads=_MATCH_HEADS, noun=noun, name="column-matches")
    return listed(request, "surveys/column_matches.html", {"section": "cycles", "listing": listing})


@needs(can_see_responses)
def column_match(request: HttpRequest, name: str) -> HttpResponse:
    """What a match says of each column and answer; a POST renames it."""
    match = get_object_or_404(listed_matches().defer(None), name=name)
    form = RenameForm(request.POST or None, initial={"name": match.name})
    if sent(request, form, can_edit_cycle):
        with refusals(form, "name"):
            renamed = rename_match(match=match, name=form.cleaned_data["name"], by=request.user)
            said = _("The match is called %(name)s now.") % {"name": renamed.name}
            return onward(request, said, "column_match", renamed.name)
    return _shown(request, match, form, DeleteForm())


@require_POST
@needs(can_edit_cycle)
def match_remove(request: HttpRequest, name: str) -> HttpResponse:
    match = get_object_or_404(listed_matches().defer(None), name=name)
    form = DeleteForm(request.POST)
    if not form.is_valid():
        return _shown(request, match, RenameForm(initial={"name": match.name}), form)
    delete_match(match=match, by=request.user)
    said = _("The match %(name)s is deleted. Files that were read by it stay.") % {"name": name}
    return onward(request, said, "column_matches")


def _shown(request: HttpRequest, match: ColumnMatch, form: RenameForm, delete: DeleteForm) -> HttpResponse:
    try:
        said = stored_match(match.columns)
    except UnknownMatch:
        said = Match("", ())
    columns = said_columns(said)
    context = {
        "section": "cycles",
        "match": match,
        "tool": tool_name(match.tool),
        "taken": sum(1 for column in columns if column.target),
        "all": len(columns),
        "listing": _columns(request, match, columns),
        "maps": said_maps(said),
        "dates": date_order_words(said),
        "form": form,
        "delete": delete,
        "may_edit": can_edit_cycle(request.user),
    }
    return listed(request, "surveys/column_match.html", context, status=422 if form.errors or delete.errors else 200)


def _columns(request: HttpRequest, match: ColumnMatch, columns: list[SaidColumn]) -> Listing:
    shown = chosen_in(request.GET, "taken", ("yes", "no"))
    return Listing(
        request,
        [column for column in columns if shown in ("", "yes" if column.target else "no")],
        heads=[Head(_("Header"), "header", "header"), Head(_("Taken for"), "target", "target")],
        chips=[Chip("taken", _("Taken for"), [("yes", _("taken in")), ("no", _("not taken in"))], _("all"))],
        noun=ngettext_lazy("%(number)s column", "%(number)s columns", "number"),
        name=f"columns-{match.name}",
    )


@needs(can_edit_cycle)
def import_match(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Show what each column is taken for; a POST confirms it and has the file checked, or looks for columns anew."""
    imports = ResponseImport.objects.select_related("survey__cycle__edition", "job")
    imported = get_object_or_404(imports, pk=pk, survey__cycle__code=code)
    if not imported.match or stage_of(imported) not in ("match", "checked", "failed"):
        return redirect("response_import", code, pk)
    asked, data = asked_of(imported.survey), request.POST if request.method == "POST" else None
    looks = "look" in request.POST
    looked = LayoutForm(data if looks else None, imported=imported)
    form = MatchForm(None if looks else data, imported=imported, asked=asked)
    with refusals(request):
        job = None
        if looks and looked.is_valid():
            job = look_again(imported=imported, **looked.cleaned_data, by=request.user).job
        elif form.is_valid():
            save_as = form.cleaned_data["save_as"]
            job = match_import(imported=imported, match=form.match(), save_as=save_as, by=request.user).job
        if job:
            return followed(job, reverse("response_import", args=[code, pk]))
    page = match_page(form.found, asked, posted=form.posted, errors=form.wrong, said=form.said, left=form.left)
    context = in_cycle(
        imported.survey.cycle, "responses", survey=imported.survey, imported=imported, form=form, page=page,
        looked=looked, wrong=" ".join(form.non_field_errors()),
    )  # fmt: skip
    status = 422 if form.errors or looked.errors else 200
    return render(request, "surveys/import_match.html", context, status=status)


@needs(can_edit_cycle)
def new_import(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """Upload a file of responses, which is then checked in the background."""
    row = survey_in_cycle(code, survey)
    limit = settings.MAX_UPLOAD_BYTES // 1_000_000
    too_large = _(
        "The file is larger than %(limit)s MB and was not taken in. Split it and import the parts one after another."
    ) % {"limit": limit}
    form = uploaded(request, UploadForm, too_large)
    if sent(request, form) and (imported := _taken_in(request, row, form)):
        return followed(imported.job, reverse("response_import", args=[code, imported.pk]))
    context = in_cycle(row.cycle, "responses", survey=row, form=form, limit=limit)
    return render(request, "surveys/new_import.html", context, status=422 if form.errors else 200)


@needs(can_see_responses)
def response_import(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """What an uploaded file holds and what is wrong with it, before and after it is stored."""
    imported = _import_of(code, pk)
    preview = file_preview(imported)
    stage = stage_of(imported, preview.good)
    if stage == "match" and can_edit_cycle(request.user):
        return redirect("import_match", code, pk)
    context = in_cycle(
        imported.survey.cycle,
        "responses",
        survey=imported.survey,
        imported=imported,
        stage=stage,
        preview=preview,
        listing=Listing(
            request,
            preview.listed,
            noun=ngettext_lazy(
                "%(shown)s thing to correct, in the order of the file",
                "%(shown)s things to correct, in the order of the file",
                "number",
            ),
            files=[("XLSX", reverse("import_errors", args=[code, pk]))] if imported.error_workbook else [],
            place="bad-cells",
            count=preview.errors,
        ),
        may_edit=can_edit_cycle(request.user),
    )
    return render(request, "surveys/response_import.html", context)


@button(can_edit_cycle, back="response_import")
def import_confirm(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Have the checked rows stored."""
    imported = _import_of(code, pk)
    said = {doubt["id"]: request.POST.get(f"d-{doubt['id']}", "") for doubt in unanswered(imported)}
    said = {**imported.answers.get("said", {}), **{name: answer for name, answer in said.items() if answer}}
    skip = "skip_bad_rows" in request.POST
    confirmed = confirm_import(imported=imported, skip_bad_rows=skip, answers={"said": said}, by=request.user)
    return followed(confirmed.job, reverse("response_import", args=[code, pk]))


@button(can_edit_cycle, back="response_import")
def import_discard(request: HttpRequest, code: str, pk: int) -> str:
    """Drop an import that was not stored."""
    discard_import(imported=_import_of(code, pk), by=request.user)
    return _("The import is discarded. Nothing of it was stored.")


@button(can_edit_cycle, back="response_import")
def import_withdraw(request: HttpRequest, code: str, pk: int) -> str:
    """Take the responses of a stored file out again."""
    withdraw_import(imported=_import_of(code, pk), reason=request.POST.get("reason", "")[:2_000], by=request.user)
    return _("The file is withdrawn: its responses count nowhere until you bring them back.")


@button(can_edit_cycle, back="response_import")
def import_restore(request: HttpRequest, code: str, pk: int) -> str:
    """Bring the responses of a withdrawn file back."""
    restore_import(imported=_import_of(code, pk), by=request.user)
    return _("The responses of the file are back.")


@needs(can_see_responses)
def import_errors(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The workbook with the rows to mend and everything that is wrong."""
    imported = _import_of(code, pk)
    return download(stored(imported.error_workbook), f"{Path(imported.file_name).stem}-errors.xlsx")


@needs(can_edit_cycle)
def import_template(request: HttpRequest, code: str, survey: str, kind: str) -> HttpResponse:
    """An empty file with the survey's columns, explained where the format can hold explanations."""
    if kind not in WRITERS:
        raise Http404
    row = survey_in_cycle(code, survey)
    return download(WRITERS[kind](row), f"{row.code}-template.{kind}")


def _taken_in(request: HttpRequest, row: Survey, form: UploadForm) -> ResponseImport | None:
    """The import of the uploaded file; None where it is refused, with the reason in the form."""
    file, entered = form.cleaned_data["file"], form.cleaned_data
    path, choices = Path(file.temporary_file_path()), {"again": entered["again"], "match_name": entered["match"]}
    with refusals(form):
        try:
            return request_import(survey=row, path=path, file_name=file.name, **choices, by=request.user)
        except KnownFile as refusal:
            form.known = True
            form.add_error("file", refusal.reason)
    return None


def _import_of(code: str, pk: int) -> ResponseImport:
    imports = ResponseImport.objects.select_related("survey__cycle__edition", "job", "created_by")
    return get_object_or_404(imports, pk=pk, survey__cycle__code=code)
