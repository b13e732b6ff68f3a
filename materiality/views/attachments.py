"""Uploading, downloading and removing the files of engagement records."""

from pathlib import Path

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from materiality.actions.add_attachment import add_attachment
from materiality.actions.remove_attachment import remove_attachment
from materiality.attachment_file import MAX_BYTES
from materiality.forms.stakeholders import AttachmentForm
from materiality.models import Attachment, Engagement
from materiality.permissions import can_edit_cycle, can_view, needs
from materiality.refusals import NotAllowed
from materiality.views.engagements import engagement_of, engagement_page


@require_POST
@needs(can_edit_cycle)
def add(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Attach a file, or say why it is not taken."""
    row = engagement_of(code, pk)
    form = AttachmentForm(request.POST, request.FILES)
    if getattr(request, "upload_too_large", False):
        form.errors["file"] = form.error_class([_too_large()])
    elif form.is_valid() and _attached(request, row, form):
        return redirect("engagement", code, pk)
    return render(request, "materiality/engagement.html", engagement_page(request, row, form), status=422)


@needs(can_view)
def download(request: HttpRequest, code: str, pk: int, attachment: int) -> HttpResponse:
    """The file as a download that no browser opens in place or takes for another type."""
    row = _attachment(code, pk, attachment)
    if not default_storage.exists(row.path):
        raise Http404
    stream = default_storage.open(row.path)
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}
    return FileResponse(
        stream, as_attachment=True, filename=row.file_name, content_type=row.content_type, headers=headers
    )


@require_POST
@needs(can_edit_cycle)
def remove(request: HttpRequest, code: str, pk: int, attachment: int) -> HttpResponse:
    """Remove a file from its record."""
    row = _attachment(code, pk, attachment)
    try:
        remove_attachment(attachment=row, by=request.user)
        messages.success(request, _("“%(name)s” is removed.") % {"name": row.file_name})
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    return redirect("engagement", code, pk)


def _attached(request: HttpRequest, row: Engagement, form: AttachmentForm) -> bool:
    file = form.cleaned_data["file"]
    try:
        path = Path(file.temporary_file_path())
        kept = add_attachment(engagement=row, path=path, file_name=file.name, by=request.user)
    except NotAllowed as refusal:
        form.add_error("file", refusal.reason)
        return False
    messages.success(request, _("“%(name)s” is attached.") % {"name": kept.file_name})
    return True


def _attachment(code: str, pk: int, attachment: int) -> Attachment:
    rows = Attachment.objects.select_related("engagement__cycle")
    return get_object_or_404(rows, engagement__cycle__code=code, engagement=pk, pk=attachment)


def _too_large() -> str:
    return _("The file is larger than %(limit)s MB and was not taken in.") % {"limit": MAX_BYTES // 1_000_000}
