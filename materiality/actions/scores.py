"""Make a scoring run from counted responses."""

from dataclasses import asdict, replace

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from materiality import __version__
from materiality.models import Cycle, Issue, IssueScore, Run, User
from materiality.platform import audit
from materiality.platform.refusals import NotAllowed
from materiality.queries.cycles import method_of, problem_sentences
from materiality.scoring import IssueScore as IssueResult
from materiality.scoring.assess import Counted, assess
from materiality.scoring.method import Method, MethodError
from materiality.scoring.tiers import Cuts

COPIED = (
    *("derived", "derived_society", "derived_business", "material"),
    *("society", "society_low", "society_high", "society_n"),
    *("business", "business_low", "business_high", "business_n"),
    *("var_society", "var_business", "cov", "priority", "var_priority"),
    *("rank", "rank_low", "rank_high", "tier", "tier_certainty"),
)


@transaction.atomic
def score_cycle(*, cycle: Cycle, counted: Counted, by: User | None) -> Run:
    """Store a run with the cycle's method as it stands, and the result of every issue.

    The result with groups weighted by their responses (pooled) is kept beside the run's own. NotAllowed where there
    is no valid response or the method is unsound for the cycle's groups.
    """
    if not counted.responses["valid"]:
        raise NotAllowed(_("There is no valid response to score yet. Collect or import responses first."))
    method = method_of(cycle)
    issues = {issue.code: issue for issue in Issue.objects.filter(edition_id=cycle.edition_id)}
    parents = _parents(issues, counted.cube.issues)
    try:
        own = assess(counted.cube, method, parents)
        pooled = assess(counted.cube, _by_response(method), parents)
    except MethodError as problem:
        raise NotAllowed(problem_sentences(problem.problems)) from problem
    run = Run.objects.create(
        cycle=cycle,
        number=(cycle.runs.aggregate(last=Max("number"))["last"] or 0) + 1,
        edition_id=cycle.edition_id,
        method=method.as_dict(),
        surveys=counted.surveys,
        responses=counted.responses,
        digest=counted.digest,
        cube=counted.cube.to_bytes(),
        cuts=_cuts(own.cuts),
        primary_cuts=_cuts(own.primary_cuts),
        pooled_cuts=_cuts(pooled.cuts),
        statement=asdict(own.statement),
        primary_statement=asdict(own.primary_statement),
        seed=method.seed,
        software=__version__,
        created_by=by,
    )
    beside = {score.code: score for score in (*pooled.issues, *pooled.primary_issues)}
    IssueScore.objects.bulk_create(
        _row(run, issues[score.code], score, beside[score.code]) for score in (*own.issues, *own.primary_issues)
    )
    audit.record("score_cycle", run, by=by, after={"number": run.number, "valid": counted.responses["valid"]})
    return run


def _by_response(method: Method) -> Method:
    return replace(method, weighting="by_response")


def _parents(issues: dict[str, Issue], rated: tuple[str, ...]) -> dict[str, str]:
    """Primary of each rated secondary, so that primaries outside the survey's scope do not appear unscored."""
    primaries = {issue.pk: issue.code for issue in issues.values() if issue.is_primary}
    return {code: primaries[issues[code].parent_id] for code in rated if not issues[code].is_primary}


def _cuts(cuts: Cuts) -> dict[str, float | None]:
    return {"low": cuts.low, "high": cuts.high}


def _row(run: Run, issue: Issue, score: IssueResult, pooled: IssueResult) -> IssueScore:
    groups = {
        group: {dimension: {"n": cell.n, "mean": cell.mean, "score": cell.score} for dimension, cell in cells.items()}
        for group, cells in score.groups.items()
    }
    return IssueScore(
        run=run,
        issue=issue,
        base_groups=score.base[0],
        groups=groups,
        pooled_society=pooled.society,
        pooled_business=pooled.business,
        pooled_priority=pooled.priority,
        pooled_rank=pooled.rank,
        pooled_tier=pooled.tier,
        **{name: getattr(score, name) for name in COPIED},
    )
