"""Importing proposals from a file: upload, preview, confirm."""

from pathlib import Path

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from materiality.actions.import_proposals import import_proposals
from materiality.files import keep_bytes
from materiality.forms.proposals import ProposalFileForm
from materiality.library_file.table import MAX_BYTES
from materiality.permissions import can_propose, needs
from materiality.proposal_file import COLUMNS, ProposalFile, read_proposals
from materiality.queries.proposals import already_there, issues_in_force
from materiality.refusals import NotAllowed
from materiality.table_file import TYPES, table_bytes
from materiality.views.kept_upload import kept_upload

FOLDER = "proposals"


@needs(can_propose)
def new_proposal_import(request: HttpRequest) -> HttpResponse:
    """Upload a file; what it holds is shown before anything is stored."""
    form = ProposalFileForm(request.POST, request.FILES) if request.method == "POST" else ProposalFileForm()
    context = {"section": "library", "form": form, "columns": COLUMNS}
    if request.method == "POST":
        if getattr(request, "upload_too_large", False) or _size(request) > MAX_BYTES:
            limit = {"limit": MAX_BYTES // 1_000_000}
            form.errors["file"] = form.error_class([_("The file is larger than %(limit)s MB.") % limit])
        elif form.is_valid():
            return _preview(request, Path(form.cleaned_data["file"].temporary_file_path()).read_bytes(), context)
    return render(request, "materiality/proposal_import.html", context, status=422 if form.errors else 200)


@require_POST
@needs(can_propose)
def confirm_proposals(request: HttpRequest, digest: str) -> HttpResponse:
    """Store the proposals of the file that was shown, read again."""
    read = _read(kept_upload(FOLDER, digest))
    try:
        if read.wrong:
            raise NotAllowed(_("The library has changed since the preview. Upload the file again."))
        stored = import_proposals(proposals=read.proposals, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
        return redirect("new_proposal_import")
    number = len(stored)
    said = ngettext("%(number)s proposal is imported.", "%(number)s proposals are imported.", number)
    messages.success(request, said % {"number": number})
    return redirect("proposals")


@needs(can_propose)
def proposal_template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty file with the columns."""
    if kind not in TYPES:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="proposals.{kind}"'}
    return HttpResponse(table_bytes(kind, "proposals", COLUMNS, []), TYPES[kind], headers=headers)


def _preview(request: HttpRequest, contents: bytes, context: dict) -> HttpResponse:
    read = _read(contents)
    known = already_there(read.proposals)
    digest = keep_bytes(contents, FOLDER)[1] if read.proposals else ""
    lines = [(values, values in known) for values in read.proposals]
    context |= {"wrong": read.wrong, "lines": lines, "fresh": len(lines) - len(known), "digest": digest}
    return render(request, "materiality/proposal_import.html", context, status=422 if read.wrong else 200)


def _read(contents: bytes) -> ProposalFile:
    return read_proposals(contents, "", {issue.code: issue for issue in issues_in_force()})


def _size(request: HttpRequest) -> int:
    file = request.FILES.get("file")
    return file.size if file else 0
