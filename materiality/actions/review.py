"""The review of a cycle: begin, decide issue by issue, take decisions over, hand back, sign off, open again."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from materiality.models import Cycle, Decision, Run, SignOff, User
from materiality.platform import audit
from materiality.platform.audit import anchor_now
from materiality.platform.digests import value_digest
from materiality.platform.refusals import NotAllowed
from materiality.platform.words import word_for
from materiality.queries.cycles import run_behind
from materiality.queries.review import Reviewed, reviewed, snapshot, tiers_of


@dataclass(frozen=True)
class Choice:
    """What a committee makes of an issue; an empty tier takes the decision back. `seen`: tier and reason, with a space
    between, that stood there when it was made; None where nobody knows.
    """

    tier: str
    reason: str
    seen: str | None = None


@transaction.atomic
def begin_review(*, cycle: Cycle, by: User | None) -> Cycle:
    """Move a closed cycle to `in_review`. NotAllowed without a run, or where responses have come since it."""
    stored = _locked(cycle, Cycle.State.CLOSED)
    _newest(stored)
    return _moved("begin_review", stored, Cycle.State.IN_REVIEW, by)


@transaction.atomic
def hand_back(*, cycle: Cycle, reason: str, by: User | None) -> Cycle:
    """Give a cycle under review back to those who prepared it. NotAllowed without a reason."""
    stored = _locked(cycle, Cycle.State.IN_REVIEW)
    return _moved("hand_back", stored, Cycle.State.CLOSED, by, _needed(reason))


@transaction.atomic
def reopen_review(*, cycle: Cycle, reason: str, by: User | None) -> Cycle:
    """Take up the review of a cycle that was signed off; the signature stays. NotAllowed without a reason."""
    stored = _locked(cycle, Cycle.State.SIGNED_OFF)
    return _moved("reopen_review", stored, Cycle.State.IN_REVIEW, by, _needed(reason))


@transaction.atomic
def decide(*, run: Run, choices: Mapping[str, Choice], by: User | None) -> int:
    """Store what was decided on these issues (codes); returns how many decisions changed.

    NotAllowed, with all that is wrong, while the cycle is not under review, for a run that is not the newest or that
    has not counted all responses, an issue or tier that it does not know, a decision without a reason, or one that
    another person has made since this one was seen.
    """
    cycle = _locked(run.cycle, Cycle.State.IN_REVIEW)
    if _newest(cycle).pk != run.pk:
        raise NotAllowed(_("Run %(number)s is not the newest. Decide on the newest run.") % {"number": run.number})
    scores = run.scores.filter(level=None).select_related("issue")
    rows = {row.score.issue.code: row for row in reviewed(run, scores)}
    if reasons := [text for code, choice in choices.items() if (text := _refused(run, code, choice, rows.get(code)))]:
        raise NotAllowed(" ".join(reasons))
    changes = [code for code, choice in choices.items() if _store(run, rows[code].score.issue_id, choice, by, code)]
    return len(changes)


def _refused(run: Run, code: str, choice: Choice, row: Reviewed | None) -> str:
    if row is None:
        return _("The run has no issue %(code)s that can be decided on.") % {"code": code}
    if choice.tier and choice.tier not in tiers_of(run):
        tiers = ", ".join(word_for("tier", tier) for tier in tiers_of(run))
        return _("%(code)s: the rule of the run knows these tiers only: %(tiers)s.") % {"code": code, "tiers": tiers}
    if choice.tier and not choice.reason.strip():
        return _("%(code)s: give the reason of the decision.") % {"code": code}
    if choice.seen not in (None, row.standing):
        said = {"code": code, "tier": word_for("tier", row.tier), "reason": row.reason or "–"}
        return _("%(code)s: meanwhile it is %(tier)s (%(reason)s). Store again to replace that.") % said
    return ""


def _store(run: Run, issue: int, choice: Choice, by: User | None, code: str) -> bool:
    """Whether the decision on the issue changed; each change is an event of its own."""
    before = Decision.objects.filter(run=run, issue=issue).first()
    was = {"issue": code, "tier": before.tier, "reason": before.reason} if before else {}
    now = {"issue": code, "tier": choice.tier, "reason": choice.reason.strip()} if choice.tier else {}
    if was == now:
        return False
    if now:
        values = {"tier": now["tier"], "reason": now["reason"], "by": by}
        Decision.objects.update_or_create(run=run, issue_id=issue, defaults=values)
    else:
        before.delete()
    audit.record("decide_issue", run, by=by, before=was, after=now or {"issue": code}, reason=now.get("reason", ""))
    return True


@transaction.atomic
def take_over_decisions(*, run: Run, by: User | None) -> int:
    """Decide on the newest run as on the one before it that had decisions, where the issues are the same."""
    earlier = Run.objects.filter(cycle=run.cycle, number__lt=run.number, decisions__isnull=False).order_by("-number")
    before = earlier.first()
    if before is None:
        raise NotAllowed(_("No earlier run of this cycle has decisions."))
    known, own = set(run.scores.values_list("issue__code", flat=True)), tiers_of(run)
    rows = before.decisions.select_related("issue")
    chosen = {row.issue.code: Choice(row.tier, row.reason) for row in rows if row.tier in own}
    return decide(run=run, choices={code: each for code, each in chosen.items() if code in known}, by=by)


@transaction.atomic
def sign_off(*, run: Run, sha256: str, note: str = "", by: User | None) -> SignOff:
    """Sign exactly the snapshot with this hash, and move the cycle to `signed_off`.

    NotAllowed where the snapshot is another by now, the run is not the newest, or responses have come since it.
    """
    cycle = _locked(run.cycle, Cycle.State.IN_REVIEW)
    if _newest(cycle).pk != run.pk:
        raise NotAllowed(_("Run %(number)s is not the newest. Sign the newest run.") % {"number": run.number})
    found = snapshot(run)
    if value_digest(found) != sha256:
        raise NotAllowed(_("Something has changed since you opened the page. Look at it again before you sign."))
    number = (cycle.sign_offs.aggregate(last=Max("number"))["last"] or 0) + 1
    values = {"cycle": cycle, "run": run, "number": number, "snapshot": found, "sha256": sha256}
    signed = SignOff.objects.create(**values, anchor=anchor_now(), note=note.strip(), by=by)
    _moved("sign_off", cycle, Cycle.State.SIGNED_OFF, by, note, number=number, run=run.number, sha256=sha256)
    return signed


def _moved(action: str, cycle: Cycle, state: str, by: User | None, reason: str = "", **more: object) -> Cycle:
    with audit.audited(action, cycle, by=by, fields=["state"], reason=reason) as told:
        told.update(more)
        audit.write(cycle, {"state": state})
    return cycle


def _locked(cycle: Cycle, state: str) -> Cycle:
    """The cycle as it is stored, locked; NotAllowed where it is not in this state."""
    stored = Cycle.objects.select_for_update().get(pk=cycle.pk)
    if stored.state != state:
        said = {
            Cycle.State.CLOSED: _("The review begins when the cycle is closed, as no more responses come then."),
            Cycle.State.IN_REVIEW: _("The cycle is not under review, so nothing can be decided or signed now."),
            Cycle.State.SIGNED_OFF: _("The cycle is not signed off."),
        }
        raise NotAllowed(said[state])
    return stored


def _needed(reason: str) -> str:
    if not reason.strip():
        raise NotAllowed(_("Give the reason."))
    return reason.strip()


def _newest(cycle: Cycle) -> Run:
    """The newest run; NotAllowed where there is none, or where it is stale."""
    run = cycle.runs.order_by("-number").first()
    if run is None:
        raise NotAllowed(_("There is no run to review yet. Compute scores first."))
    if behind := run_behind(cycle):
        raise NotAllowed(_("%(behind)s Compute scores again first.") % {"behind": behind.words})
    return run
