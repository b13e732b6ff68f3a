"""Importing translated texts: upload, preview, confirm."""

from pathlib import Path

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from materiality.actions.save_translations import save_translations
from materiality.canonical import sha256_of
from materiality.files import keep_bytes
from materiality.forms.proposals import ProposalFileForm
from materiality.library_file.table import MAX_BYTES
from materiality.permissions import can_edit_library, needs
from materiality.queries.translations import stored_texts, translated_edition
from materiality.refusals import NotAllowed
from materiality.translation_file import TranslationFile, read_translations
from materiality.views.kept_upload import kept_upload

FOLDER = "translations"


@needs(can_edit_library)
def translation_import(request: HttpRequest) -> HttpResponse:
    """Upload a file; what it would change is shown before anything is stored."""
    form = ProposalFileForm(request.POST, request.FILES) if request.method == "POST" else ProposalFileForm()
    context = {"section": "library", "form": form}
    if request.method == "POST":
        file = request.FILES.get("file")
        if getattr(request, "upload_too_large", False) or (file and file.size > MAX_BYTES):
            limit = {"limit": MAX_BYTES // 1_000_000}
            form.errors["file"] = form.error_class([_("The file is larger than %(limit)s MB.") % limit])
        elif form.is_valid():
            contents = Path(form.cleaned_data["file"].temporary_file_path()).read_bytes()
            read = _read(contents)
            digest = keep_bytes(contents, FOLDER)[1] if read.changes else ""
            context |= {"read": read, "digest": digest, "plan": _plan(read)}
            return render(request, "materiality/translation_import.html", context, status=422 if read.wrong else 200)
    return render(request, "materiality/translation_import.html", context, status=422 if form.errors else 200)


@require_POST
@needs(can_edit_library)
def confirm_translations(request: HttpRequest, digest: str) -> HttpResponse:
    """Store what the file that was shown changes, if it still changes the same."""
    read = _read(kept_upload(FOLDER, digest))
    try:
        if read.wrong or _plan(read) != request.POST.get("plan"):
            raise NotAllowed(_("The texts have changed since the preview. Upload the file again."))
        translations = [change.as_translation() for change in read.changes]
        number = save_translations(translations=translations, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
        return redirect("translation_import")
    said = ngettext("%(number)s text is saved.", "%(number)s texts are saved.", number)
    messages.success(request, said % {"number": number})
    return redirect("translations")


def _read(contents: bytes) -> TranslationFile:
    return read_translations(contents, "", stored_texts(translated_edition()))


def _plan(read: TranslationFile) -> str:
    """The same for the same changes of the same texts."""
    return sha256_of([[change.pair.key, change.pair.seen, change.zh, change.en] for change in read.changes])
