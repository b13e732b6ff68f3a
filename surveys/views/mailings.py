"""Staff pages of mailings: compose, preview, try out, send, watch, pause, stop."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from materiality.platform.bilingual import spoken_language, tag_of
from materiality.platform.lists import Chip, Head, Listing, chosen_in
from materiality.platform.pages import button, refusals, sent
from materiality.platform.people import can_edit_cycle, can_see_responses, needs
from materiality.tables.lists import listed
from materiality.views.cycles import in_cycle
from surveys.actions.mailings import STEPS, send_test_mail, start_mailing, steer_mailing
from surveys.forms.invitations import MailingForm, first_texts
from surveys.invitations.links import public_address
from surveys.invitations.mail import PLACES, example_addressee, shown_words, texts_for
from surveys.models import Delivery, Mailing, Survey
from surveys.queries.mailings import audience, sent_of
from surveys.queries.plans import efforts_of
from surveys.views.surveys import survey_in_cycle


@needs(can_edit_cycle)
def new_mailing(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """Write a mail; look at it, send it to oneself, or start to send it, as the button says."""
    row = survey_in_cycle(code, survey)
    kind = request.GET.get("kind", "")
    kind = kind if kind in Mailing.Kind.values else Mailing.Kind.INVITATION
    form = MailingForm(
        request.POST or None, instance=Mailing(survey=row), initial={"kind": kind, **first_texts(kind, row.languages)}
    )
    if sent(request, form):
        with refusals(form):
            done = _acted(request, row, form)
            if done is not None:
                return done
    shown = form.cleaned_data.get("kind", kind) if form.is_bound else kind
    context = in_cycle(
        row.cycle,
        "invitations",
        survey=row,
        form=form,
        places=[f"{{{place}}}" for place in PLACES],
        number=len(audience(row, shown)),
        address=public_address(request),
        address_is_set=settings.PUBLIC_URL_IS_SET,
        previews=_previews(request, row, form) if form.is_bound and not form.errors else [],
    )
    return render(request, "surveys/new_mailing.html", context, status=422 if form.errors else 200)


def _acted(request: HttpRequest, survey: Survey, form: MailingForm) -> HttpResponse | None:
    go = request.POST.get("go", "preview")
    address = public_address(request)
    if go == "test":
        send_test_mail(survey=survey, texts=form.cleaned_data, address=address, by=request.user)
        messages.success(request, _("Sent to %(address)s in every language.") % {"address": request.user.email})
    if go != "start":
        return None
    mailing = start_mailing(survey=survey, values=form.cleaned_data, address=address, by=request.user)
    return redirect("mailing", survey.cycle.code, survey.code, mailing.pk)


def _previews(request: HttpRequest, survey: Survey, form: MailingForm) -> list[tuple[str, str, str]]:
    """(language, subject, body) for an example recipient."""
    address, efforts = public_address(request), efforts_of(survey)
    return [
        (language, *texts_for(form.instance, survey, example_addressee(survey, language, address), efforts))
        for language in map(tag_of, survey.languages)
    ]


@needs(can_see_responses)
def mailing(request: HttpRequest, code: str, survey: str, pk: int) -> HttpResponse:
    """How far a mailing is, and what could not be sent; the part that changes alone where htmx asks."""
    row = _mailing_of(code, survey, pk)
    listing = _problems(request, row)
    for told in (row, *listing.page):
        told.problem = shown_words(told.problem)
    context = in_cycle(
        row.survey.cycle,
        "invitations",
        survey=row.survey,
        mailing=row,
        subject=texts_for(row, row.survey, example_addressee(row.survey, spoken_language(), row.address), ())[0],
        sent=sent_of([row])[row.pk],
        is_sending=row.state == Mailing.State.SENDING,
        is_open=row.state in (Mailing.State.SENDING, Mailing.State.PAUSED),
        listing=listing,
        may_edit=can_edit_cycle(request.user),
        partial=request.htmx,
    )
    return listed(request, "surveys/mailing.html", context)


def _problems(request: HttpRequest, row: Mailing) -> Listing:
    """What was not sent as planned."""
    rows = row.deliveries.exclude(problem="").select_related("recipient").order_by("pk")
    if state := chosen_in(request.GET, "state", Delivery.State.values):
        rows = rows.filter(state=state)
    return Listing(
        request,
        rows,
        heads=[
            Head(_("Address"), "address", "recipient__email"),
            Head(_("State"), "state", "state"),
            Head(_("Tries"), "tries", "tries", "num", falling=True),
            Head(_("What happened"), said=lambda row: shown_words(row.problem)),
        ],
        chips=[Chip("state", _("State"), Delivery.State.choices, _("all"))],
        noun=ngettext_lazy("%(number)s mail", "%(number)s mails", "number"),
        place="not-sent",
        name=f"mailing-{row.pk}-not-sent",
    )


@button(can_edit_cycle, back="mailing")
def steer(request: HttpRequest, code: str, survey: str, pk: int, step: str) -> None:
    """Pause, resume or stop."""
    if step not in STEPS:
        raise Http404
    steer_mailing(mailing=_mailing_of(code, survey, pk), step=step, by=request.user)


def _mailing_of(code: str, survey: str, pk: int) -> Mailing:
    mailings = Mailing.objects.select_related("survey__cycle__edition", "created_by")
    return get_object_or_404(mailings, survey__cycle__code=code, survey__code=survey, pk=pk)
