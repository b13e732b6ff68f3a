"""Pages of assessment cycles: list, new, one cycle, closing."""

from copy import copy
from functools import cache

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from materiality.actions.cycles import choose_scope, close_cycle, confirm_step, edit_cycle, open_cycle, set_sample
from materiality.forms.cycles import CycleDetailsForm, NewCycleForm
from materiality.models import Cycle
from materiality.platform.bilingual import default_languages, interface_language
from materiality.platform.hooks import CHOOSE_SCOPE, cycle_figures, objections, step_named
from materiality.platform.lists import Chip, Head, Listing
from materiality.platform.pages import button, onward, refusals, sent
from materiality.platform.people import can_edit_cycle, need, needs
from materiality.platform.words import say_names
from materiality.queries.cycles import (
    BEFORE_REVIEW,
    FIELDWORK,
    UNDER_WAY,
    edition_in_force,
    edition_scope,
    frame_of,
    free_cycle_code,
    listed_cycles,
    publication_day,
    scope_choices,
    seen_cycles,
)
from materiality.queries.frameworks import newer_standards
from materiality.tables.lists import listed


def cycle_of(code: str, *more: str) -> Cycle:
    """The cycle with its edition, and `more` that is of it; the page "not found" where there is none. Names that its
    method gives are said from now on.
    """
    cycle = get_object_or_404(_with_figures(*more), code=code)
    say_names(cycle.method)
    return cycle


@cache
def _with_figures(*more: str) -> QuerySet[Cycle]:
    """Put together once: that takes longer than the query."""
    return Cycle.objects.select_related("edition", *more).annotate(**cycle_figures())


def in_cycle(cycle: Cycle, step: str, **more: object) -> dict:
    """What every page of a cycle's step hands to its template."""
    return {"cycle": cycle, "step": step, "section": "cycles", **more}


MOST_CHOICES = 8
_HEADS = (
    Head(gettext_lazy("Cycle"), "title", "code", said="title"),
    Head(gettext_lazy("State"), "state", "state"),
    Head(gettext_lazy("Period"), "period", "period_end", said=lambda row: f"{row.period_start} – {row.period_end}"),
    Head(gettext_lazy("Edition"), "edition", "edition__code", said="edition.title"),
    Head("GRI", "gri", "gri_edition"),
    Head(gettext_lazy("Groups"), "groups", "group_number", "num"),
    Head(gettext_lazy("Last run"), "run", "last_run", "num"),
    Head(""),
)


def cycles(request: HttpRequest) -> HttpResponse:
    """All cycles, newest period first; `?state=` filters. For the menu in the head: those under way."""
    if request.htmx:
        under_way = Cycle.objects.exclude(sample=Cycle.Sample.ASIDE).filter(state__in=UNDER_WAY)[:MOST_CHOICES]
        links = [(reverse("cycle", args=[each.code]), each.title) for each in under_way]
        every = (reverse("cycles"), _("All cycles"))
        return HttpResponse(format_html_join("\n", '<li><a href="{}">{}</a></li>', [*links, every]))
    found, aside = seen_cycles(request.user, listed_cycles(request.GET.get("state", ""))), "aside" in request.GET
    context = {
        "section": "cycles",
        "listing": Listing(
            request,
            found.filter(sample=Cycle.Sample.ASIDE) if aside else found.exclude(sample=Cycle.Sample.ASIDE),
            heads=_HEADS,
            chips=[
                Chip("state", _("State"), Cycle.State.choices, _("all")),
                Chip("aside", "", [("1", _("Put aside"))], _("all")),
            ],
            noun=ngettext_lazy("%(shown)s cycle", "%(shown)s cycles", "number"),
            name="cycles",
        ),
        "may_edit": can_edit_cycle(request.user),
    }
    return listed(request, "materiality/cycles.html", context)


@needs(can_edit_cycle)
def new_cycle(request: HttpRequest) -> HttpResponse:
    """Open a cycle on the edition in force."""
    edition = edition_in_force()
    languages = edition.languages if edition else default_languages()
    form = NewCycleForm(request.POST or None, instance=Cycle(languages=languages), initial=_suggestions(languages))
    if sent(request, form):
        with refusals(form):
            cycle = open_cycle(**form.cleaned_data, by=request.user)
            said = _("The cycle is created. Look through its groups and method next.")
            return onward(request, said, "cycle", cycle.code)
    return render(request, "materiality/form.html", _new_page(form))


def _new_page(form: NewCycleForm) -> dict:
    edition = edition_in_force()
    context = {"section": "cycles", "heading": _("New cycle")}
    if edition is None:
        lead = _("A cycle needs an edition of the issue library that is in force, and there is none yet.")
        return context | {"lead": lead, "button": _("Open the library"), "cancel": reverse("library")}
    lead = _(
        "It covers “%(title)s” (%(issues)s) and starts from the groups of the organisation and the default method. Both"
        " can be changed afterwards."
    ) % {"issues": edition_scope(edition), "title": edition.title}
    texts = {"lead": lead, "button": _("Create the cycle"), "cancel": reverse("cycles")}
    return context | texts | {"form": form, "guarded": True}


def cycle(request: HttpRequest, code: str) -> HttpResponse:
    """Where the cycle stands and what to do next; its details can be changed here."""
    cycle = cycle_of(code)
    form = CycleDetailsForm(request.POST or None, instance=copy(cycle))
    if sent(request, form, can_edit_cycle):
        with refusals(form):
            edit_cycle(cycle=cycle, **form.cleaned_data, by=request.user)
            return onward(request, _("Saved."), "cycle", code)
    may_edit = can_edit_cycle(request.user)
    published_on, is_assumed = publication_day(cycle)
    context = in_cycle(cycle, "overview") | {
        "published_on": published_on,
        "is_assumed": is_assumed,
        "form": form,
        "scope": edition_scope(cycle.edition, cycle.left_out),
        "warnings": newer_standards(cycle.edition, published_on),
        "may_edit": may_edit and cycle.state in BEFORE_REVIEW,
        "may_close": may_edit and cycle.state in FIELDWORK,
    }
    return render(request, "materiality/cycle.html", context)


@button(can_edit_cycle, back="cycle")
def close(request: HttpRequest, code: str) -> str:
    """Close the cycle, or say what stands against it."""
    close_cycle(cycle=cycle_of(code), by=request.user)
    return _("The cycle is closed. Scores and files can still be created.")


def scope(request: HttpRequest, code: str) -> HttpResponse:
    """The issues that the cycle covers, by category; a POST chooses them."""
    cycle = cycle_of(code)
    if request.method == "POST":
        need(request.user, can_edit_cycle)
        with refusals(request):
            choose_scope(cycle=cycle, issues=request.POST.getlist("issue"), by=request.user)
            return onward(request, _("The scope is saved."), "scope", code)
        return redirect("scope", code)
    context = in_cycle(cycle, "scope", categories=scope_choices(cycle))
    chosen = [issue.in_scope for _category, issues in context["categories"] for issue in issues if issue.is_leaf]
    context |= {"shown": sum(chosen), "whole": len(chosen)}
    context["fixed"] = objections(CHOOSE_SCOPE, cycle)
    context["may_edit"] = can_edit_cycle(request.user) and cycle.state in FIELDWORK and not context["fixed"]
    return render(request, "materiality/scope.html", context)


@button(can_edit_cycle, back="start")
def sample(request: HttpRequest, code: str) -> HttpResponse:
    """Put the sample aside, or bring it back."""
    shown = "show" in request.POST
    set_sample(cycle=cycle_of(code), shown=shown, by=request.user)
    aside = _("The sample is put aside. The list of cycles brings it back.")
    messages.success(request, _("The sample is back.") if shown else aside)
    return redirect("start")


@button(can_edit_cycle, back="cycle")
def step_confirm(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Vouch for a step, and on to the next one."""
    step = step_named(key)
    if step is None or step.rests_on is None:
        raise Http404
    cycle = cycle_of(code)
    confirm_step(cycle=cycle, step=step, by=request.user)
    following = frame_of(cycle, key, "", request.path, lambda _right: True).after
    said = _("“%(step)s” is confirmed.") % {"step": step.label}
    messages.success(request, said)
    return redirect(following.address if following and following.address else reverse("cycle", args=[code]))


def _suggestions(languages: list[str]) -> dict:
    today = timezone.localdate()
    title = {}
    for language in languages:
        with translation.override(interface_language(language)):
            title[language] = _("%(year)s annual assessment") % {"year": today.year}
    return {
        "code": free_cycle_code(today),
        "title": title,
        "period_start": today.replace(month=1, day=1),
        "period_end": today.replace(month=12, day=31),
        "gri_edition": Cycle.GriEdition.GRI_2021,
    }
