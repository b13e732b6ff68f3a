"""The review of a run: issues with the tier proposed and decided, the snapshot that is signed, and what has changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from materiality.models import Category, Cycle, Decision, IssueScore, Run, SignOff
from materiality.scoring.method import EITHER_TIERS, PRIORITY_TIERS, Method


def decisions_of(run: Run) -> dict[int, Decision]:
    """The decisions on the run by key of the issue."""
    return {each.issue_id: each for each in run.decisions.select_related("by")}


def decided_tiers(run: Run) -> dict[str, str]:
    """Code of an issue → the tier that was decided."""
    return dict(run.decisions.values_list("issue__code", "tier"))


def tiers_of(run: Run) -> tuple[str, ...]:
    """The tiers that its rule knows."""
    return EITHER_TIERS if run.method.get("rule") == "either" else PRIORITY_TIERS


@dataclass(frozen=True)
class Reviewed:
    """An issue of the run with what was decided on it."""

    score: IssueScore
    decision: Decision | None
    material_tiers: tuple[str, ...]

    @property
    def tier(self) -> str:
        return self.decision.tier if self.decision else self.score.tier

    @property
    def reason(self) -> str:
        return self.decision.reason if self.decision else ""

    @property
    def standing(self) -> str:
        """Tier and reason as one text, by which a page says what it showed."""
        return f"{self.tier} {self.reason}".strip()

    @property
    def material(self) -> bool:
        """As decided, else as the method says."""
        return self.decision.tier in self.material_tiers if self.decision else self.score.material

    @property
    def differs(self) -> bool:
        return self.tier != self.score.tier


def reviewed(run: Run, scores: Iterable[IssueScore]) -> list[Reviewed]:
    """The scores, rows of the run, with its decisions."""
    found, material = decisions_of(run), tuple(Method.from_stored(run.method).material)
    return [Reviewed(score, found.get(score.issue_id), material) for score in scores]


# Columns of scores whose JSON takes as long to read as all the rest, and which tables without groups do not show.
BESIDE = ("groups", "base", "disagreement", "not_comparable")


# Those that the table of all scores shows nothing of.
UNSHOWN = (
    *("derived_society", "derived_business", "material", "var_society", "var_business", "cov", "var_priority"),
    *("base_groups", "pooled_rank"),
)


# What a committee is shown of a score, and signs.
DECIDED_ON = (
    *("run", "society", "business", "priority", "rank", "tier", "tier_certainty", "material"),
    *("issue__code", "issue__name", "issue__category"),
)


def with_issues(scores: QuerySet[IssueScore]) -> list[IssueScore]:
    """The scores with their issues, by name alone, and these with their categories, of which each is made once."""
    unsaid = ("definition", "groups", "changed", "status", "order", "version")
    found = list(scores.select_related("issue").defer(*(f"issue__{each}" for each in unsaid)))
    known = Category.objects.in_bulk({score.issue.category_id for score in found})
    for score in found:
        score.issue._state.fields_cache["category"] = known[score.issue.category_id]
    return found


def issues_reviewed(run: Run) -> list[Reviewed]:
    """The issues without children by rank; those without one come last."""
    scores = run.scores.filter(level__isnull=True, derived=False).only(*DECIDED_ON)
    ranked = sorted(with_issues(scores), key=lambda score: (score.rank is None, score.rank or 0, score.issue.code))
    return reviewed(run, ranked)


def snapshot(run: Run, rows: Iterable[Reviewed] | None = None) -> dict[str, Any]:
    """All that a signature stands for: what was counted, by which method, and the tier of every issue."""
    rows = sorted(issues_reviewed(run) if rows is None else rows, key=lambda each: each.score.issue.code)
    return {
        "cycle": run.cycle.code,
        "run": run.number,
        "responses_sha256": run.digest,
        "valid": run.responses["valid"],
        "method": run.method,
        "cuts": run.cuts,
        "issues": [_told(each) for each in rows],
    }


def _told(each: Reviewed) -> dict[str, Any]:
    names = ("society", "business", "priority", "rank")
    return {
        "code": each.score.issue.code,
        **{name: getattr(each.score, name) for name in names},
        "proposed": each.score.tier,
        "tier": each.tier,
        "reason": each.decision.reason if each.decision else "",
        "material": each.material,
    }


def last_sign_off(cycle: Cycle) -> SignOff | None:
    return cycle.sign_offs.select_related("by", "run").order_by("-number").first()


@dataclass(frozen=True)
class Difference:
    """An issue whose tier is another than in the snapshot that was signed; None where it was, or is, not there."""

    code: str
    before: str | None
    after: str | None


def differences(signed: SignOff, run: Run) -> list[Difference]:
    """What is otherwise now than in the snapshot."""
    before = {each["code"]: each["tier"] for each in signed.snapshot["issues"]}
    after = {each.score.issue.code: each.tier for each in issues_reviewed(run)}
    return [
        Difference(code, before.get(code), after.get(code))
        for code in sorted(before.keys() | after.keys())
        if before.get(code) != after.get(code)
    ]
