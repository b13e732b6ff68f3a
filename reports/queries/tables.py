"""What the tables of a report are made from, as plain values that are frozen with the request."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Sum
from django.utils.translation import gettext as _

from materiality.models import Cycle, Disclosure, Framework, IssueMapping, IssueScore, Run, StakeholderPoint
from materiality.platform.bilingual import DEFAULT_LANGUAGES, suffix_of, text_of
from materiality.platform.refusals import NotAllowed
from materiality.queries.indicators import edition_indicators
from materiality.queries.review import Reviewed, reviewed
from materiality.queries.stakeholders import cycle_points
from materiality.queries.years import compared_json, earlier_runs, line_of
from materiality.scoring.cube import DIMENSIONS
from reports.models import TableText
from reports.queries.outline import outline_rows, read_once
from reports.queries.outputs import frozen, frozen_text, needed_run
from surveys.models import Batch, Survey


@dataclass(frozen=True)
class ScoredIssue:
    """An issue of a run with what tables say of it."""

    code: str
    name: str
    definition: str
    category: str
    primary: str
    tier: str
    material: bool
    rank: int | None
    priority: float | None


TEXTS = ("name", "definition", "category", "primary")


def run_inputs(cycle: Cycle, run: Run | None) -> dict[str, Any]:
    """The run (the newest unless one is given) and its issues without children, in the order of the library.

    NotAllowed where nothing has been scored.
    """
    run = needed_run(cycle, run)
    return {"run": run.pk, "run_number": run.number, "issues": _issues(run)}


@read_once
def _issues(run: Run) -> list[dict[str, Any]]:
    return [_told(each) for each in _scores(run)]


def _scores(run: Run) -> Iterable[Reviewed]:
    """As the committee decided, where it did."""
    rows = IssueScore.objects.filter(run=run, level__isnull=True, derived=False).defer("groups")
    rows = rows.select_related("issue__category", "issue__parent")
    return reviewed(run, rows.order_by("issue__category__order", "issue__code"))


def _told(each: Reviewed) -> dict[str, Any]:
    issue = each.score.issue
    above = issue.parent or issue
    return {
        **{"code": issue.code, **frozen(issue, "name"), **frozen(issue, "definition")},
        **frozen(issue.category, "name", "category"),
        **frozen(above, "name", "primary"),
        "primary_code": above.code,
        **{name: getattr(each, name) for name in ("tier", "material")},
        **{name: getattr(each.score, name) for name in ("rank", "priority")},
    }


def issues_of(inputs: Mapping[str, Any]) -> list[ScoredIssue]:
    """The issues of frozen inputs with their texts in the active language, in the other where there is none."""
    plain = ("code", "tier", "material", "rank", "priority")
    return [
        ScoredIssue(**{name: row[name] for name in plain}, **{name: frozen_text(row, name) for name in TEXTS})
        for row in inputs["issues"]
    ]


def catalogue_inputs(cycle: Cycle, run: Run | None, code: str) -> dict[str, Any]:
    """Run, issues, and an edition of a framework with the issues that each of its topics covers: the newest that the
    library is mapped to, else the newest.

    `topics` stand in the order of the catalogue; `locations` says where the outline prints a code.
    """
    run = needed_run(cycle, run)
    framework = _edition_used(run, code)
    topics = Disclosure.objects.filter(framework=framework).select_related("parent")
    covered = _covered(run, framework)
    names = ("code", "title_zh", "title_en", "colour", "kind")
    return run_inputs(cycle, run) | {
        "topics": [
            {**{name: getattr(topic, name) for name in names}, "parent": topic.parent.code if topic.parent else ""}
            | {"official": topic.code_official, "issues": covered[topic.code]}
            for topic in topics.order_by("order", "pk")
        ],
        "locations": _locations(cycle, framework),
    }


def own_texts(cycle: Cycle, table: str) -> dict[str, dict[str, str]]:
    """Code -> the company's own text in a table, in each language."""
    rows = TableText.objects.filter(cycle=cycle, table=table)
    empty = dict.fromkeys(DEFAULT_LANGUAGES, "")
    return {row.code: {f"text_{suffix_of(each)}": text for each, text in (empty | row.texts).items()} for row in rows}


def own_text(inputs: Mapping[str, Any], code: str) -> str:
    """The company's own text of frozen inputs, "" where there is none."""
    return frozen_text(inputs["own"][code], "text") if code in inputs.get("own", {}) else ""


def priority_inputs(cycle: Cycle, run: Run | None) -> dict[str, Any]:
    """Run, issues, and the own texts on the work priorities of the year."""
    return run_inputs(cycle, run) | {"own": own_texts(cycle, TableText.Table.PRIORITIES)}


def texted_codes(cycle: Cycle, table: str) -> list[tuple[str, str]]:
    """(code, name) of what a table can have texts of: goals, topics, or material issues under their primary ones."""
    if table == TableText.Table.PRIORITIES:
        named = {row["primary_code"]: frozen_text(row, "primary") for row in _material_rows(cycle)}
        return list(named.items())
    framework = {TableText.Table.SDG: "SDG", TableText.Table.EXCHANGE: "CNSE"}[table]
    newest = Disclosure.objects.filter(framework__code=framework).order_by("-framework__edition").first()
    topics = Disclosure.objects.filter(framework=newest.framework_id if newest else None).order_by("order", "pk")
    topics = topics.filter(parent__isnull=framework == "SDG")
    return [(topic.code, text_of(topic, "title")) for topic in topics]


def _material_rows(cycle: Cycle) -> list[dict[str, Any]]:
    scored = cycle.runs.exists()
    return [row for row in run_inputs(cycle, None)["issues"] if row["material"]] if scored else []


def _edition_used(run: Run, code: str) -> Framework | None:
    used = IssueMapping.objects.filter(issue__edition=run.edition_id, disclosure__framework=OuterRef("pk"))
    rows = Framework.objects.filter(code=code).annotate(is_used=Exists(used))
    return rows.order_by("-is_used", "-edition").first()


def _covered(run: Run, framework: Framework | None) -> dict[str, list[str]]:
    """Code of a topic -> codes of the issues that are mapped to it."""
    found: dict[str, list[str]] = defaultdict(list)
    rows = IssueMapping.objects.filter(issue__edition=run.edition_id, disclosure__framework=framework)
    for topic, issue in rows.order_by("issue__category__order", "issue__code").values_list(
        "disclosure__code", "issue__code"
    ):
        found[topic].append(issue)
    return found


def _locations(cycle: Cycle, framework: Framework | None) -> dict[str, list[str]]:
    """Code -> places of the outline's rows that carry it, each once."""
    column = framework.column if framework else ""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for row in outline_rows(cycle):
        for code in row.frameworks.get(column, ()):
            found[code].update(dict.fromkeys(row.locations))
    return {code: list(places) for code, places in found.items()}


def group_inputs(cycle: Cycle) -> dict[str, Any]:
    """The groups with their expectations, channels and responses. NotAllowed where no group has any."""
    groups = [
        {
            **{"code": held.group.code, **frozen(held.group, "name")},
            **{each.kind: [_point(point) for point in each.points] for each in held.lists},
        }
        for held in cycle_points(cycle)
    ]
    if not any(group[kind] for group in groups for kind in StakeholderPoint.Kind.values):
        raise NotAllowed(
            _("No group has expectations, channels or responses yet. Write them on the page of the groups.")
        )
    return {"groups": groups}


MOST_YEARS = 5


def indicator_inputs(cycle: Cycle) -> dict[str, Any]:
    """Indicators of the issues of the cycle's edition, with the last years up to the end of its period.

    NotAllowed where no issue has any.
    """
    held = edition_indicators(cycle.edition)
    if not held:
        raise NotAllowed(_("No issue has an indicator yet. Add them on the page of targets and indicators."))
    years = {year for _issue, row in held for year in row.values if int(year) <= cycle.period_end.year}
    names = ("unit", "baseline", "baseline_year", "target", "target_year", "source", "owner")
    return {
        "years": sorted(years)[-MOST_YEARS:],
        "indicators": [
            {**frozen(row, "name"), **{name: getattr(row, name) for name in names}, "values": row.values}
            | frozen(issue, "name", "issue")
            | frozen(issue.category, "name", "category")
            for issue, row in held
        ],
    }


def _point(point: StakeholderPoint) -> dict[str, str]:
    return {**frozen(point, "text"), "frequency": point.frequency}


# What the process text tells of the assessment, each figure with the record that it comes from


def process_inputs(cycle: Cycle, run: Run | None, options: Mapping[str, Any]) -> dict[str, Any]:
    """Plain values: `figures` are {name: [value, source]}, value None where there is none to tell."""
    run = Run.objects.select_related("edition", "cycle").defer("cube").get(pk=needed_run(cycle, run).pk)
    inputs = run_inputs(cycle, run)
    before = _before(run, options.get("against", ""))
    scored = f"run {run.number}"
    figures = {
        **_scope(cycle, run, inputs, scored),
        **_answers(cycle, run, scored),
        **_method(run, scored),
        **_material(inputs, scored),
        **_changed(run, before, inputs),
    }
    told = {
        **{"figures": figures, "groups": _groups(cycle, run), "rules": _rules(run)},
        **{"edition": run.edition.code, "period": [cycle.period_start.isoformat(), cycle.period_end.isoformat()]},
        **{"rule": run.method["rule"], "pooled": run.method["weighting"] == "by_response"},
    }
    if before:
        told["before"] = {f"title_{each}": getattr(before.cycle, f"title_{each}") for each in ("zh", "en")}
    return inputs | told | {"parameters": {"against": before.cycle.code} if before else {}}


def _before(run: Run, wanted: str) -> Run | None:
    earlier = earlier_runs(run.cycle, line_of(run.edition))
    return next((each for each in earlier if wanted in ("", each.cycle.code)), None)


def _scope(cycle: Cycle, run: Run, inputs: Mapping, scored: str) -> dict:
    issues = inputs["issues"]
    engagements = cycle.engagements.aggregate(people=Sum("participants"))
    library = f"library {run.edition.code}"
    return {
        "issues_count": [len(issues), library],
        "primary_count": [len({row["primary_en"] or row["primary_zh"] for row in issues}), library],
        "categories_count": [len({row["category_en"] or row["category_zh"] for row in issues}), library],
        "scored_count": [sum(row["rank"] is not None for row in issues), scored],
        "engagements_count": [cycle.engagements.count(), "engagement records"],
        "participants_count": [engagements["people"], "engagement records, participants"],
        "run_number": [run.number, scored],
    }


def _answers(cycle: Cycle, run: Run, scored: str) -> dict:
    counts = run.responses
    surveys = Survey.objects.filter(cycle=cycle, code__in=run.surveys)
    batches = Batch.objects.filter(survey__in=surveys, voided_at__isnull=True)
    invited = batches.aggregate(number=Sum("size"))["number"]
    return {
        "invited": [invited, "batches of invitations"],
        **{name: [counts[name], f"{scored}, responses, {name}"] for name in ("total", "submitted", "valid")},
        "unfinished": [counts["unfinished"], f"{scored}, responses, unfinished"],
        "rejected": [counts["submitted"] - counts["valid"], f"{scored}, responses, submitted − valid"],
        "scale": [max(surveys.values_list("k", flat=True), default=None), "survey, scale"],
        "groups_count": [sum(1 for each in counts["groups"].values() if each["valid"]), f"{scored}, groups"],
    }


def _method(run: Run, scored: str) -> dict:
    method, cuts = run.method, run.cuts
    return {
        "min_n": [method["min_n"], f"{scored}, method, min_n"],
        "weight_society": [round(100 * method["lam"]), f"{scored}, method, lam"],
        "weight_business": [round(100 - 100 * method["lam"]), f"{scored}, method, 1 − lam"],
        **{
            f"cut_{name}": [cuts.get(name) if cuts.get(name) is None else round(cuts[name], 1), f"{scored}, cut {name}"]
            for name in ("high", "low", *DIMENSIONS)
        },
    }


def _material(inputs: Mapping, scored: str) -> dict:
    tiers = Counter(row["tier"] for row in inputs["issues"])
    named = {f"{tier}_count": [tiers[tier], f"{scored}, tier {tier}"] for tier in sorted(tiers)}
    return {"material_count": [sum(row["material"] for row in inputs["issues"]), f"{scored}, material"], **named}


def _changed(run: Run, before: Run | None, inputs: Mapping) -> dict:
    names = ("entries_count", "exits_count", "became_count", "ceased_count")
    if before is None:
        return {name: [None, ""] for name in names}
    found = compared_json(before, run)
    material = {row["code"] for row in inputs["issues"] if row["material"]}
    then = set(IssueScore.objects.filter(run=before, material=True).values_list("issue__code", flat=True))
    pairs = [(each["code_a"], each["code_b"]) for each in found["issues"]]
    became = sum(code in material and was not in then for was, code in pairs)
    ceased = sum(code not in material and was in then for was, code in pairs)
    counted = (len(found["entries"]), len(found["exits"]), became, ceased)
    source = f"run {run.number} and {before.cycle.code} run {before.number}"
    return {name: [number, source] for name, number in zip(names, counted, strict=True)}


def _groups(cycle: Cycle, run: Run) -> list[dict]:
    """Each group with its numbers; invitations None where none were made."""
    sizes = Batch.objects.filter(survey__cycle=cycle, survey__code__in=run.surveys, voided_at__isnull=True)
    invited = dict(sizes.values("group__code").annotate(number=Sum("size")).values_list("group__code", "number"))
    counts, weights = run.responses["groups"], run.method["weights"]
    return [
        {
            **{"code": group.code, **frozen(group, "name"), "side": group.side},
            **{name: counts.get(group.code, {}).get(name, 0) for name in ("total", "submitted", "valid")},
            "invited": invited.get(group.code),
            **{f"weight_{each}": weights.get(group.code, {}).get(each, 1) for each in DIMENSIONS},
        }
        for group in cycle.groups.all()
    ]


def _rules(run: Run) -> list[list]:
    """Flags with how many submitted responses have them; none that nobody has."""
    return [[flag, number] for flag, number in run.responses["flags"].items() if number]
