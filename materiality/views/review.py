"""The page on which a committee decides issue by issue and signs, and its buttons."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from materiality.actions.review import (
    Choice,
    begin_review,
    decide,
    hand_back,
    reopen_review,
    sign_off,
    take_over_decisions,
)
from materiality.models import Cycle, Run
from materiality.platform.audit import anchor_now
from materiality.platform.digests import value_digest
from materiality.platform.pages import button, onward, refusals
from materiality.platform.people import can_edit_cycle, can_review, need
from materiality.platform.refusals import NotAllowed
from materiality.queries.cycles import run_behind, run_with_cube
from materiality.queries.review import (
    Reviewed,
    differences,
    issues_reviewed,
    snapshot,
    tiers_of,
)
from materiality.queries.scores import shows_certainty
from materiality.views.cycles import cycle_of, in_cycle

UNSURE = 0.8  # tiers less certain than this are looked at first


def review(request: HttpRequest, code: str) -> HttpResponse:
    """Tiers proposed and decided; POST stores what was decided on the rows of the page."""
    cycle = cycle_of(code)
    run = run_with_cube(cycle)
    typed, problems = {}, []
    if request.method == "POST":
        need(request.user, can_review)
        seen = run_with_cube(cycle, request.POST.get("run", ""))
        typed = _choices(request, seen)
        with refusals(problems):
            number = decide(run=_run(seen), choices=typed, by=request.user)
            said = ngettext("%(number)s decision is stored.", "%(number)s decisions are stored.", number)
            return onward(request, said % {"number": number}, "review", code)
    context = in_cycle(cycle, "review") | {"run": run, "problems": problems, "may_review": can_review(request.user)}
    if run is not None:
        context |= _shown(cycle, run, typed, may_edit=can_edit_cycle(request.user))
    return render(request, "materiality/review.html", context)


def _choices(request: HttpRequest, run: Run | None) -> dict[str, Choice]:
    """What was changed on the page, issue by issue; its proposed tier without a reason takes a decision back."""
    proposed = dict(run.scores.values_list("issue__code", "tier")) if run else {}
    found = {}
    for name, tier in request.POST.items():
        if name.startswith("tier-"):
            issue = name.removeprefix("tier-")
            reason = request.POST.get(f"reason-{issue}", "").strip()[:2000]
            seen = request.POST.get(f"seen-{issue}")
            if seen is None or seen != f"{tier} {reason}".strip():
                found[issue] = Choice("" if tier == proposed.get(issue) and not reason else tier, reason, seen)
    return found


def _shown(cycle: Cycle, run: Run, typed: dict[str, Choice], *, may_edit: bool) -> dict:
    rows = issues_reviewed(run)
    sign_offs = list(cycle.sign_offs.select_related("by", "run"))
    signed = max(sign_offs, key=lambda each: each.number, default=None)
    decided = any(row.decision for row in rows)
    return {
        "rows": [(row, *_now(row, typed.get(row.score.issue.code))) for row in rows],
        "tiers": tiers_of(run),
        "certainty": shows_certainty(run.statement),
        "unsure": UNSURE,
        "behind": run_behind(cycle),
        "may_begin": may_edit,
        "sha256": value_digest(snapshot(run, rows)),
        "anchor": anchor_now(),
        "signed": signed,
        "sign_offs": sign_offs,
        "differences": differences(signed, run) if signed else [],
        "differing": sum(row.differs for row in rows),
        "earlier": not decided and cycle.runs.filter(decisions__isnull=False).exists(),
    }


def _now(row: Reviewed, typed: Choice | None) -> tuple[str, str]:
    """Tier and reason as they were typed, else as they are stored."""
    if typed:
        return typed.tier or row.score.tier, typed.reason
    return row.tier, row.reason


def _run(run: Run | None) -> Run:
    if run is None:
        raise NotAllowed(_("There is no run to review yet. Compute scores first."))
    return run


@button(can_edit_cycle, back="review")
def review_begin(request: HttpRequest, code: str) -> str:
    """Put the newest run before the committee."""
    begin_review(cycle=cycle_of(code), by=request.user)
    return _("The review has begun. Weights, method and groups can no longer be changed.")


@button(can_review, back="review")
def review_back(request: HttpRequest, code: str) -> str:
    """Send the cycle back to those who prepared it."""
    hand_back(cycle=cycle_of(code), reason=request.POST.get("reason", ""), by=request.user)
    return _("The cycle is sent back. Its decisions are kept.")


@button(can_review, back="review")
def review_again(request: HttpRequest, code: str) -> str:
    """Take up the review of a cycle that was signed."""
    reopen_review(cycle=cycle_of(code), reason=request.POST.get("reason", ""), by=request.user)
    return _("The review is open again. What was signed stays as it is.")


@button(can_review, back="review")
def decisions_over(request: HttpRequest, code: str) -> str:
    """Decide as on the run before."""
    number = take_over_decisions(run=_run(run_with_cube(cycle_of(code))), by=request.user)
    said = ngettext("%(number)s decision is taken over.", "%(number)s decisions are taken over.", number)
    return said % {"number": number}


@button(can_review, back="review")
def review_sign(request: HttpRequest, code: str) -> str:
    """Sign what the page showed."""
    run, posted = _run(run_with_cube(cycle_of(code))), request.POST
    sign_off(run=run, sha256=posted.get("sha256", ""), note=posted.get("note", ""), by=request.user)
    return _("Signed off. The snapshot and its hash stand below.")
