"""Make a scoring run from counted responses."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from materiality import __version__
from materiality.models import Cycle, Issue, IssueScore, ReportedFigure, Run, User
from materiality.platform import audit
from materiality.platform.refusals import NotAllowed
from materiality.queries.cycles import method_of, parents_of, problem_sentences
from materiality.queries.scores import BACK, counted_again, figures_of, late_changes, reported_json
from materiality.scoring.cube import SCALE_MAX, Cube, pack
from materiality.scoring.method import VERSION, MethodError
from materiality.scoring.reported import Reported
from materiality.scoring.run import Counted, IssueResult, RunResult, run

COPIED = (
    *("level", "derived", "derived_society", "derived_business", "material"),
    *("society", "society_low", "society_high", "society_n", "plain_society"),
    *("business", "business_low", "business_high", "business_n", "plain_business"),
    *("var_society", "var_business", "cov", "priority", "var_priority"),
    *("rank", "rank_low", "rank_high", "tier", "tier_certainty"),
)


@transaction.atomic
def score_cycle(
    *,
    cycle: Cycle,
    counted: Counted,
    over: dict[str, Any] | None = None,
    by: User | None,
    name: str = "",
    reason: str = "",
) -> Run:
    """Store a run with the cycle's method as it stands, and the result of every issue.

    `over` are parameters laid over the method for this run only; name and reason say what it was kept for. The result
    with groups weighted by their responses (pooled) is kept beside the run's own. NotAllowed where there is no valid
    response or the method is unsound for the cycle's groups.
    """
    if cycle.reported_figures.exists():
        raise NotAllowed(
            _("This cycle holds figures from elsewhere, which are never mixed with responses. Undo their import first.")
        )
    if not counted.responses["valid"]:
        raise NotAllowed(_("There is no valid response to score yet. Collect or import responses first."))
    own, pooled = _own_and_pooled(cycle, counted, over or {})
    stored = _store_run(cycle, counted, own, pooled, by, name=name, reason=reason)
    issues = {issue.code: issue for issue in Issue.objects.filter(edition_id=cycle.edition_id)}
    beside = {score.code: score for score in (*pooled.issues, *pooled.primary_issues)}
    IssueScore.objects.bulk_create(
        _row(stored, issues[score.code], score, own.groups_of(score), beside[score.code])
        for score in (*own.issues, *own.primary_issues)
    )
    kept = {"name": name, "reason": reason} if name else {}
    told = {"number": stored.number, "valid": counted.responses["valid"]} | kept
    audit.record("score_cycle", stored, by=by, after=told)
    return stored


def _own_and_pooled(cycle: Cycle, counted: Counted, over: dict[str, Any]) -> tuple[RunResult, RunResult]:
    parents = parents_of(cycle.edition_id, counted.cube.issues)
    try:
        method = method_of(cycle).overlaid(over, counted.cube.groups)
        counts = counted.counts
        own = run(counts, method, parents, one_cluster=counted.one_cluster)
        # Beside it stand scores, ranks and tiers alone, which take no deviations.
        return own, run(replace(counts, parts=None), replace(method, weighting="by_response"), parents)
    except MethodError as problem:
        raise NotAllowed(problem_sentences(problem.problems, named=bool(over))) from problem


@transaction.atomic
def keep_run(*, run: Run, over: dict[str, Any], name: str, reason: str, by: User | None) -> Run:
    """A run of the responses of `run`, with these parameters laid over the cycle's method.

    NotAllowed where name or reason is missing, or as `score_cycle` says.
    """
    if not (name.strip() and reason.strip()):
        raise NotAllowed(_("Give the run a name and say why it is kept."))
    if run.source:
        raise NotAllowed(_("Figures from elsewhere have one run: change the method and import the figures once more."))
    counted = counted_again(run)
    return score_cycle(cycle=run.cycle, counted=counted, over=over, by=by, name=name.strip(), reason=reason.strip())


@transaction.atomic
def score_reported(*, cycle: Cycle, by: User | None) -> list[Run]:
    """The run of the cycle's figures from elsewhere, by its method; returns the runs that came or went.

    Where the figures are again those of an earlier run, as after an import that was undone, the runs that followed it
    go. NotAllowed where files were made from one of those, or the method is unsound for the cycle's groups.
    """
    order = ("group__code", "issue__code", "dimension")
    rows = list(cycle.reported_figures.select_related("group", "issue").order_by(*order))
    figures = [reported_json(row) for row in rows]
    gone = []
    for earlier in cycle.runs.exclude(source="").order_by("-number"):
        if earlier.reported == figures:
            break
        gone.append(earlier)
    else:
        if rows:
            return [_run_of_figures(cycle, rows, figures, by)]
    if Run.objects.filter(pk__in=[each.pk for each in gone], outputs__isnull=False).exists():
        raise NotAllowed(_("Files were created from the scores of these figures. Delete the files first."))
    Run.objects.filter(pk__in=[each.pk for each in gone]).delete()
    return gone


def _run_of_figures(cycle: Cycle, rows: list[ReportedFigure], figures: list[list], by: User | None) -> Run:
    groups, issues = sorted(cycle.groups.values_list("code", flat=True)), sorted({row.issue.code for row in rows})
    counts, method = Reported.of_figures(figures_of(figures), groups, issues), method_of(cycle)
    try:
        own = run(counts, method, parents_of(cycle.edition_id, issues))
    except MethodError as problem:
        raise NotAllowed(problem_sentences(problem.problems)) from problem
    largest = {code: {"total": n, "submitted": n, "valid": n} for code, n in _largest(groups, rows).items()}
    valid = sum(each["valid"] for each in largest.values())
    counted = Counted(
        cube=Cube.empty(groups, issues, _scale_of(rows), parts=False),
        responses={
            "total": valid, "unfinished": 0, "submitted": valid, "valid": valid, "flags": {}, "groups": largest,
            "screening": [],
        },
        digest=hashlib.sha256(json.dumps(figures).encode()).hexdigest(),
        surveys=[],
    )  # fmt: skip
    source = "; ".join(dict.fromkeys(row.source for row in rows if row.source)) or _("others")
    stored = _store_run(cycle, counted, own, None, by, source=source[:200], reported=figures)
    known = {issue.code: issue for issue in Issue.objects.filter(edition_id=cycle.edition_id)}
    means = {(row.group.code, row.issue.code, row.dimension): row.mean for row in rows}
    IssueScore.objects.bulk_create(
        _row(stored, known[score.code], score, own.groups_of(score), None, means)
        for score in (*own.issues, *own.primary_issues)
    )
    audit.record("score_reported", stored, by=by, after={"number": stored.number, "figures": len(rows)})
    return stored


def _scale_of(rows: list[ReportedFigure]) -> int:
    """The one scale of the means where it is one that we count on, else 5."""
    scales = {row.scale for row in rows if row.mean is not None}
    return scales.pop() if len(scales) == 1 and max(scales) <= SCALE_MAX else 5


def _largest(groups: list[str], rows: list[ReportedFigure]) -> dict[str, int]:
    """By group the most ratings that a figure rests on."""
    found = dict.fromkeys(groups, 0)
    for row in rows:
        found[row.group.code] = max(found[row.group.code], row.n)
    return found


def _store_run(
    cycle: Cycle, counted: Counted, own: RunResult, pooled: RunResult | None, by: User | None, **kept: object
) -> Run:
    upper = own.levels[-1]  # the same as the lowest where primaries alone were asked
    # Two runs of a cycle at once take their numbers one after the other.
    Cycle.objects.select_for_update(no_key=True).only("pk").get(pk=cycle.pk)
    return Run.objects.create(
        cycle=cycle,
        number=(cycle.runs.aggregate(last=Max("number"))["last"] or 0) + 1,
        edition_id=cycle.edition_id,
        scoring=VERSION,
        method=own.method.as_dict(),
        surveys=counted.surveys,
        responses=counted.responses,
        digest=counted.digest,
        cube=counted.cube.to_bytes(),
        asked=b"" if counted.asked is None else pack({}, {"asked": counted.asked}),
        back=packed_back(counted.back),
        clustered=list(counted.clustered),
        figures=_figures(own),
        cuts=asdict(own.cuts),
        primary_cuts=asdict(upper.cuts),
        pooled_cuts=_pooled_cuts(pooled) if pooled else {},
        statement=asdict(own.levels[0].statement),
        primary_statement=asdict(upper.statement),
        seed=own.method.seed,
        software=__version__,
        created_by=by,
        late=late_changes(cycle, own.method),
        **kept,
    )


def packed_back(back: Mapping[str, Cube]) -> bytes:
    """The cubes of what each rule keeps out, b"" where no rule keeps anybody out alone."""
    arrays = {f"{rule} {name}": getattr(cube, name) for rule, cube in back.items() for name in BACK}
    return pack({"rules": sorted(back)}, arrays) if back else b""


def _figures(own: RunResult) -> dict[str, Any]:
    between = own.levels[1:-1]
    return {
        "habits": {group: dict(own.habits[group]) for group in own.groups},
        "variance_share": dict(own.variance_share),
        "halo": asdict(own.halo),
        "warnings": [dict(each) for each in own.warnings],
        "one_sided": own.one_sided,
        "cuts": {str(each.number): asdict(each.cuts) for each in own.levels[1:]},
        **({"statements": {str(each.number): asdict(each.statement) for each in between}} if between else {}),
    }


def _pooled_cuts(pooled: RunResult) -> dict[str, Any]:
    """Cuts of the issues without children, of the top level, and of those between where there are some."""
    between = {str(each.number): asdict(each.cuts) for each in pooled.levels[1:-1]}
    found = {**asdict(pooled.cuts), "primary": asdict(pooled.levels[-1].cuts)}
    return found | ({"levels": between} if between else {})


def _row(
    stored: Run,
    issue: Issue,
    score: IssueResult,
    cells: dict,
    pooled: IssueResult | None,
    means: Mapping[tuple[str, str, str], float | None] | None = None,
) -> IssueScore:
    """`means` are those that were reported, by group, issue and dimension; without them the cells' own stand."""
    groups = {
        group: {
            dimension: {
                "n": cell.n,
                "mean": cell.mean if means is None else means.get((group, score.code, dimension)),
                "score": cell.score,
            }
            for dimension, cell in own.items()
        }
        for group, own in cells.items()
    }
    if pooled:
        names = ("society", "business", "priority", "rank", "tier")
        beside = {f"pooled_{name}": getattr(pooled, name) for name in names}
    else:
        beside = {}
    return IssueScore(
        run=stored,
        issue=issue,
        groups=groups,
        base={dimension: list(numbers) for dimension, numbers in score.base.items()},
        disagreement=dict(score.disagreement),
        not_comparable=list(score.not_comparable),
        **beside,
        **{name: getattr(score, name) for name in COPIED},
    )
