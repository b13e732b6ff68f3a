"""What the pages of staff share: refusals said to people, where to go on, paging, files to download."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from materiality.models import Job
from materiality.platform.anchors import anchored
from materiality.platform.audit import daily_anchor
from materiality.platform.people import Predicate, need, needs
from materiality.platform.refusals import NotAllowed

PER_PAGE = 50
# Ending of a file's name → type.
FILE_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
    "png": "image/png",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "svg": "image/svg+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


@contextmanager
def refusals(to: HttpRequest | forms.BaseForm | list[str], field: str | None = None) -> Iterator[None]:
    """What an action refuses inside is said above the next page (a request) or in the form (at the field), or put on a
    list of reasons.
    """
    try:
        yield
    except NotAllowed as refusal:
        if isinstance(to, HttpRequest):
            messages.error(to, refusal.reason)
        elif isinstance(to, list):
            to.append(refusal.reason)
        else:
            to.add_error(field, refusal.reason)


def sent(request: HttpRequest, form: forms.BaseForm, predicate: Predicate | None = None) -> bool:
    """Whether a valid form was sent; PermissionDenied where it was, by somebody whom the predicate does not allow."""
    if request.method != "POST":
        return False
    if predicate:
        need(request.user, predicate)
    return form.is_valid()


def uploaded(
    request: HttpRequest, form_class: type[forms.Form], too_large: str, field: str = "file", **options: Any
) -> forms.Form:
    """The form of an upload in this field; says so where the file is larger than this installation takes, or
    refused for another reason.
    """
    if request.method != "POST":
        return form_class(**options)
    form = form_class(request.POST, request.FILES, **options)  # reading FILES tells whether they are taken
    refused = getattr(request, "upload_refused", None)
    if refused is not None:
        form.errors[field] = form.error_class([refused or too_large])
    return form


def onward(request: HttpRequest, words: str, to: str, *args: object) -> HttpResponse:
    """On to the page of that name, above which stands that it is done."""
    messages.success(request, words)
    return redirect(to, *args)


def followed(job: Job, to: str = "") -> HttpResponse:
    """The job's page, which goes on to the address `to` once it is done, or without one to where its result is."""
    return redirect(f"{reverse('job', args=[job.pk])}?{urlencode({'next': to}) if to else 'follow'}")


def turned_away(request: HttpRequest, words: str, to: str, *args: object) -> HttpResponse:
    """Back to the page of that name, above which stands why."""
    messages.error(request, words)
    return redirect(to, *args)


def button(predicate: Predicate, back: str, done: str = "") -> Callable:
    """Decorate what a button does: POST only, for those whom the predicate allows.

    It acts and returns the words to say (may be none), or a response of its own. Afterwards, and where it is refused,
    comes the page `back`; `done` names another for afterwards. Both take as much of the own address as they need.
    """

    def decorate(view: Callable[..., HttpResponse | str | None]) -> Callable[..., HttpResponse]:
        @require_POST
        @needs(predicate)
        @wraps(view)
        def pressed(request: HttpRequest, **address: Any) -> HttpResponse:
            there = back
            with refusals(request):
                said = view(request, **address)
                if isinstance(said, HttpResponseBase):
                    return said
                if said:
                    messages.success(request, said)
                there = done or back
            return redirect(_beginning(there, list(address.values())))

        return pressed

    return decorate


def _beginning(name: str, address: list) -> str:
    """The address of a page which takes the first of these values, as many of them as it can."""
    for number in range(len(address), 0, -1):
        try:
            return reverse(name, args=address[:number])
        except NoReverseMatch:
            continue
    return reverse(name)


def download(contents: Any, name: str, content_type: str | None = None, *, private: bool = False) -> HttpResponseBase:
    """A file to be saved: bytes or text at once, an open file or pieces as a stream. `private`: no cache keeps it.

    It says its length, so that whoever gets a part of it can see that. Pieces are written aside first: the server would
    end them as if they were whole where making one fails.
    The type is that of the name's ending unless it is given. The day's anchor stands in a header, and in what is made
    here as far as files of its kind have room for one.
    """
    ending, anchor = name.rsplit(".", 1)[-1], daily_anchor()
    kind = content_type or FILE_TYPES[ending]
    if isinstance(contents, bytes):
        response = HttpResponse(anchored(contents, ending, anchor), kind)
    elif isinstance(contents, str):
        response = HttpResponse(contents, kind)
    else:
        response = _Saved(contents if hasattr(contents, "read") else _written_aside(contents), content_type=kind)
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["X-Audit-Anchor"] = anchor
    if private:
        response["Cache-Control"] = "no-store, private"
    return response


class _Saved(FileResponse):
    block_size = 65_536


def _written_aside(pieces: Iterable[bytes | str]) -> IO[bytes]:
    file = SpooledTemporaryFile(max_size=1_000_000)  # noqa: SIM115 – closed with the answer
    for piece in pieces:
        file.write(piece.encode() if isinstance(piece, str) else piece)
    file.seek(0)
    return file


class PackedPagesMiddleware(GZipMiddleware):
    """Packs pages, and no files: packed on their way they would lose their length."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        return response if response.streaming else super().process_response(request, response)


def stored(path: str) -> Any:
    """A stored file, open; the page "not found" where there is none (any more)."""
    if not path or not default_storage.exists(path):
        raise Http404
    return default_storage.open(path)
