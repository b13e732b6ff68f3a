"""Staff pages of batches of personal links: made, exported, made void."""

from collections.abc import Iterator

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from materiality.permissions import can_edit_cycle, needs
from materiality.refusals import NotAllowed
from surveys.actions.create_batch import create_batch
from surveys.actions.void_batch import void_batch
from surveys.forms.invitations import BatchForm, VoidForm
from surveys.link_files import ROWS_PER_PART, csv_pieces, file_stem, link_start, streamed_zip, zip_pieces
from surveys.models import Batch
from surveys.qr import qr_bytes
from surveys.questionnaire.tokens import tokens_of
from surveys.used_links import used_counts
from surveys.views.link_address import public_address
from surveys.views.survey_of import in_cycle, survey_of

# Codes are drawn one by one, about 50 (PNG) to 170 (SVG) a second.
MOST_CODES = 5_000
_FILES = {"csv": (csv_pieces, "text/csv; charset=utf-8"), "zip": (zip_pieces, "application/zip")}


@needs(can_edit_cycle)
def new_batch(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """Make a batch."""
    row = survey_of(code, survey)
    form = BatchForm(request.POST or None, survey=row)
    if request.method == "POST" and form.is_valid():
        try:
            made = create_batch(survey=row, by=request.user, **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("The links are made. Download them below."))
            return redirect("batch", code, survey, made.pk)
    lead = _(
        "A batch is for one group. Its links are made from a secret and stored nowhere; which of them are used is"
        " known, not when or by whom."
    )
    texts = {"heading": _("Make personal links"), "lead": lead, "button": _("Make the links")}
    cancel = reverse("invitations", args=[code, survey])
    context = in_cycle(row.cycle, "survey", survey=row, here="invitations", form=form, cancel=cancel, **texts)
    return render(request, "surveys/form.html", context, status=422 if form.errors else 200)


@needs(can_edit_cycle)
def batch(request: HttpRequest, code: str, survey: str, pk: int, form: VoidForm | None = None) -> HttpResponse:
    """One batch: its size, how many links are used, files of the links, and making them void."""
    row = _batch_of(code, survey, pk)
    context = in_cycle(
        row.survey.cycle,
        "survey",
        survey=row.survey,
        batch=row,
        used=used_counts([row.pk]).get(row.pk, 0),
        is_mail=row.channel == Batch.Channel.MAIL,
        parts=-(-row.size // ROWS_PER_PART),
        per_part=ROWS_PER_PART,
        codes=row.size <= MOST_CODES,
        most_codes=MOST_CODES,
        form=form or VoidForm(),
    )
    return render(request, "surveys/batch.html", context, status=422 if form else 200)


@needs(can_edit_cycle)
def batch_links(request: HttpRequest, code: str, survey: str, pk: int, kind: str) -> HttpResponse:
    """The links as CSV or as CSV parts in a ZIP, streamed."""
    row = _batch_of(code, survey, pk)
    if kind not in _FILES or row.channel == Batch.Channel.MAIL:
        raise Http404
    write, content_type = _FILES[kind]
    return _file(write(row, public_address(request)), f"{file_stem(row)}.{kind}", content_type)


@needs(can_edit_cycle)
def batch_codes(request: HttpRequest, code: str, survey: str, pk: int, kind: str) -> HttpResponse:
    """A QR code per link, `svg` or `png`, in a ZIP, streamed."""
    row = _batch_of(code, survey, pk)
    if kind not in ("svg", "png") or row.size > MOST_CODES or row.channel == Batch.Channel.MAIL:
        raise Http404
    start = link_start(row.survey.code, public_address(request))

    def members() -> Iterator[tuple[str, Iterator[bytes]]]:
        for serial, token in enumerate(tokens_of(bytes(row.secret), row.pk, 0, row.size)):
            yield f"{file_stem(row)}-{serial:05}.{kind}", iter([qr_bytes(f"{start}{token}/", kind, quick=True)])

    return _file(streamed_zip(members()), f"{file_stem(row)}-{kind}.zip", "application/zip")


@needs(can_edit_cycle)
def void(request: HttpRequest, code: str, survey: str, pk: int) -> HttpResponse:
    """Make all links of the batch void."""
    row = _batch_of(code, survey, pk)
    form = VoidForm(request.POST)
    if request.method != "POST":
        return redirect("batch", code, survey, pk)
    if not form.is_valid():
        return batch(request, code, survey, pk, form)
    void_batch(batch=row, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, _("All links handed out so far are void. New ones can be downloaded."))
    return redirect("batch", code, survey, pk)


def _batch_of(code: str, survey: str, pk: int) -> Batch:
    batches = Batch.objects.select_related("survey__cycle__edition", "group", "created_by")
    return get_object_or_404(batches, survey__cycle__code=code, survey__code=survey, pk=pk)


def _file(pieces: Iterator[bytes], name: str, content_type: str) -> StreamingHttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store, private"}
    return StreamingHttpResponse(pieces, content_type=content_type, headers=headers)
