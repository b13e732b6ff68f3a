"""Pages of invitations: the open link with its QR code, batches, recipients."""

import json
from collections import Counter
from collections.abc import Iterator
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from materiality.forms.tables import SheetUploadForm
from materiality.platform.bilingual import language_name
from materiality.platform.lists import Chip, Head, Listing, choices_of, chosen_in
from materiality.platform.pages import button, download, followed, onward, refusals, sent, uploaded
from materiality.platform.people import can_edit_cycle, can_see_responses, needs
from materiality.platform.refusals import NotAllowed
from materiality.tables.lists import listed
from materiality.tables.write import TYPES, table_bytes
from materiality.views.cycles import in_cycle
from surveys.actions.invitations import (
    add_recipients,
    create_batch,
    erase_recipient,
    import_bounces,
    list_read,
    purge_recipients,
    request_list,
    void_batch,
)
from surveys.forms.invitations import BatchForm, BouncesForm, VoidForm
from surveys.invitations.links import (
    QR_TYPES,
    ROWS_PER_PART,
    csv_pieces,
    file_stem,
    link_start,
    poster_pdf,
    public_address,
    qr_bytes,
    secret_of,
    streamed_zip,
    zip_pieces,
)
from surveys.invitations.mail import addresses_in, shown_words
from surveys.invitations.recipients import (
    COLUMNS,
    ReadRecipients,
    drop_list,
    unwanted_of,
)
from surveys.invitations.used_links import is_used, used_counts
from surveys.models import Batch, Mailing, Recipient, Survey
from surveys.queries.invitations import answered_in, links_used, listed_batches, listed_recipients, recipient_counts
from surveys.queries.mailings import listed_mailings
from surveys.queries.plans import efforts_of
from surveys.queries.responses import stored_about
from surveys.questionnaire.tokens import tokens_of
from surveys.views.surveys import survey_in_cycle

# Codes are drawn one by one, about 50 (PNG) to 170 (SVG) a second.
MOST_CODES = 5_000
_FILES = {"csv": csv_pieces, "zip": zip_pieces}


@needs(can_edit_cycle)
def new_batch(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    row = survey_in_cycle(code, survey)
    form = BatchForm(request.POST or None, survey=row)
    if sent(request, form):
        with refusals(form):
            made = create_batch(survey=row, by=request.user, **form.cleaned_data)
            return onward(request, _("The links are created. Download them below."), "batch", code, survey, made.pk)
    lead = _(
        "A batch is for one group. Its links are made from a secret and stored nowhere; which of them are used is"
        " known, not when or by whom."
    )
    texts = {"heading": _("New personal links"), "lead": lead, "button": _("Create the links")}
    cancel = reverse("invitations", args=[code, survey])
    context = in_cycle(row.cycle, "invitations", survey=row, form=form, cancel=cancel, **texts)
    return render(request, "materiality/form.html", context, status=422 if form.errors else 200)


@needs(can_edit_cycle)
def batch(request: HttpRequest, code: str, survey: str, pk: int, form: VoidForm | None = None) -> HttpResponse:
    """One batch: its size, how many links are used, files of the links, and making them void."""
    row = _batch_of(code, survey, pk)
    context = in_cycle(
        row.survey.cycle,
        "invitations",
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
    return download(_FILES[kind](row, public_address(request)), f"{file_stem(row)}.{kind}", private=True)


@needs(can_edit_cycle)
def batch_codes(request: HttpRequest, code: str, survey: str, pk: int, kind: str) -> HttpResponse:
    """A QR code per link, `svg` or `png`, in a ZIP, streamed."""
    row = _batch_of(code, survey, pk)
    if kind not in ("svg", "png") or row.size > MOST_CODES or row.channel == Batch.Channel.MAIL:
        raise Http404
    start, secret = link_start(row.survey.code, public_address(request)), secret_of(row.salt)

    def members() -> Iterator[tuple[str, Iterator[bytes]]]:
        for serial, token in enumerate(tokens_of(secret, row.pk, 0, row.size)):
            yield f"{file_stem(row)}-{serial:05}.{kind}", iter([qr_bytes(f"{start}{token}/", kind, quick=True)])

    return download(streamed_zip(members()), f"{file_stem(row)}-{kind}.zip", private=True)


@needs(can_edit_cycle)
def batch_void(request: HttpRequest, code: str, survey: str, pk: int) -> HttpResponse:
    """Make all links of the batch void."""
    row = _batch_of(code, survey, pk)
    form = VoidForm(request.POST)
    if request.method != "POST":
        return redirect("batch", code, survey, pk)
    if not form.is_valid():
        return batch(request, code, survey, pk, form)
    void_batch(batch=row, by=request.user, reason=form.cleaned_data["reason"])
    said = _("All links handed out so far are void. New ones can be downloaded.")
    return onward(request, said, "batch", code, survey, pk)


def _batch_of(code: str, survey: str, pk: int) -> Batch:
    batches = Batch.objects.select_related("survey__cycle__edition", "group", "created_by")
    return get_object_or_404(batches, survey__cycle__code=code, survey__code=survey, pk=pk)


_BATCH_HEADS = (
    Head(gettext_lazy("Batch"), "batch", "batch.pk", falling=True),
    Head(gettext_lazy("Group"), "group", "batch.group.order", said="batch.group.name"),
    Head(gettext_lazy("Label"), "label", "batch.label"),
    Head(gettext_lazy("Links"), "links", "batch.size", "num", falling=True),
    Head(gettext_lazy("Used"), "used", "used", "num", falling=True),
    Head(gettext_lazy("Created"), "made", "batch.created_at", falling=True),
)
_MAILING_HEADS = (
    Head(
        gettext_lazy("Mailing"),
        "mailing",
        "mailing.pk",
        falling=True,
        said=lambda row: f"{row.mailing.get_kind_display()} {row.mailing.pk}",
    ),
    Head(gettext_lazy("State"), "state", "mailing.state"),
    Head(gettext_lazy("Sent"), "sent", "sent.sent", "num", falling=True),
    Head(gettext_lazy("Waiting"), "waiting", "sent.waiting", "num", falling=True),
    Head(gettext_lazy("Failed"), "failed", "sent.failed", "num", falling=True),
    Head(gettext_lazy("Left out"), "left", "sent.left_out", "num", falling=True),
    Head(gettext_lazy("Begun"), "begun", "mailing.created_at", falling=True),
)


def invitations(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """All ways by which people reach the survey."""
    row = survey_in_cycle(code, survey)
    used, answered = links_used(row)
    context = in_cycle(
        row.cycle,
        "invitations",
        survey=row,
        address="" if row.elsewhere else open_address(request, row),
        batches=_batches(request, row, used),
        recipients=recipient_counts(row),
        answered=answered,
        mailings=_mailings(request, row),
        may_edit=can_edit_cycle(request.user),
        may_see=can_see_responses(request.user),
    )
    return listed(request, "surveys/invitations.html", context, context["batches"], context["mailings"])


def _batches(request: HttpRequest, survey: Survey, used: dict[int, int]) -> Listing:
    return Listing(
        request,
        listed_batches(survey, used, group=request.GET.get("group", "")),
        heads=_BATCH_HEADS,
        chips=[Chip("group", _("Group"), choices_of(survey.cycle.groups.all()), _("all"))],
        noun=ngettext_lazy("%(shown)s batch", "%(shown)s batches", "number"),
        place="batches",
        name=f"{survey.code}-batches",
    )


def _mailings(request: HttpRequest, survey: Survey) -> Listing:
    choices = {"kind": Mailing.Kind, "state": Mailing.State}
    return Listing(
        request,
        listed_mailings(survey, **{name: chosen_in(request.GET, name, of.values) for name, of in choices.items()}),
        heads=_MAILING_HEADS,
        chips=[
            Chip("kind", _("Kind"), Mailing.Kind.choices, _("all")),
            Chip("state", _("State"), Mailing.State.choices, _("all")),
        ],
        noun=ngettext_lazy("%(shown)s mailing", "%(shown)s mailings", "number"),
        place="mailings",
        name=f"{survey.code}-mailings",
    )


def qr_code(request: HttpRequest, code: str, survey: str, kind: str) -> HttpResponse:
    """The open link as a QR code, `svg` or `png`; with `?download=1` as a file."""
    row = survey_in_cycle(code, survey)
    if kind not in QR_TYPES:
        raise Http404
    headers = {"Cache-Control": "private, max-age=300"}
    if "download" in request.GET:
        headers["Content-Disposition"] = f'attachment; filename="{row.code}-qr.{kind}"'
    return HttpResponse(qr_bytes(open_address(request, row), kind), content_type=QR_TYPES[kind], headers=headers)


def poster(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """The printable sheet of the open link as PDF."""
    row = survey_in_cycle(code, survey)
    headers = {"Content-Disposition": f'inline; filename="{row.code}-sheet.pdf"'}
    pdf = poster_pdf(row, efforts_of(row), open_address(request, row))
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


def open_address(request: HttpRequest, survey: Survey) -> str:
    """The address at which everybody can answer; Http404 where the survey has none, being answered elsewhere."""
    if survey.elsewhere:
        raise Http404
    return f"{public_address(request)}{reverse('respond', args=[survey.code])}"


LISTED = 100


@needs(can_edit_cycle)
def add_list(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """Upload a list, which a worker reads; nothing is stored before what it holds is confirmed."""
    row = survey_in_cycle(code, survey)
    form = uploaded(request, SheetUploadForm, _("The file is too large."))
    if sent(request, form):
        job = request_list(survey=row, contents=form.cleaned_data["file"].read(), by=request.user)
        return followed(job)
    context = in_cycle(row.cycle, "invitations", survey=row, form=form, columns=COLUMNS)
    return render(request, "surveys/new_recipients.html", context, status=422 if form.errors else 200)


@needs(can_edit_cycle)
def confirm_list(request: HttpRequest, code: str, survey: str, key: UUID) -> HttpResponse:
    """What a list holds; a POST stores its recipients."""
    row = survey_in_cycle(code, survey)
    with refusals(request):
        found = list_read(row, str(key))
        if request.method == "POST":
            add_recipients(survey=row, rows=found.rows, by=request.user)
            drop_list(str(key))
            said = _("The recipients are stored. Nobody has been written to yet.")
            return onward(request, said, "recipients", code, survey)
        shown = _preview(row, found)
        context = in_cycle(row.cycle, "invitations", survey=row, form=SheetUploadForm(), columns=COLUMNS, **shown)
        return render(request, "surveys/new_recipients.html", context, status=200 if context["counts"] else 422)
    return redirect("new_recipients", code, survey)


@needs(can_edit_cycle)
def list_template(request: HttpRequest, code: str, survey: str, kind: str) -> HttpResponse:
    """An empty list with its columns."""
    row = survey_in_cycle(code, survey)
    if kind not in TYPES:
        raise Http404
    return download(table_bytes(kind, "recipients", COLUMNS, []), f"{row.code}-recipients.{kind}")


def _preview(survey: Survey, found: ReadRecipients) -> dict:
    """`counts` (group, recipients) of a list that can be stored; none of any other."""
    if found.problem or found.bad or not found.rows:
        return {"found": found, "bad": found.bad[:LISTED], "counts": []}
    names = {group.code: group.name for group in survey.cycle.groups.all()}
    return {
        "found": found,
        "counts": [
            (names.get(code, code), number) for code, number in Counter(row.group for row in found.rows).items()
        ],
        "languages": dict(Counter(row.language for row in found.rows)),
        "unwanted": len(unwanted_of([row.email for row in found.rows])),
    }


FILTERS = ("group", "state", "answered")
_RECIPIENT_HEADS = (
    Head(gettext_lazy("Address"), "email", "email"),
    Head(gettext_lazy("Name"), "name", "name"),
    Head(gettext_lazy("Group"), "group", "group__order", said="group.name"),
    Head(gettext_lazy("Language"), "language", "language", said=lambda row: language_name(row.language)),
    Head(gettext_lazy("State"), "state", "state"),
)


@needs(can_see_responses)
def recipients(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """Who is invited by mail, by group, state, and whether they have answered."""
    row = survey_in_cycle(code, survey)
    wanted = {name: request.GET.get(name, "") for name in FILTERS}
    has_answered = answered_in(row)
    listing = Listing(
        request,
        listed_recipients(row, **wanted),
        heads=[*_RECIPIENT_HEADS, Head(_("Answered"), said=has_answered)],
        chips=[
            Chip("group", _("Group"), choices_of(row.cycle.groups.all()), _("all")),
            Chip("state", _("State"), Recipient.State.choices, _("all")),
            Chip("answered", _("Answered"), [("yes", _("yes")), ("no", _("no"))], _("all")),
        ],
        noun=ngettext_lazy("%(shown)s recipient", "%(shown)s recipients", "number"),
        name=f"{row.code}-recipients",
    )
    listing.rows = [(each, has_answered(each)) for each in listing.page]
    shown = {"survey": row, "listing": listing, "counts": recipient_counts(row)}
    context = in_cycle(row.cycle, "invitations", may_edit=can_edit_cycle(request.user), **shown)
    return listed(request, "surveys/recipients.html", context)


@needs(can_see_responses)
def recipient(request: HttpRequest, code: str, survey: str, pk: int) -> HttpResponse:
    """What is stored about one recipient."""
    row = _recipient_of(code, survey, pk)
    row.note, deliveries = shown_words(row.note), list(row.deliveries.select_related("mailing").order_by("-pk")[:50])
    for told in deliveries:
        told.problem = shown_words(told.problem)
    context = in_cycle(
        row.survey.cycle,
        "invitations",
        survey=row.survey,
        recipient=row,
        answered=is_used(row.batch_id, row.serial),
        deliveries=deliveries,
        may_edit=can_edit_cycle(request.user),
    )
    return render(request, "surveys/recipient.html", context)


@needs(can_see_responses)
def recipient_file(request: HttpRequest, code: str, survey: str, pk: int) -> HttpResponse:
    """Everything that is stored about one recipient, as JSON."""
    text = json.dumps(stored_about(_recipient_of(code, survey, pk)), ensure_ascii=False, indent=2)
    return download(text, f"{survey}-recipient-{pk}.json", "application/json; charset=utf-8", private=True)


@button(can_edit_cycle, back="recipient", done="recipients")
def recipient_erase(request: HttpRequest, code: str, survey: str, pk: int) -> str:
    """Erase one recipient, once the box that confirms it is ticked."""
    row = _recipient_of(code, survey, pk)
    if "sure" not in request.POST:
        raise NotAllowed(_("Tick the box: it cannot be undone."))
    erased = erase_recipient(recipient=row, by=request.user)
    return _("Recipient and answers are erased.") if erased else _("The recipient is erased; no answers were found.")


@needs(can_edit_cycle)
def bounces(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """Take in a list of addresses that do not work."""
    row = survey_in_cycle(code, survey)
    form = uploaded(request, BouncesForm, _("The file is too large."))
    if sent(request, form):
        marked, strangers = import_bounces(survey=row, addresses=addresses_in(form.pasted()), by=request.user)
        said = ngettext("%(n)s address gets no more mail.", "%(n)s addresses get no more mail.", marked) % {"n": marked}
        if strangers:
            said += " " + _("%(n)s are not recipients of this survey.") % {"n": strangers}
        return onward(request, said, "recipients", code, survey)
    lead = _("Addresses that your mail provider reports as not working get no more mail of this survey.")
    texts = {"title": _("Bounces"), "heading": _("Import a list of bounces"), "lead": lead, "back": _("Recipients")}
    texts |= {"button": _("Mark these addresses"), "cancel": reverse("recipients", args=[code, survey])}
    context = in_cycle(row.cycle, "invitations", survey=row, form=form, **texts)
    return render(request, "materiality/form.html", context, status=422 if form.errors else 200)


@button(can_edit_cycle, back="recipients")
def recipients_purge(request: HttpRequest, code: str, survey: str) -> str:
    """Delete all recipients of a closed survey, once the box that confirms it is ticked."""
    if "sure" not in request.POST:
        raise NotAllowed(_("Tick the box: it cannot be undone."))
    number = purge_recipients(survey=survey_in_cycle(code, survey), by=request.user)
    said = ngettext("%(n)s recipient is deleted.", "%(n)s recipients are deleted.", number) % {"n": number}
    return said


def _recipient_of(code: str, survey: str, pk: int) -> Recipient:
    rows = Recipient.objects.select_related("survey__cycle__edition", "group", "batch")
    return get_object_or_404(rows, survey__cycle__code=code, survey__code=survey, pk=pk)
